package io.tombolo.metadata.record;

import org.apache.kafka.common.Uuid;

import java.util.List;

/** A field of a partition that gets a new value. */
public sealed interface PartitionChange {

    /** The leader, or {@link PartitionRegistration#NO_LEADER}. */
    record Leader(int brokerId) implements PartitionChange {}

    /** Never goes down. */
    record LeaderEpoch(int leaderEpoch) implements PartitionChange {}

    /** The in-sync replicas. */
    record InSync(BrokerIds isr) implements PartitionChange {}

    /** All replicas, preferred leader first. */
    record Replicas(BrokerIds replicas) implements PartitionChange {}

    /** The log directory of each replica, in the order of the replicas. */
    record Directories(List<Uuid> directories) implements PartitionChange {

        public Directories {
            directories = List.copyOf(directories);
        }
    }
}
