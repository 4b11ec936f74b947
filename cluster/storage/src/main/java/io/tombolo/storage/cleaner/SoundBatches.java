package io.tombolo.storage.cleaner;

import io.tombolo.protocol.records.BatchVerdict;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.storage.log.LogDamage;
import io.tombolo.storage.segment.BatchScan;
import io.tombolo.storage.segment.SegmentView;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A walk over the batches of several segments, each of them whole and with the right checksum:
 * damage must not be written anew with a checksum of its own. Blocks; one thread at a time.
 */
final class SoundBatches {

    private final List<SegmentView> segments;
    private final ByteBuffer window;
    private BatchScan scan;
    private int segment;
    private long bytes;

    /**
     * @param segments at least one
     * @param fromOffset batches that end below it are not visited
     * @param window to read into, on the heap
     */
    SoundBatches(List<SegmentView> segments, long fromOffset, ByteBuffer window)
            throws IOException {
        this.segments = segments;
        this.window = window;
        int first = segments.getFirst().endingAtOrAfter(fromOffset, window).position();
        this.scan = segments.getFirst().scan(first, window);
    }

    /** The next batch, valid until the next call; null behind the last one. */
    @Nullable BatchView next() throws IOException {
        while (!scan.next()) {
            SegmentView done = segments.get(segment);
            if (scan.torn()) {
                throw damage(done, "there is no whole batch");
            }
            if (segment + 1 == segments.size()) {
                return null;
            }
            segment++;
            scan = segments.get(segment).scan(0, window);
        }
        BatchView batch = scan.whole();
        bytes += batch.lengthBytes();
        if (batch.verdict() != BatchVerdict.VALID) {
            throw damage(segments.get(segment), "the checksum of a batch is wrong");
        }
        return batch;
    }

    /** The segment of the batch visited last. */
    SegmentView current() {
        return segments.get(segment);
    }

    /** Bytes of the batches visited so far. */
    long bytes() {
        return bytes;
    }

    private LogDamage damage(SegmentView in, String reason) {
        long from = Math.clamp(scan.batch().baseOffset(), in.baseOffset(), in.endOffset() - 1);
        return new LogDamage(from, in.endOffset(), reason);
    }
}
