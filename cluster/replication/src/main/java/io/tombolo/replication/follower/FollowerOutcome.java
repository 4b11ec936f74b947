package io.tombolo.replication.follower;

/** What an answer of the leader did to a follower. */
public sealed interface FollowerOutcome {

    /** The records are in the log, as far as there were any. */
    record Advanced(long endOffset, boolean appended) implements FollowerOutcome {}

    /** Records that the leader does not have are gone; to be fetched again at once. */
    record Truncated(long fromOffset, long toOffset) implements FollowerOutcome {}

    /** The role or the log is another one since the request; the answer says nothing. */
    record Stale() implements FollowerOutcome {}

    /** The answer cannot be used; nothing was changed. */
    record Refused(String reason) implements FollowerOutcome {}

    /** The log has failed: the partition is offline. */
    record Offline() implements FollowerOutcome {}
}
