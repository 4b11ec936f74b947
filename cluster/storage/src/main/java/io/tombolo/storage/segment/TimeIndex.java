package io.tombolo.storage.segment;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The time index of a segment in memory: each entry says that no record up to an offset has a
 * larger timestamp, and that the batch which ends at that offset has this one. Mutable; owned by
 * its log.
 */
final class TimeIndex {

    /** Bytes of an entry in the file. */
    static final int ENTRY_BYTES = 12;

    private static final int FIRST_SLOTS = 16;
    private static final long[] NO_TIMESTAMPS = {};
    private static final int[] NO_OFFSETS = {};

    private long[] timestamps = NO_TIMESTAMPS;
    private int[] relativeOffsets = NO_OFFSETS;
    private int count;

    int count() {
        return count;
    }

    long timestamp(int index) {
        return timestamps[index];
    }

    int relativeOffset(int index) {
        return relativeOffsets[index];
    }

    /** Appends unless the timestamp is no larger than the last one. */
    void append(long timestampMs, int relativeOffset) {
        if (timestampMs < 0 || count > 0 && timestampMs <= timestamps[count - 1]) {
            return;
        }
        if (count == timestamps.length) {
            int slots = Math.max(FIRST_SLOTS, count * 2);
            timestamps = Arrays.copyOf(timestamps, slots);
            relativeOffsets = Arrays.copyOf(relativeOffsets, slots);
        }
        timestamps[count] = timestampMs;
        relativeOffsets[count] = relativeOffset;
        count++;
    }

    /** The index of the last entry whose timestamp is less than the given one, or -1. */
    int lastBelow(long timestampMs) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (timestamps[middle] < timestampMs) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Forgets entries at or after an offset. */
    void truncate(int relativeOffset) {
        while (count > 0 && relativeOffsets[count - 1] >= relativeOffset) {
            count--;
        }
    }

    /** A copy for another thread. */
    TimeIndex copy() {
        var copy = new TimeIndex();
        if (count > 0) {
            copy.timestamps = Arrays.copyOf(timestamps, count);
            copy.relativeOffsets = Arrays.copyOf(relativeOffsets, count);
            copy.count = count;
        }
        return copy;
    }

    /** The entries from an index on, as the file holds them. */
    ByteBuffer encode(int from) {
        var bytes = ByteBuffer.allocate((count - from) * ENTRY_BYTES);
        for (int index = from; index < count; index++) {
            bytes.putLong(timestamps[index]).putInt(relativeOffsets[index]);
        }
        return bytes.flip();
    }

    void clear() {
        count = 0;
    }

    /** Takes over the content of a file; false, leaving the index empty, when it is damaged. */
    boolean decode(ByteBuffer bytes) {
        int fileBytes = bytes.remaining();
        boolean sound = decodeUpTo(bytes, Integer.MAX_VALUE) && count * ENTRY_BYTES == fileBytes;
        if (!sound) {
            clear();
        }
        return sound;
    }

    /**
     * Takes over the first entries of a file, up to an offset. False when they are not all there:
     * an entry is out of order, although what follows it is not beyond the offset.
     */
    boolean decodeUpTo(ByteBuffer bytes, int lastRelativeOffset) {
        clear();
        boolean beyond = false;
        while (bytes.remaining() >= ENTRY_BYTES) {
            long timestamp = bytes.getLong();
            int relative = bytes.getInt();
            // Kafka leaves zeros behind the last entry when it crashes.
            boolean above = relative > lastRelativeOffset || timestamp == 0 && relative == 0;
            boolean ascending =
                    timestamp >= 0
                            && relative >= 0
                            && (count == 0
                                    || timestamp > timestamps[count - 1]
                                            && relative > relativeOffsets[count - 1]);
            if (above && count > 0 || relative > lastRelativeOffset) {
                beyond = true;
            } else if (beyond || !ascending) {
                return false;
            } else {
                append(timestamp, relative);
            }
        }
        return true;
    }
}
