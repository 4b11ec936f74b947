package io.tombolo.raft.core;

/**
 * A wish to change who votes, by one replica (KIP-853). It is in force at the leader and at every
 * replica as soon as it stands in its log; it is answered when it is committed.
 */
public sealed interface VoterChange {

    /**
     * Gives a replica a vote. The leader waits until the replica, which fetches as an observer, has
     * caught up.
     */
    record Add(VoterSet.Voter voter) implements VoterChange {}

    /**
     * Takes the vote of exactly this replica. A leader that takes its own leads on until that is
     * committed, and then steps down.
     */
    record Remove(ReplicaKey voter) implements VoterChange {}

    /** Replaces addresses and supported versions of a voter; node and directory must be its own. */
    record Update(VoterSet.Voter voter) implements VoterChange {}

    /** What became of it. */
    sealed interface Outcome {

        /**
         * The change is committed.
         *
         * @param voters the voter set that it led to
         */
        record Committed(VoterSet voters) implements Outcome {}

        /**
         * It has not been made, as far as this replica knows.
         *
         * @param leader the leader this replica knows
         */
        record Refused(Reason reason, LeaderAndEpoch leader) implements Outcome {}

        /** Why a change was refused. */
        enum Reason {
            /**
             * This replica does not lead, or not any more; a change it has begun may still be made.
             */
            NOT_LEADER,
            /** The change stands in the log but was not committed in time; it may still be. */
            REQUEST_TIMED_OUT,
            /** No such replica (node and directory) votes. */
            VOTER_NOT_FOUND,
            /**
             * A replica of this node votes; if it is of another directory, remove that one first.
             */
            DUPLICATE_VOTER,
            /** One change at a time: another one waits or is not committed yet. */
            CHANGE_PENDING,
            /** The leader has not committed anything in its epoch yet and does not know what is. */
            EPOCH_NOT_COMMITTED,
            /** The replica to be added did not catch up with the leader in time. */
            NOT_CAUGHT_UP,
            /** Nobody would be left to vote. */
            LAST_VOTER,
            /**
             * Of those that would be left to vote no majority has been heard lately, and again
             * since it was asked for: their disks may be lost, and then nothing could be decided
             * any more.
             */
            MAJORITY_SILENT
        }
    }
}
