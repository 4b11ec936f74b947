package io.tombolo.storage.partition;

import io.tombolo.environment.Payload;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.ReadResult;
import io.tombolo.storage.segment.AbortedTransaction;
import io.tombolo.storage.segment.BatchPosition;
import io.tombolo.storage.segment.BatchScan;
import io.tombolo.storage.segment.SegmentView;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One read within one segment, on the loop or off it.
 *
 * @param views the segment that holds the offset, and, when aborted transactions are wanted, those
 *     after it
 */
record SegmentReader(
        List<SegmentView> views, long offset, int bytesMax, long upToOffset, Isolation isolation) {

    /** Where whole batches lie that answer the read. */
    record Range(BatchPosition start, int bytes, long nextOffset) {}

    /** The same read of fewer records. */
    SegmentReader upTo(long endOffset) {
        return new SegmentReader(
                views, offset, bytesMax, Math.min(upToOffset, endOffset), isolation);
    }

    Range locate(ByteBuffer window) throws IOException {
        SegmentView view = views.getFirst();
        BatchPosition start = view.endingAtOrAfter(offset, window);
        var end = new BatchPosition(view.sizeBytes(), view.endOffset());
        BatchPosition bound =
                upToOffset >= view.endOffset() ? end : view.endingAtOrAfter(upToOffset, window);
        if (bound.position() <= start.position()) {
            return new Range(start, 0, offset);
        }
        BatchPosition cut = bound;
        if (bound.position() - start.position() > bytesMax) {
            cut = view.beginningAtOrBefore(start.position() + bytesMax, window);
            if (cut.position() <= start.position()) {
                cut = afterFirst(view, start, window);
            }
        }
        return new Range(
                start, cut.position() - start.position(), Math.min(cut.baseOffset(), upToOffset));
    }

    private static BatchPosition afterFirst(
            SegmentView view, BatchPosition start, ByteBuffer window) throws IOException {
        BatchScan scan = view.scan(start.position(), window);
        if (!scan.next()) {
            throw new IOException("damaged at position " + start.position());
        }
        return new BatchPosition(scan.nextPosition(), scan.batch().lastOffset() + 1);
    }

    ReadResult.Slice slice(Range range) throws IOException {
        if (range.bytes == 0) {
            return ReadResult.Slice.empty(offset);
        }
        List<AbortedTransaction> aborted =
                isolation == Isolation.READ_COMMITTED ? aborted(range.nextOffset) : List.of();
        Payload part = views.getFirst().slice(range.start.position(), range.bytes);
        return new ReadResult.Slice(
                List.of(part), range.start.baseOffset(), range.nextOffset, range.bytes, aborted);
    }

    private List<AbortedTransaction> aborted(long nextOffset) throws IOException {
        var found = new ArrayList<AbortedTransaction>();
        for (SegmentView view : views) {
            for (AbortedTransaction transaction : view.aborted()) {
                if (transaction.lastOffset() >= offset && transaction.firstOffset() < nextOffset) {
                    found.add(transaction);
                }
                if (transaction.lastStableOffset() >= nextOffset) {
                    return sorted(found);
                }
            }
        }
        return sorted(found);
    }

    private static List<AbortedTransaction> sorted(List<AbortedTransaction> found) {
        found.sort(Comparator.comparingLong(AbortedTransaction::firstOffset));
        return List.copyOf(found);
    }
}
