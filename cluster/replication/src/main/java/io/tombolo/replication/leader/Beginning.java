package io.tombolo.replication.leader;

import io.tombolo.storage.log.PartitionLog;

/**
 * What a leader had when it became one, before it wrote anything.
 *
 * @param leaderEpoch of this leadership
 * @param endOffset where its log ended
 * @param highWatermark up to where it knew its records to be committed
 * @param lastRecordEpoch of its last record, −1 for an empty log
 */
public record Beginning(int leaderEpoch, long endOffset, long highWatermark, int lastRecordEpoch) {

    /** What a leader of this epoch begins with, to be asked before the epoch is begun. */
    public static Beginning of(PartitionLog log, int leaderEpoch, long highWatermark) {
        long end = log.endOffset();
        int lastRecordEpoch = end > log.startOffset() ? log.epochAt(end - 1).orElse(-1) : -1;
        return new Beginning(leaderEpoch, end, highWatermark, lastRecordEpoch);
    }

    /**
     * Whether an offset that is asked for is older than this leadership: a new leader's high
     * watermark may lag behind what was committed before (KIP-207).
     */
    public boolean after(long offset) {
        return offset < endOffset;
    }

    /**
     * From where on this log may lack committed records. Whoever has records of the leader before
     * has all that this one had, up to the end of its own. A log that ends in an earlier epoch may
     * end in records that were never committed, with others in their place: it is sure only of what
     * it knew to be committed.
     *
     * @param oldLeaderEpoch in which somebody led last, −1 when that is not known
     */
    public long lostFromOffset(int oldLeaderEpoch) {
        boolean wroteThen = oldLeaderEpoch >= 0 && lastRecordEpoch >= oldLeaderEpoch;
        return wroteThen ? endOffset : Math.min(highWatermark, endOffset);
    }
}
