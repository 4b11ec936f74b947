package io.tombolo.replication.leader;

import io.tombolo.metadata.record.BrokerIds;

import org.apache.kafka.common.TopicIdPartition;

import java.util.List;
import java.util.function.Consumer;

/**
 * The way of a leader to the controller: AlterPartition of version 3. An implementation sends the
 * proposals of one partition in the order in which it got them, so that one which was answered
 * {@link Outcome.Unavailable} is not carried out after a later one was answered otherwise.
 */
@FunctionalInterface
public interface IsrProposals {

    /**
     * Asks the controller for another ISR.
     *
     * @param answer called exactly once, later, on the loop of the partition
     */
    void propose(TopicIdPartition partition, Proposal proposal, Consumer<Outcome> answer);

    /**
     * What a leader wants to be committed. Every proposal says that its leader has recovered from
     * an unclean election, if there was one.
     *
     * @param partitionEpoch of the state that it changes
     * @param isr the whole new ISR, the leader included
     */
    record Proposal(int leaderEpoch, int partitionEpoch, List<Member> isr) {

        public Proposal {
            isr = List.copyOf(isr);
        }

        /** The brokers of the new ISR. */
        public BrokerIds brokers() {
            return BrokerIds.of(isr.stream().map(Member::brokerId).toList());
        }
    }

    /**
     * A replica in a proposal.
     *
     * @param brokerEpoch of the incarnation that was found in sync, −1 when it was not heard yet;
     *     the controller refuses another incarnation than the registered one
     */
    record Member(int brokerId, long brokerEpoch) {}

    /** What became of a proposal. */
    sealed interface Outcome {

        /** The state in force at the controller, this proposal carried out. */
        record Accepted(int leaderEpoch, int partitionEpoch, BrokerIds isr) implements Outcome {}

        /** Another leader was elected: FENCED_LEADER_EPOCH, NEW_LEADER_ELECTED and the like. */
        record Fenced() implements Outcome {}

        /** The partition was changed meanwhile: INVALID_UPDATE_VERSION. The image will tell. */
        record StalePartitionEpoch() implements Outcome {}

        /** Surely not carried out: INELIGIBLE_REPLICA, INVALID_REQUEST. */
        record InvalidUpdate() implements Outcome {}

        /** Nobody answered, so it may have been carried out or not; to be asked again. */
        record Unavailable() implements Outcome {}
    }
}
