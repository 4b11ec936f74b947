package io.tombolo.storage.partition;

import io.tombolo.protocol.records.BatchView;
import io.tombolo.storage.segment.OffsetEntries;
import io.tombolo.storage.segment.Segment;

import java.io.IOException;
import java.util.List;

/** Closing a segment and beginning the next: the quick part, on the loop. */
public final class LogRoll {

    private final LogContents log;
    private final LogUpkeep upkeep;
    private final SegmentRemoval removal;
    private long jitterMs;

    public LogRoll(LogContents log, LogUpkeep upkeep, SegmentRemoval removal) {
        this.log = log;
        this.upkeep = upkeep;
        this.removal = removal;
        this.jitterMs = drawJitterMs();
    }

    private long drawJitterMs() {
        int bound = (int) Math.min(Integer.MAX_VALUE, log.settings.segmentJitterMax().toMillis());
        return bound == 0 ? 0 : log.environment.entropy().nextInt(bound);
    }

    /**
     * Whether a batch must go into a new segment.
     *
     * @param runBytes bytes that are about to be written to the active segment before it
     */
    boolean due(BatchView batch, int runBytes) {
        Segment active = log.active();
        if (!active.reaches(batch.lastOffset())) {
            return true;
        }
        long filled = (long) active.sizeBytes() + runBytes;
        if (filled == 0) {
            return false;
        }
        long ageMsMax = log.settings.closingAge().toMillis() - jitterMs;
        return filled + batch.lengthBytes() > log.settings.segmentBytesMax()
                || active.ageMs(batch.maxTimestampMs(), log.nowMs()) > ageMsMax
                || active.indexBytes() > log.settings.indexBytesMax() - OffsetEntries.ENTRY_BYTES;
    }

    /** Begins the segment that takes this batch. */
    void roll(BatchView batch) throws IOException {
        boolean farAhead = batch.lastOffset() - log.endOffset > Integer.MAX_VALUE;
        rollAt(farAhead ? batch.baseOffset() : log.endOffset);
    }

    /** Begins a segment at the end of the log; the active one must not be empty. */
    void rollAt(long baseOffset) throws IOException {
        Segment closed = log.active();
        if (closed.sizeBytes() == 0) {
            log.segments.removeLast();
            removal.removeNow(List.of(closed));
        } else {
            closed.seal();
        }
        log.segments.add(Segment.create(log.disk(), log.directory, baseOffset, log.nowMs()));
        jitterMs = drawJitterMs();
        upkeep.rolled(baseOffset);
    }
}
