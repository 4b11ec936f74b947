package io.tombolo.storage.segment;

/**
 * Where the last batches of a segment lie, so that a reader at the tail costs no lookup on disk. A
 * ring that grows to a fixed size: a partition that nobody writes to has none. Mutable; owned by
 * its log.
 */
final class RecentBatches {

    private static final int SLOTS_FIRST = 16;
    private static final int SLOTS_MAX = 256;

    /** Last offset, base offset and position of each batch in turn. */
    private static final int FIELDS = 3;

    private static final long[] NONE = {};

    private long[] ring = NONE;
    private int mask = -1;
    private long begin;
    private long end;

    void add(long baseOffset, long lastOffset, int position) {
        if (end - begin > mask && mask < SLOTS_MAX - 1) {
            grow();
        }
        int slot = slotOf(end);
        ring[slot] = lastOffset;
        ring[slot + 1] = baseOffset;
        ring[slot + 2] = position;
        end++;
        begin = Math.max(begin, end - (mask + 1));
    }

    private void grow() {
        int slots = ring.length == 0 ? SLOTS_FIRST : 2 * (mask + 1);
        long[] old = ring;
        int oldMask = mask;
        ring = new long[slots * FIELDS];
        mask = slots - 1;
        for (long index = begin; index < end; index++) {
            System.arraycopy(old, ((int) index & oldMask) * FIELDS, ring, slotOf(index), FIELDS);
        }
    }

    private int slotOf(long index) {
        return ((int) index & mask) * FIELDS;
    }

    private long lastOffset(long index) {
        return ring[slotOf(index)];
    }

    private long baseOffset(long index) {
        return ring[slotOf(index) + 1];
    }

    private int position(long index) {
        return (int) ring[slotOf(index) + 2];
    }

    /** Whether every batch that ends at or after the offset is in the ring. */
    boolean coversOffset(long offset) {
        return begin < end && offset >= baseOffset(begin);
    }

    /** Whether every batch that begins at or after the position is in the ring. */
    boolean coversPosition(int position) {
        return begin < end && position >= position(begin);
    }

    /** The first batch that ends at or after a covered offset; {@code after} when none does. */
    BatchPosition endingAtOrAfter(long offset, BatchPosition after) {
        long low = begin;
        long high = end;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (lastOffset(middle) < offset) {
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
            if (position(middle) <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return at(low - 1);
    }

    void truncate(int position) {
        while (end > begin && position(end - 1) >= position) {
            end--;
        }
    }

    private BatchPosition at(long index) {
        return new BatchPosition(position(index), baseOffset(index));
    }
}
