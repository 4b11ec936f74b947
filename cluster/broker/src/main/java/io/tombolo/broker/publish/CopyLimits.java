package io.tombolo.broker.publish;

import io.tombolo.environment.Clock;
import io.tombolo.metadata.image.ConfigsImage;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.replication.quota.CopyLimit;
import io.tombolo.replication.quota.ThrottledReplicas;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How fast this broker may copy replicas, as configs set it (KIP-73): each direction has a rate,
 * which is a config of the broker, and replicas it is for, which topics name. Mutable, owned by the
 * controller's loop; the limits themselves are used on all loops.
 */
public final class CopyLimits {

    /** Kafka's config for moves between the directories of a broker. */
    static final String MOVING = "replica.alter.log.dirs.io.max.bytes.per.second";

    private final int brokerId;
    private final Clock clock;
    private final Direction lending = new Direction("leader");
    private final Direction borrowing = new Direction("follower");
    private final CopyLimit moving = new CopyLimit();

    public CopyLimits(int brokerId, Clock clock) {
        this.brokerId = brokerId;
        this.clock = clock;
    }

    /** How fast others may copy from the leaders of this broker. */
    public CopyLimit lending() {
        return lending.limit;
    }

    /** How fast the followers of this broker may copy. */
    public CopyLimit borrowing() {
        return borrowing.limit;
    }

    /** How fast replicas may be moved between the directories of this broker, all together. */
    public CopyLimit moving() {
        return moving;
    }

    private static CopyLimit.Terms everything(long bytesPerSecond) {
        return new CopyLimit.Terms(bytesPerSecond, ThrottledReplicas.EVERY);
    }

    /** Takes over what configs say now. */
    public void publish(MetadataDelta delta) {
        if (!delta.configs().isEmpty()) {
            moving.change(everything(rate(delta, MOVING).orElse(Long.MAX_VALUE)), clock.nanoTime());
            lending.publish(delta);
            borrowing.publish(delta);
        }
    }

    /** A rate that is set for this broker, or for all. */
    private Optional<Long> rate(MetadataDelta delta, String name) {
        ConfigsImage configs = delta.after().configs();
        return configs.value(ConfigResource.broker(brokerId), name)
                .or(() -> configs.value(ConfigResource.allBrokers(), name))
                .map(Long::parseLong);
    }

    /** One direction. */
    private final class Direction {

        private final String rate;
        private final String replicas;
        private final CopyLimit limit = new CopyLimit();
        private final Map<String, String> textByTopic = new TreeMap<>();
        private CopyLimit.Terms terms = CopyLimit.Terms.UNLIMITED;

        Direction(String side) {
            this.rate = side + ".replication.throttled.rate";
            this.replicas = side + ".replication.throttled.replicas";
        }

        void publish(MetadataDelta delta) {
            ConfigsImage configs = delta.after().configs();
            for (ConfigResource resource : delta.configs()) {
                if (resource.type() == ConfigResource.Type.TOPIC) {
                    configs.value(resource, replicas)
                            .ifPresentOrElse(
                                    text -> textByTopic.put(resource.name(), text),
                                    () -> textByTopic.remove(resource.name()));
                }
            }
            var next =
                    new CopyLimit.Terms(
                            rate(delta, rate).orElse(Long.MAX_VALUE),
                            ThrottledReplicas.of(textByTopic, brokerId));
            if (!next.equals(terms)) {
                terms = next;
                limit.change(next, clock.nanoTime());
            }
        }
    }
}
