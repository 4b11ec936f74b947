package io.tombolo.storage.partition;

import io.tombolo.storage.segment.BatchPosition;
import io.tombolo.storage.segment.LogFiles;
import io.tombolo.storage.segment.Segment;
import io.tombolo.storage.segment.SegmentWalk;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/**
 * Cutting the end of a log off, on the loop and durably, because what is appended next must never
 * mix with what was there before.
 *
 * <p>The recovery point is lowered before anything else: whatever a crash leaves of the rest lies
 * above it and is not believed without being checked.
 */
public final class LogTruncation {

    private final LogContents log;
    private final LogUpkeep upkeep;
    private final SegmentRemoval removal;

    public LogTruncation(LogContents log, LogUpkeep upkeep, SegmentRemoval removal) {
        this.log = log;
        this.upkeep = upkeep;
        this.removal = removal;
    }

    /** Offset from start to end - 1. */
    public void truncateTo(long offset) throws IOException {
        settleSwap();
        int index = log.indexOf(offset);
        Segment last = log.segments.get(index);
        warm(last);
        BatchPosition cut = last.view().endingAtOrAfter(offset, log.window());
        // In front of a gap the log ends below the offset.
        long newEnd = last.endBefore(cut.position(), log.window());
        lowerRecoveryPoint(newEnd, log.startOffset);
        log.derivedFiles.lock();
        try {
            log.generation++;
            List<Segment> gone = List.copyOf(log.segments.subList(index + 1, log.segments.size()));
            log.segments.subList(index + 1, log.segments.size()).clear();
            // A snapshot vouches for the indexes below it, so it goes before they are cut.
            deleteSnapshotsAbove(newEnd);
            removal.removeNow(gone);
            log.forceNames();
            last.truncateTo(offset, log.window());
            log.endOffset = Math.max(last.endOffset(), log.startOffset);
        } finally {
            log.derivedFiles.unlock();
        }
        log.epochs.truncateTo(log.endOffset);
        if (log.producers.lastBatchOffset() >= log.endOffset) {
            new ProducerReplay(log).rebuild(log.endOffset);
        }
        log.durableOffset = Math.min(log.durableOffset, log.endOffset);
        log.checkedFrom = Math.min(log.checkedFrom, log.endOffset);
        log.countBytes();
        upkeep.truncated();
    }

    /** Forgets the epoch of a leadership that wrote nothing: later records may have older ones. */
    public void forgetEmptyEpoch() {
        log.epochs.truncateTo(log.endOffset);
    }

    /** Empties the log; it goes on at the offset. */
    public void truncateFullyAndStartAt(long offset) throws IOException {
        settleSwap();
        log.beginFiles();
        log.derivedFiles.lock();
        try {
            // A removal that is under way must not raise the log start above the new one.
            log.startOffset = Math.min(log.startOffset, offset);
            // A crash may leave any of the first segments, so nothing at all is believed.
            lowerRecoveryPoint(0, log.startOffset);
            log.generation++;
            removal.removeNow(removal.withThoseUnderWay(log.segments));
            deleteSnapshotsAbove(-1);
            log.forceNames();
            log.segments.clear();
            log.segments.add(Segment.create(log.disk(), log.directory, offset, log.nowMs()));
            log.forceNames();
        } finally {
            log.derivedFiles.unlock();
        }
        log.epochs.clear();
        log.producers.clear();
        log.producers.startAt(offset);
        log.startOffset = offset;
        log.endOffset = offset;
        log.durableOffset = offset;
        log.checkedFrom = offset;
        log.recoveryPoint = offset;
        log.highWatermark = offset;
        log.countBytes();
        upkeep.emptied();
    }

    private void settleSwap() throws IOException {
        SegmentSwap swap = log.swap;
        if (swap != null && log.caution.yieldsToCuts()) {
            log.derivedFiles.lock();
            try {
                swap.settleNow();
            } finally {
                log.derivedFiles.unlock();
            }
        }
    }

    private void lowerRecoveryPoint(long offset, long startOffset) throws IOException {
        log.recoveryPoint = Math.min(log.recoveryPoint, offset);
        log.highWatermark = Math.min(log.highWatermark, offset);
        log.checkpoints.lower(log.name, log.recoveryPoint, startOffset);
        log.checkpoints.lowerHighWatermark(log.name, log.highWatermark);
    }

    private void warm(Segment segment) throws IOException {
        if (!segment.warmed()) {
            segment.rebuild(segment.endOffset(), true, log.window());
            SegmentWalk.follow(segment, log.settings.indexIntervalBytes(), log.window());
        }
    }

    /**
     * Goes by the directory, not by what is known: a checkpoint may have written and deleted files
     * and not yet been heard of. For the same reason the epochs' file has to be written again.
     */
    private void deleteSnapshotsAbove(long offset) throws IOException {
        log.snapshots.clear();
        for (String file : log.disk().list(log.directory)) {
            OptionalLong found = LogFiles.offsetOf(file, LogFiles.SNAPSHOT);
            if (found.isPresent() && found.getAsLong() > offset) {
                log.disk().delete(log.directory.resolve(file));
            } else {
                found.ifPresent(log.snapshots::add);
            }
        }
        log.epochLinesOnDisk = LogContents.UNKNOWN_LINES;
    }
}
