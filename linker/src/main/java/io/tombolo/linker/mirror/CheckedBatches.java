package io.tombolo.linker.mirror;

import io.tombolo.region.link.Reason;

import java.nio.ByteBuffer;

/** The verdict on the bytes that the source sent for one partition. */
public sealed interface CheckedBatches {

    /**
     * No whole batch beyond what has been copied.
     *
     * @param known whether the last one that was copied is among them, where it was looked for
     */
    record Nothing(boolean known) implements CheckedBatches {}

    /** At the end of the copy the source has another batch than the copy. */
    record Foreign() implements CheckedBatches {}

    /**
     * Whole batches that continue the copy.
     *
     * @param batches a view of the received bytes, position to limit
     * @param endOffset the offset after the last record
     * @param lastEpoch the leader epoch of the last batch, which is the highest
     * @param offsetCount offsets that the batches cover, gaps included
     * @param maxTimestampMs the newest time stamp, −1 when there is none
     */
    record Batches(
            ByteBuffer batches,
            long endOffset,
            int lastEpoch,
            long offsetCount,
            long maxTimestampMs)
            implements CheckedBatches {}

    /** Bytes that must not be appended. */
    record Broken(Reason reason) implements CheckedBatches {}
}
