package io.tombolo.storage.partition;

import io.tombolo.storage.segment.Segment;

import java.io.IOException;
import java.util.List;

/** Giving up the beginning of a log, whole segments at a time. */
public final class LogRetention {

    private final LogContents log;
    private final LogRoll roll;
    private final LogUpkeep upkeep;
    private final SegmentRemoval removal;

    public LogRetention(LogContents log, LogRoll roll, LogUpkeep upkeep, SegmentRemoval removal) {
        this.upkeep = upkeep;
        this.log = log;
        this.roll = roll;
        this.removal = removal;
    }

    /** Raises the log start; start &lt; offset ≤ end. */
    public void startAt(long offset) {
        log.startAt(offset);
        removeFirst(segmentsBelow(offset));
    }

    public void apply(long highWatermark) throws IOException {
        int count = segmentsBelow(log.startOffset);
        if (log.settings.deletable()) {
            count = Math.max(count, bySize(highWatermark));
            count = Math.max(count, byAge(highWatermark));
        }
        if (count == log.segments.size()) {
            if (log.active().sizeBytes() == 0) {
                count--;
            } else {
                roll.rollAt(log.endOffset);
            }
        }
        if (count > 0) {
            startAt(Math.max(log.startOffset, log.segments.get(count).baseOffset()));
        }
    }

    /** How many of the first segments lie wholly below an offset. */
    private int segmentsBelow(long offset) {
        int count = 0;
        while (count + 1 < log.segments.size()
                && log.segments.get(count + 1).baseOffset() <= offset) {
            count++;
        }
        return count;
    }

    private int bySize(long highWatermark) {
        if (log.settings.retentionBytesMax().isEmpty()) {
            return 0;
        }
        long surplus = log.sizeBytes - log.settings.retentionBytesMax().get();
        int count = 0;
        while (count < log.segments.size()
                && released(count, highWatermark)
                && surplus - log.segments.get(count).sizeBytes() >= 0) {
            surplus -= log.segments.get(count).sizeBytes();
            count++;
        }
        return count;
    }

    private int byAge(long highWatermark) {
        if (log.settings.retentionAgeMax().isEmpty()) {
            return 0;
        }
        long oldestMs = log.nowMs() - log.settings.retentionAgeMax().get().toMillis();
        int count = 0;
        while (count < log.segments.size()
                && released(count, highWatermark)
                && log.segments.get(count).newestMs() < oldestMs) {
            count++;
        }
        return count;
    }

    /** Whether all of a segment is below the high watermark. */
    private boolean released(int index, long highWatermark) {
        long end =
                index + 1 < log.segments.size()
                        ? log.segments.get(index + 1).baseOffset()
                        : log.endOffset;
        return end <= highWatermark;
    }

    private void removeFirst(int count) {
        if (count == 0) {
            return;
        }
        List<Segment> gone = List.copyOf(log.segments.subList(0, count));
        log.segments.subList(0, count).clear();
        log.countBytes();
        removal.removeBehind(
                gone, log.startOffset, upkeep.newSnapshot(log.segments.getFirst().baseOffset()));
    }
}
