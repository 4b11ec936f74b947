package io.tombolo.storage.partition;

import io.tombolo.storage.log.ColdRead;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.ReadResult;
import io.tombolo.storage.log.TimestampLookup;
import io.tombolo.storage.segment.Segment;
import io.tombolo.storage.segment.SegmentView;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Reading: what this process wrote or has checked, and is in memory, on the loop; everything else
 * off it, where it is checked.
 */
public final class LogReader {

    /** Bytes at the end of the log that the page cache is taken to hold. */
    private static final long HOT_BYTES = LogUpkeep.WARM_BYTES;

    private final LogContents log;

    public LogReader(LogContents log) {
        this.log = log;
    }

    public ReadResult read(long offset, int bytesMax, long upToOffset, Isolation isolation) {
        if (offset < log.startOffset || offset > log.endOffset) {
            return new ReadResult.OutOfRange(log.startOffset, log.endOffset);
        }
        return readFiles(offset, bytesMax, upToOffset, isolation);
    }

    /** As above, and below the log start too, as far as there are files. */
    public ReadResult readFiles(long offset, int bytesMax, long upToOffset, Isolation isolation) {
        if (offset >= upToOffset || offset == log.endOffset || bytesMax <= 0) {
            return ReadResult.Slice.empty(offset);
        }
        int index = log.indexOf(offset);
        if (!hot(index, offset)) {
            return cold(index, offset, bytesMax, upToOffset, isolation);
        }
        try {
            var reader = reader(index, false, offset, bytesMax, upToOffset, isolation);
            return reader.slice(reader.locate(log.window()));
        } catch (IOException failure) {
            return cold(index, offset, bytesMax, upToOffset, isolation); // which tells what it is
        }
    }

    /** As {@link #read}, but never from memory: the checksums are compared. */
    public ReadResult readChecked(long offset, int bytesMax, long upToOffset, Isolation isolation) {
        boolean something =
                offset >= log.startOffset
                        && offset < Math.min(log.endOffset, upToOffset)
                        && bytesMax > 0;
        return something
                ? cold(log.indexOf(offset), offset, bytesMax, upToOffset, isolation)
                : read(offset, bytesMax, upToOffset, isolation);
    }

    private ReadResult cold(
            int index, long offset, int bytesMax, long upToOffset, Isolation isolation) {
        var reader = reader(index, true, offset, bytesMax, upToOffset, isolation);
        return new ReadResult.Cold(new ColdRead(new OffLoopRead(log, reader)));
    }

    private boolean hot(int index, long offset) {
        Segment segment = log.segments.get(index);
        if (!segment.warmed() || offset < log.checkedFrom) {
            return false;
        }
        long distance = segment.sizeBytes() - segment.view().positionBefore(offset);
        for (int later = index + 1; later < log.segments.size(); later++) {
            distance += log.segments.get(later).sizeBytes();
        }
        return distance <= HOT_BYTES;
    }

    private SegmentReader reader(
            int index,
            boolean detached,
            long offset,
            int bytesMax,
            long upToOffset,
            Isolation isolation) {
        int last = isolation == Isolation.READ_COMMITTED ? log.segments.size() - 1 : index;
        return new SegmentReader(
                views(index, last, detached), offset, bytesMax, upToOffset, isolation);
    }

    private List<SegmentView> views(int first, int last, boolean detached) {
        if (first == last && !detached) {
            return List.of(log.segments.get(first).view());
        }
        var views = new ArrayList<SegmentView>(last - first + 1);
        for (int index = first; index <= last; index++) {
            SegmentView view = log.segments.get(index).view();
            views.add(detached ? view.detached() : view);
        }
        return views;
    }

    public Callable<TimestampLookup> firstAtOrAfter(long timestampMs, long upToOffset) {
        var candidates = new ArrayList<SegmentView>();
        for (Segment segment : log.segments) {
            if (segment.maxTimestampMs() >= timestampMs && segment.endOffset() > log.startOffset) {
                candidates.add(segment.view().detached());
            }
        }
        return new TimestampSearch(log, candidates, timestampMs, upToOffset);
    }

    public Callable<TimestampLookup> latestTimestamp() {
        long latestMs = -1;
        for (Segment segment : log.segments) {
            if (segment.endOffset() > log.startOffset) {
                latestMs = Math.max(latestMs, segment.maxTimestampMs());
            }
        }
        return latestMs < 0 ? TimestampLookup.None::new : firstAtOrAfter(latestMs, log.endOffset);
    }
}
