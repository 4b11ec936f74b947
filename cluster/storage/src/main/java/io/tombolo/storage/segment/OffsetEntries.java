package io.tombolo.storage.segment;

import io.tombolo.environment.DiskFile;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The entries of an offset index in ascending order, in memory or in a file. An entry packs two
 * ints: the last offset of a batch, relative to the segment's base offset, and the position at
 * which that batch begins.
 */
public interface OffsetEntries {

    /** Bytes of an entry in the file. */
    int ENTRY_BYTES = 8;

    /** No entry. */
    long NONE = -1;

    int count();

    long at(int index) throws IOException;

    static int relativeOffset(long entry) {
        return (int) (entry >>> 32);
    }

    static int position(long entry) {
        return (int) entry;
    }

    static long entry(int relativeOffset, int position) {
        return (long) relativeOffset << 32 | position;
    }

    /** The last entry whose offset is ≤ the given one, or {@link #NONE}. */
    default long floorByOffset(int relativeOffset) throws IOException {
        int low = 0;
        int high = count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (relativeOffset(at(middle)) <= relativeOffset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? NONE : at(low - 1);
    }

    /** The last entry whose position is ≤ the given one, or {@link #NONE}. */
    default long floorByPosition(int position) throws IOException {
        int low = 0;
        int high = count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (position(at(middle)) <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? NONE : at(low - 1);
    }

    /** The first {@code count} entries of an array that only ever grows behind them. */
    record InMemory(long[] entries, int count) implements OffsetEntries {

        @Override
        public long at(int index) {
            return entries[index];
        }

        /** Like {@link #floorByOffset}, without a disk that could fail. */
        long floor(int relativeOffset) {
            int low = 0;
            int high = count;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (relativeOffset(entries[middle]) <= relativeOffset) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low == 0 ? NONE : entries[low - 1];
        }
    }

    /** The entries of an index file, read one by one. */
    record InFile(DiskFile file, int count) implements OffsetEntries {

        @Override
        public long at(int index) throws IOException {
            var entry = ByteBuffer.allocate(ENTRY_BYTES);
            file.readFully(entry, (long) index * ENTRY_BYTES);
            return entry.getLong();
        }
    }
}
