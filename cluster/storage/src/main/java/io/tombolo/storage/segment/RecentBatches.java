package io.tombolo.storage.segment;

/**
 * Where the last batches of a segment lie, so that a reader at the tail costs no lookup on disk. A
 * ring of fixed size. Mutable; owned by its log.
 */
final class RecentBatches {

    private static final int SLOTS = 256;
    private static final int MASK = SLOTS - 1;

    private final long[] lastOffsets = new long[SLOTS];
    private final long[] baseOffsets = new long[SLOTS];
    private final int[] positions = new int[SLOTS];
    private long begin;
    private long end;

    void add(long baseOffset, long lastOffset, int position) {
        int slot = (int) end & MASK;
        baseOffsets[slot] = baseOffset;
        lastOffsets[slot] = lastOffset;
        positions[slot] = position;
        end++;
        begin = Math.max(begin, end - SLOTS);
    }

    /** Whether every batch that ends at or after the offset is in the ring. */
    boolean coversOffset(long offset) {
        return begin < end && offset >= baseOffsets[(int) begin & MASK];
    }

    /** Whether every batch that begins at or after the position is in the ring. */
    boolean coversPosition(int position) {
        return begin < end && position >= positions[(int) begin & MASK];
    }

    /** The first batch that ends at or after a covered offset; {@code after} when none does. */
    BatchPosition endingAtOrAfter(long offset, BatchPosition after) {
        long low = begin;
        long high = end;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (lastOffsets[(int) middle & MASK] < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == end ? after : at(low);
    }

    /** The last batch that begins at or before a covered position. */
    BatchPosition beginningAtOrBefore(int position) {
        long low = begin;
        long high = end;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (positions[(int) middle & MASK] <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return at(low - 1);
    }

    void truncate(int position) {
        while (end > begin && positions[(int) (end - 1) & MASK] >= position) {
            end--;
        }
    }

    private BatchPosition at(long index) {
        int slot = (int) index & MASK;
        return new BatchPosition(positions[slot], baseOffsets[slot]);
    }
}
