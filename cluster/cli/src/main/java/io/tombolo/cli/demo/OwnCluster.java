package io.tombolo.cli.demo;

import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Text for a producer that writes to one cluster only: when somebody else answers under its address
 * every further record is refused.
 */
final class OwnCluster extends StringSerializer implements ClusterResourceListener {

    private final String wanted;
    private volatile @Nullable String foreign;

    /**
     * @param clusterId of the cluster that may be written to
     */
    OwnCluster(String clusterId) {
        this.wanted = clusterId;
    }

    @Override
    public void onUpdate(ClusterResource cluster) {
        String found = cluster.clusterId();
        foreign = found == null || found.equals(wanted) ? null : found;
    }

    @Override
    public byte[] serialize(String topic, String text) {
        String found = foreign;
        if (found != null) {
            throw new SerializationException(
                    "cluster %s answers instead of %s".formatted(found, wanted));
        }
        return super.serialize(topic, text);
    }
}
