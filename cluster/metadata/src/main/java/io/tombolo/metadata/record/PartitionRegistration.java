package io.tombolo.metadata.record;

import org.apache.kafka.common.Uuid;

import java.util.List;

/**
 * What the metadata says of one partition.
 *
 * @param replicas preferred leader first; at least one
 * @param isr the in-sync replicas, a subset of the replicas
 * @param leader one of the in-sync replicas, or {@link #NO_LEADER}
 * @param leaderEpoch goes up with every change of leader, never down
 * @param partitionEpoch goes up by one with every change of anything here
 * @param directories the log directory of each replica in their order; empty when none is assigned
 */
public record PartitionRegistration(
        BrokerIds replicas,
        BrokerIds isr,
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Uuid> directories) {

    /** The leader of a partition that has none. */
    public static final int NO_LEADER = -1;

    public PartitionRegistration {
        require(!replicas.isEmpty(), "a partition needs a replica");
        require(replicas.hasAll(isr), "an in-sync replica is not a replica");
        require(leader == NO_LEADER || isr.has(leader), "the leader is not in sync");
        Names.requireNotNegative(leaderEpoch, "leader epoch");
        Names.requireNotNegative(partitionEpoch, "partition epoch");
        directories = List.copyOf(directories);
        require(
                directories.isEmpty() || directories.size() == replicas.size(),
                "every replica needs a directory or none");
        if (isr.equals(replicas)) {
            isr = replicas;
        }
    }

    /** A partition as it is created: all replicas in sync, led by the first one. */
    public static PartitionRegistration created(BrokerIds replicas, List<Uuid> directories) {
        return new PartitionRegistration(replicas, replicas, replicas.at(0), 0, 0, directories);
    }

    public boolean hasLeader() {
        return leader != NO_LEADER;
    }

    /** This partition after some changes. */
    public PartitionRegistration changed(int newPartitionEpoch, List<PartitionChange> changes) {
        BrokerIds newReplicas = replicas;
        BrokerIds newIsr = isr;
        int newLeader = leader;
        int newLeaderEpoch = leaderEpoch;
        List<Uuid> newDirectories = directories;
        for (PartitionChange change : changes) {
            switch (change) {
                case PartitionChange.Leader(int brokerId) -> newLeader = brokerId;
                case PartitionChange.LeaderEpoch(int epoch) -> newLeaderEpoch = epoch;
                case PartitionChange.InSync(BrokerIds ids) -> newIsr = ids;
                case PartitionChange.Replicas(BrokerIds ids) -> newReplicas = ids;
                case PartitionChange.Directories(List<Uuid> ids) -> newDirectories = ids;
            }
        }
        return new PartitionRegistration(
                newReplicas, newIsr, newLeader, newLeaderEpoch, newPartitionEpoch, newDirectories);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
