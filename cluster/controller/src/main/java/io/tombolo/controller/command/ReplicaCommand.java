package io.tombolo.controller.command;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.PartitionId;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Leaders, in-sync replicas and where replicas are. Each partition has its own answer; one that is
 * named twice is refused with INVALID_REQUEST.
 */
public sealed interface ReplicaCommand<A> extends Command<A> {

    /**
     * A leader says who is in sync (KIP-497, KIP-841, KIP-966). Refused as a whole with
     * STALE_BROKER_EPOCH. Refusals of a partition: UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION,
     * FENCED_LEADER_EPOCH, INVALID_UPDATE_VERSION (the partition epoch is old), NOT_CONTROLLER (the
     * leader has seen more than this controller), INELIGIBLE_REPLICA (a member is fenced, shutting
     * down or registered anew), INVALID_REQUEST. Each of them is final: the same proposal is never
     * accepted later, save after NOT_CONTROLLER.
     */
    record AlterPartitions(int brokerId, long brokerEpoch, List<Proposal> partitions)
            implements ReplicaCommand<Map<PartitionId, Answer<PartitionState>>> {

        public AlterPartitions {
            partitions = List.copyOf(partitions);
        }
    }

    /**
     * What a leader proposes for a partition.
     *
     * @param leaderEpoch under which it leads
     * @param partitionEpoch that it has seen last
     */
    record Proposal(
            PartitionId partition,
            int leaderEpoch,
            int partitionEpoch,
            List<Member> isr,
            LeaderRecovery leaderRecovery) {

        public Proposal {
            isr = List.copyOf(isr);
        }
    }

    /** A replica that is in sync, under the broker epoch with which it fetches; -1 is unknown. */
    record Member(int brokerId, long brokerEpoch) {}

    /**
     * A partition after the change. When the leader is not the one that asked, a reassignment was
     * completed and another leads: on the wire that is NEW_LEADER_ELECTED.
     */
    record PartitionState(
            int leader,
            int leaderEpoch,
            BrokerIds isr,
            LeaderRecovery leaderRecovery,
            int partitionEpoch) {}

    /**
     * A broker says in which log directory its replicas are. Refused as a whole with
     * STALE_BROKER_EPOCH; refusals of a partition: UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION,
     * NOT_LEADER_OR_FOLLOWER, LOG_DIR_NOT_FOUND.
     */
    record AssignReplicasToDirs(
            int brokerId, long brokerEpoch, SortedMap<PartitionId, Uuid> directories)
            implements ReplicaCommand<Map<PartitionId, Answer<Applied>>> {

        public AssignReplicasToDirs {
            directories = Collections.unmodifiableSortedMap(new TreeMap<>(directories));
        }
    }

    /**
     * Chooses leaders. Refusals of a partition: UNKNOWN_TOPIC_OR_PARTITION, ELECTION_NOT_NEEDED,
     * PREFERRED_LEADER_NOT_AVAILABLE, ELIGIBLE_LEADERS_NOT_AVAILABLE.
     *
     * @param partitions empty for all; then only those are answered for which there was something
     *     to do
     */
    record ElectLeaders(Election election, Optional<List<TopicPartition>> partitions)
            implements ReplicaCommand<Map<TopicPartition, Answer<Elected>>> {

        public ElectLeaders {
            partitions = partitions.map(List::copyOf);
        }
    }

    /** Which leader is wanted. */
    enum Election {
        /** The first replica, if it is in sync. */
        PREFERRED,
        /** Any, for partitions without a leader; records may be lost. */
        UNCLEAN
    }

    /**
     * A new leader.
     *
     * @param unclean whether it may lack committed records; the metadata delta reports it too
     */
    record Elected(int leader, int leaderEpoch, boolean unclean) {}

    /**
     * Chooses better leaders. To be repeated.
     *
     * @param partitionsMax how many partitions may change; positive
     */
    record BalanceLeaders(int partitionsMax, Scope scope) implements ReplicaCommand<Balanced> {

        /** Where better leaders are looked for. */
        public enum Scope {
            /** Where nobody leads: an unclean election may have become allowed. */
            LEADERLESS,
            /** Where another than the preferred leader leads, which is in sync again. */
            PREFERRED
        }

        public BalanceLeaders {
            if (partitionsMax < 1) {
                throw new IllegalArgumentException("a round must be able to do something");
            }
        }
    }

    /**
     * @param more whether partitions were left for the next round
     */
    record Balanced(int partitionCount, boolean more) {}

    /**
     * Gives partitions other replicas (KIP-455): an answer means that the reassignment has begun,
     * or is done when nothing has to be copied. Refusals of a partition:
     * UNKNOWN_TOPIC_OR_PARTITION, NO_REASSIGNMENT_IN_PROGRESS, INVALID_REPLICA_ASSIGNMENT,
     * INVALID_REPLICATION_FACTOR.
     *
     * @param targets the wanted replicas, preferred leader first; empty to cancel what is under way
     * @param mayChangeReplicationFactor whether the number of replicas may change (KIP-860)
     */
    record AlterReassignments(
            Map<TopicPartition, Optional<List<Integer>>> targets,
            boolean mayChangeReplicationFactor)
            implements ReplicaCommand<Map<TopicPartition, Answer<Applied>>> {

        public AlterReassignments {
            targets = Collections.unmodifiableMap(new LinkedHashMap<>(targets));
        }
    }
}
