package io.tombolo.raft.core;

/** What became of a proposal at the moment it was made. */
public sealed interface ProposeResult {

    /**
     * The records stand in the leader's log at {@code baseOffset .. lastOffset}. They are committed
     * when the commit callback delivers them in this epoch; after a change of leader they may be
     * gone.
     */
    record Accepted(long baseOffset, long lastOffset) implements ProposeResult {}

    /** This node does not lead the epoch that was named. */
    record NotLeader(LeaderAndEpoch current) implements ProposeResult {}

    /** Too many bytes wait for their commit; try again when some have been committed. */
    record Overloaded(long uncommittedBytes, long uncommittedBytesMax) implements ProposeResult {}

    /** The records can not fit into one batch, ever. */
    record TooLarge(long sizeBytes, long batchBytesMax) implements ProposeResult {}
}
