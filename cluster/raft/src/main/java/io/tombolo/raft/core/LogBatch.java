package io.tombolo.raft.core;

import java.util.List;

/**
 * Records that were proposed together: appended, replicated, truncated, committed and replayed
 * together, never in part. The record arrays are shared, not copied, and must not be changed.
 *
 * @param baseOffset offset of the first record
 * @param epoch the epoch of the leader that appended it
 * @param control whether the records are the quorum's own ({@link ControlRecord}) and not the state
 *     machine's
 * @param records at least one
 */
public record LogBatch(long baseOffset, int epoch, boolean control, List<byte[]> records) {

    public LogBatch {
        if (records.isEmpty()) {
            throw new IllegalArgumentException("a batch holds at least one record");
        }
        records = List.copyOf(records);
    }

    /** Offset just behind the last record. */
    public long endOffset() {
        return baseOffset + records.size();
    }

    /** Payload bytes plus a fixed estimate of their framing; what bounds are counted in. */
    public long sizeBytes() {
        return sizeBytes(records);
    }

    /** The size that a batch of these records would have. */
    public static long sizeBytes(List<byte[]> records) {
        long total = 61;
        for (byte[] each : records) {
            total += each.length + 12;
        }
        return total;
    }

    @Override
    public String toString() {
        return "[" + baseOffset + ".." + endOffset() + ")@" + epoch + (control ? " control" : "");
    }
}
