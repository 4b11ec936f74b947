package io.tombolo.coordinator.group.consumer;

import org.apache.kafka.common.Uuid;

import java.util.Optional;
import java.util.Set;

/** The topics of the region at one moment; an immutable value. */
public interface ClusterTopics {

    /** Before anything is known of them. */
    ClusterTopics UNKNOWN =
            new ClusterTopics() {
                @Override
                public long version() {
                    return -1;
                }

                @Override
                public Optional<Topic> topic(String name) {
                    return Optional.empty();
                }

                @Override
                public Optional<Topic> topic(Uuid id) {
                    return Optional.empty();
                }

                @Override
                public Set<String> names() {
                    return Set.of();
                }

                @Override
                public Set<String> racksOf(Uuid id, int partition) {
                    return Set.of();
                }
            };

    /** Grows with each change; of two moments the one with the larger number is later. */
    long version();

    /** A topic by name. */
    Optional<Topic> topic(String name);

    /** A topic by id. */
    Optional<Topic> topic(Uuid id);

    /** All names. */
    Set<String> names();

    /** The racks that have a replica of a partition; none when nobody says where brokers are. */
    Set<String> racksOf(Uuid id, int partition);

    /** What assigning needs to know of a topic. */
    record Topic(Uuid id, String name, int partitionCount) {}
}
