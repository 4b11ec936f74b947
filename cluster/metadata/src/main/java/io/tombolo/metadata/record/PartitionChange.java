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

    /** The eligible leader replicas (KIP-966). */
    record EligibleLeaders(BrokerIds elr) implements PartitionChange {}

    /** The last leader of a partition that has none; none when it has one. */
    record LastKnownLeaders(BrokerIds leaders) implements PartitionChange {}

    /** Whether the leader has to recover from an unclean election. */
    record Recovery(LeaderRecovery state) implements PartitionChange {}

    /**
     * The leader epoch of an unclean election; stays, so that whoever comes back later knows what
     * its records are worth.
     */
    record UncleanEpoch(int leaderEpoch) implements PartitionChange {}

    /** The replicas that began anew on another disk and were not in sync since. */
    record BegunAnew(BrokerIds replicas) implements PartitionChange {}

    /** Replicas that a reassignment adds; none when there is no reassignment. */
    record Adding(BrokerIds replicas) implements PartitionChange {}

    /** Replicas that go when a reassignment is done; none when there is no reassignment. */
    record Removing(BrokerIds replicas) implements PartitionChange {}
}
