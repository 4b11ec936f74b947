package io.tombolo.storage.segment;

import io.tombolo.environment.Invariant;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The offset index of a segment in memory, growing at its end. Mutable; owned by its log. */
final class OffsetIndex {

    private static final long[] NONE = {};
    private static final int FIRST_SLOTS = 16;

    private long[] entries = NONE;
    private int count;

    int count() {
        return count;
    }

    /** What is in the index now, usable from other threads as long as nothing is truncated. */
    OffsetEntries view() {
        return new OffsetEntries.InMemory(entries, count);
    }

    void append(int relativeOffset, int position) {
        if (count > 0) {
            int last = OffsetEntries.relativeOffset(entries[count - 1]);
            Invariant.check(
                    relativeOffset > last,
                    "offset index goes back: %d after %d",
                    relativeOffset,
                    last);
        }
        if (count == entries.length) {
            entries = Arrays.copyOf(entries, Math.max(FIRST_SLOTS, count * 2));
        }
        entries[count++] = OffsetEntries.entry(relativeOffset, position);
    }

    /** The position at which the batch of the last entry begins; 0 when there is no entry. */
    int lastPosition() {
        return count == 0 ? 0 : OffsetEntries.position(entries[count - 1]);
    }

    /**
     * Forgets entries of batches that begin at or after a position, or end at or after an offset.
     */
    void truncate(int position, long relativeOffset) {
        while (count > 0
                && (OffsetEntries.position(entries[count - 1]) >= position
                        || OffsetEntries.relativeOffset(entries[count - 1]) >= relativeOffset)) {
            count--;
        }
        // Views handed out before must not see what is appended from here on.
        entries = count == 0 ? NONE : Arrays.copyOf(entries, count);
    }

    /** The entries from an index on, as the file holds them. */
    ByteBuffer encode(int from) {
        var bytes = ByteBuffer.allocate((count - from) * OffsetEntries.ENTRY_BYTES);
        for (int index = from; index < count; index++) {
            bytes.putLong(entries[index]);
        }
        return bytes.flip();
    }

    /** The last entry's offset relative to the segment's base offset; -1 when there is none. */
    int lastRelativeOffset() {
        return count == 0 ? -1 : OffsetEntries.relativeOffset(entries[count - 1]);
    }

    /** The first entry's; a very large one when there is none. */
    int firstRelativeOffset() {
        return count == 0 ? Integer.MAX_VALUE : OffsetEntries.relativeOffset(entries[0]);
    }

    void clear() {
        truncate(0, 0);
    }

    /**
     * Takes over the first entries of a file: those for batches below a relative offset and within
     * a segment of this size, as long as they are in order.
     */
    void decodeBelow(ByteBuffer bytes, long relativeOffset, int segmentBytes) {
        int wanted = bytes.remaining() / OffsetEntries.ENTRY_BYTES;
        entries = wanted == 0 ? NONE : new long[wanted];
        count = 0;
        int lastRelative = -1;
        int lastPosition = -1;
        while (count < wanted) {
            long entry = bytes.getLong();
            int relative = OffsetEntries.relativeOffset(entry);
            int position = OffsetEntries.position(entry);
            boolean plausible =
                    relative > lastRelative
                            && relative < relativeOffset
                            && position > lastPosition
                            && position < segmentBytes;
            if (!plausible) {
                return;
            }
            entries[count++] = entry;
            lastRelative = relative;
            lastPosition = position;
        }
    }
}
