package io.tombolo.replication.follower;

import java.nio.ByteBuffer;

/** What a leader answers a follower about one partition. */
public sealed interface LeaderAnswer {

    /**
     * The records from the fetch offset on, possibly none; the last batch may be cut short.
     *
     * @param batches position to limit; not kept
     */
    record Records(ByteBuffer batches, long highWatermark, long logStartOffset)
            implements LeaderAnswer {}

    /**
     * The follower's last record is not in the leader's log (KIP-595).
     *
     * @param leaderEpoch the largest epoch of the leader's log that is not above the follower's
     * @param endOffset where that epoch ends
     */
    record Diverging(int leaderEpoch, long endOffset) implements LeaderAnswer {}

    /** The fetch offset is outside of the leader's log, which has these bounds. */
    record OutOfRange(long startOffset, long endOffset) implements LeaderAnswer {}
}
