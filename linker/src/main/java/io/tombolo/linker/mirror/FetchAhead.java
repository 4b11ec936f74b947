package io.tombolo.linker.mirror;

import io.tombolo.region.link.MirrorLog;

/**
 * How far a partition has fetched ahead of what the local log has answered. Mutable; owned by the
 * loop of the link.
 */
final class FetchAhead {

    private int pending;
    private long offset;
    private int epoch;

    /** Goes on from where the copy ends; no append may be unanswered. */
    void continueFrom(MirrorLog.Position copy) {
        offset = copy.endOffset();
        epoch = copy.empty() ? -1 : copy.lastEpoch();
    }

    /** The next offset to ask for. */
    long offset() {
        return offset;
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
        offset = batches.endOffset();
        epoch = batches.lastEpoch();
        return new PartitionEffect.Append(batches.batches(), epoch, expectedEnd, leaderEpoch);
    }

    /** An append was answered. */
    void answered() {
        pending--;
    }
}
