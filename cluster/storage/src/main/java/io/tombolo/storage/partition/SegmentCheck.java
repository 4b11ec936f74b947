package io.tombolo.storage.partition;

import io.tombolo.storage.log.LogDamage;
import io.tombolo.storage.segment.BatchScan;
import io.tombolo.storage.segment.SegmentView;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads a segment from its beginning and finds the first batch that is not what was written. */
final class SegmentCheck {

    private SegmentCheck() {}

    /**
     * The damage with the lowest offset; empty when every batch can be read and has its checksum.
     *
     * @param bytes of the segment, as far as it was written
     * @param endOffset behind the last record that was written to it
     */
    static Optional<LogDamage> damage(
            SegmentView segment, long bytes, long endOffset, ByteBuffer window) {
        var scan = segment.scan(bytes, window);
        long before = segment.baseOffset();
        long next = before;
        try {
            while (scan.next()) {
                long last = scan.batch().lastOffset();
                if (scan.batch().baseOffset() < next) {
                    // The one before may claim an offset that is not its own.
                    return damage(before, Math.max(last + 1, next), "offsets go back");
                }
                if (!scan.checksumValid()) {
                    return damage(next, last + 1, "the checksum of a batch is wrong");
                }
                before = next;
                next = last + 1;
            }
        } catch (IOException unreadable) {
            return Optional.of(new LogDamage(next, Math.max(endOffset, next + 1), unreadable));
        }
        if (next > endOffset) {
            return damage(before, endOffset, "the last batch claims later offsets");
        }
        return scan.torn() || next < endOffset
                ? damage(next, endOffset, "there is no whole batch")
                : Optional.empty();
    }

    private static Optional<LogDamage> damage(long from, long to, String reason) {
        return Optional.of(new LogDamage(from, Math.max(to, from + 1), reason));
    }

    /**
     * Checks the batches of a part of a segment; an exception when one is not sound.
     *
     * @param offset that the first one should hold
     * @return whether records are missing in between: because they were compacted away, or because
     *     an offset was altered, which only the whole segment can tell
     */
    static boolean require(BatchScan scan, long offset) throws IOException {
        boolean gaps = false;
        long next = offset;
        while (scan.next()) {
            if (!scan.checksumValid()) {
                throw new IOException("the checksum of a batch is wrong");
            }
            gaps |= scan.batch().baseOffset() > next;
            next = scan.batch().lastOffset() + 1;
        }
        if (scan.torn()) {
            throw new IOException("there is no whole batch");
        }
        return gaps;
    }
}
