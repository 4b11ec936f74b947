package io.tombolo.raft.core;

import io.tombolo.raft.core.Elections.Ballot;

/**
 * The role of a replica. What must survive a crash is not here but in {@link ElectionState}; a role
 * only says what the replica does and waits for.
 */
sealed interface RaftState {

    /** The name for people. */
    default String title() {
        return getClass().getSimpleName();
    }

    /** A role that stands for election when the time comes. */
    sealed interface Waiting extends RaftState {

        long electionDeadlineNanos();

        /** The same role with another deadline. */
        Waiting until(long deadlineNanos);
    }

    /** Fetches from a leader, or looks for one. */
    sealed interface Fetches extends RaftState {

        FetchLoop loop();
    }

    /** A voter without a leader that has not voted in this epoch. */
    record Unattached(long electionDeadlineNanos) implements Waiting {
        @Override
        public Waiting until(long deadlineNanos) {
            return new Unattached(deadlineNanos);
        }
    }

    /** A voter without a leader that has given its vote in this epoch, maybe to itself. */
    record Voted(long electionDeadlineNanos) implements Waiting {
        @Override
        public Waiting until(long deadlineNanos) {
            return new Voted(deadlineNanos);
        }
    }

    /** A voter that has stepped down from the leadership of this epoch. */
    record Resigned(long electionDeadlineNanos) implements Waiting {
        @Override
        public Waiting until(long deadlineNanos) {
            return new Resigned(deadlineNanos);
        }
    }

    /** A voter that asks how an election would go. */
    record Prospective(Ballot ballot, long electionDeadlineNanos) implements Waiting {
        @Override
        public Waiting until(long deadlineNanos) {
            return new Prospective(ballot, deadlineNanos);
        }
    }

    /** A voter that stands in this epoch. */
    record Candidate(Ballot ballot, long electionDeadlineNanos) implements Waiting {
        @Override
        public Waiting until(long deadlineNanos) {
            return new Candidate(ballot, deadlineNanos);
        }
    }

    /** The leader of this epoch. */
    record Leader(LeaderBook book) implements RaftState {}

    /** A voter that fetches from the leader of this epoch. */
    record Follower(FetchLoop loop) implements Fetches {}

    /** A replica without a vote; it fetches from the leader or asks voters for it. */
    record Observer(FetchLoop loop) implements Fetches {}

    /**
     * Where a follower or observer stands in fetching from one leader: one request at a time.
     * Mutable, part of {@link RaftCore}.
     */
    final class FetchLoop {

        static final long NONE = -1;

        /** The node fetched from, or {@link LeaderAndEpoch#NO_LEADER} while looking for one. */
        final int leaderId;

        /** Without word from the leader until then it is given up. */
        long leaderDeadlineNanos;

        /**
         * Whether the leader has been heard at all; before that it does not stop anyone's election.
         */
        boolean heard;

        /** The unanswered request, or {@link #NONE}. */
        long exchange = NONE;

        /** When it was sent. */
        long sentNanos;

        /** When it is given up. */
        long requestDeadlineNanos;

        /** No request before this time. */
        long retryNanos;

        /** Requests that failed in a row. */
        int failures;

        /** The leader is not asked to change the voters before this time. */
        long wishNanos;

        /** The leader's high watermark, as last told. */
        long leaderHighWatermark;

        /** The snapshot being fetched, or {@link OffsetAndEpoch#ZERO}. */
        OffsetAndEpoch snapshot = OffsetAndEpoch.ZERO;

        /** How much of it has come. */
        long snapshotPosition;

        FetchLoop(int leaderId, long leaderDeadlineNanos, long nowNanos) {
            this.leaderId = leaderId;
            this.leaderDeadlineNanos = leaderDeadlineNanos;
            this.retryNanos = nowNanos;
            this.wishNanos = nowNanos;
        }

        boolean hasLeader() {
            return leaderId != LeaderAndEpoch.NO_LEADER;
        }

        boolean fetchesSnapshot() {
            return snapshot.offset() > 0;
        }

        boolean waitsForAnswer() {
            return exchange != NONE;
        }
    }
}
