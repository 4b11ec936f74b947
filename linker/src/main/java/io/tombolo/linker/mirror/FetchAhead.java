package io.tombolo.linker.mirror;

import io.tombolo.region.link.MirrorLog;

/**
 * How far a partition has fetched ahead of what the local log has answered. Mutable; owned by the
 * loop of the link.
 */
final class FetchAhead {

    private final boolean looksBack;
    private int pending;
    private long offset;
    private int epoch;
    private long checksum = -1;

    /**
     * @param looksBack whether it asks the source for the last batch of the copy again
     */
    FetchAhead(boolean looksBack) {
        this.looksBack = looksBack;
    }

    /**
     * Goes on from where the copy ends; no append may be unanswered.
     *
     * @param sourceLogStart the source does not have what is below it
     */
    void continueFrom(MirrorLog.Position copy, long sourceLogStart) {
        checksum = looksBack && sourceLogStart < copy.endOffset() ? copy.lastChecksum() : -1;
        offset = copy.endOffset();
        epoch = copy.empty() ? -1 : copy.lastEpoch();
    }

    /** The end of what has been fetched. */
    long offset() {
        return offset;
    }

    /** The next offset to ask for: of the last batch, until it is known that the source has it. */
    long fetchOffset() {
        return checksum < 0 ? offset : offset - 1;
    }

    /**
     * What the answer to a question for an offset has to fit. The first batch of a copy may begin
     * below it, see {@link MirrorLog#append}.
     */
    BatchCheck.Expectation expectation(long asked, int lastEpoch, MirrorLog.Position copy) {
        boolean first = copy.empty() && offset == copy.endOffset();
        return checksum >= 0 && asked == fetchOffset()
                ? new BatchCheck.Expectation(offset, lastEpoch, first, checksum)
                : new BatchCheck.Expectation(asked, lastEpoch, first, -1);
    }

    /** Whether the last batch, or what compaction has left of it, was in an answer. */
    void heardLastBatch(boolean known) {
        checksum = known ? -1 : checksum;
    }

    /** The leader epoch of the record before it, −1 when there is none. */
    int epoch() {
        return epoch;
    }

    /** Appends that are not answered. */
    int pending() {
        return pending;
    }

    /** Has what was fetched appended. */
    PartitionEffect.Append append(CheckedBatches.Batches batches, int leaderEpoch) {
        long expectedEnd = offset;
        pending++;
        checksum = -1;
        offset = batches.endOffset();
        epoch = batches.lastEpoch();
        return new PartitionEffect.Append(batches.batches(), epoch, expectedEnd, leaderEpoch);
    }

    /** An append was answered. */
    void answered() {
        pending--;
    }
}
