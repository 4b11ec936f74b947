package io.tombolo.broker;

import io.tombolo.region.config.BrokerConfig;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;

import org.apache.kafka.common.Uuid;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;

/** What one process of a region is started with, whatever its role. */
public sealed interface NodeSettings permits BrokerSettings, NodeSettings.Controller {

    /** The whole file. */
    Topology topology();

    /** The process's own region. */
    Region.Hosted region();

    /** The process itself. */
    Region.Node self();

    /** The folder in which the metadata log is. */
    Path dataDirectory();

    /**
     * A controller that is no broker.
     *
     * @param topology the whole file
     * @param region the controller's own
     * @param self the controller itself
     * @param dataDirectory its own folder
     */
    record Controller(
            Topology topology, Region.Hosted region, Region.Controller self, Path dataDirectory)
            implements NodeSettings {}

    /** Kafka's {@code node.id}. */
    default int nodeId() {
        return self().nodeId();
    }

    /** What people call it, such as {@code eu-1}. */
    default String name() {
        return region().nameOf(self());
    }

    default BrokerConfig config() {
        return BrokerConfig.ofFile(region().config());
    }

    /**
     * The id of the region's cluster: the same for every process and every start, because it
     * follows from the names in the file.
     */
    default Uuid clusterId() {
        return clusterIdOf(region());
    }

    /** The id of a region's cluster, by the same rule. */
    default Uuid clusterIdOf(Region.Hosted of) {
        String seed = "tombolo/" + topology().name() + "/" + of.id();
        UUID uuid = UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8));
        return new Uuid(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }
}
