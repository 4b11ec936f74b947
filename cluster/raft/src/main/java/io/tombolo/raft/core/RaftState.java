package io.tombolo.raft.core;

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
    }

    /** Fetches from a leader, or looks for one. */
    sealed interface Fetches extends RaftState {

        FetchLoop loop();
    }

    /** A voter without a leader that has not voted in this epoch. */
    record Unattached(long electionDeadlineNanos) implements Waiting {}

    /** A voter without a leader that has given its vote in this epoch, maybe to itself. */
    record Voted(long electionDeadlineNanos) implements Waiting {}

    /** A voter that has stepped down from the leadership of this epoch. */
    record Resigned(long electionDeadlineNanos) implements Waiting {}

    /** A voter that asks how an election would go. */
    record Prospective(Ballot ballot, long electionDeadlineNanos) implements Waiting {}

    /** A voter that stands in this epoch. */
    record Candidate(Ballot ballot, long electionDeadlineNanos) implements Waiting {}

    /** The leader of this epoch. */
    record Leader(LeaderBook book) implements RaftState {}

    /** A voter that fetches from the leader of this epoch. */
    record Follower(FetchLoop loop) implements Fetches {}

    /** A replica without a vote; it fetches from the leader or asks voters for it. */
    record Observer(FetchLoop loop) implements Fetches {}
}
