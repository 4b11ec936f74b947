package io.tombolo.coordinator.group.consumer;

import org.apache.kafka.common.Uuid;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/** Decides which member shall read which partition. Pure, and the same for the same input. */
interface Assignor {

    /** What is used when no member asks for another: Kafka's standard, too. */
    Assignor STANDARD = new UniformAssignor();

    /** As members ask for it. */
    String name();

    /**
     * A target for every member; each partition of each subscribed topic goes to exactly one of the
     * members that subscribe to it.
     *
     * @param readers by member id
     * @param partitionCounts of all subscribed topics that exist
     * @param racks where their replicas are
     */
    Map<String, Assignment> assign(
            SortedMap<String, Reader> readers,
            SortedMap<Uuid, Integer> partitionCounts,
            Racks racks);

    /** Where the replicas of partitions are. */
    interface Racks {

        /** Nobody says where anything is. */
        Racks UNKNOWN = (_, _) -> Set.of();

        Set<String> of(Uuid topic, int partition);
    }

    /**
     * A member as assignors see it.
     *
     * @param sortKey decides the order among members, where one is needed
     * @param rack where it runs; empty when it does not say
     * @param topics that it reads and that exist
     * @param before its last target
     */
    record Reader(String sortKey, String rack, SortedSet<Uuid> topics, Assignment before) {}

    /** The assignor of this name. */
    static Optional<Assignor> named(String name) {
        return switch (name) {
            case UniformAssignor.NAME -> Optional.of(STANDARD);
            case RangeAssignor.NAME -> Optional.of(new RangeAssignor());
            default -> Optional.empty();
        };
    }
}
