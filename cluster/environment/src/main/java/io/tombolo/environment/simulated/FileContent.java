package io.tombolo.environment.simulated;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The bytes of one file, twice: as programs see them now and as they were last forced. What differs
 * is known by page, so that a crash can keep any part of it.
 */
final class FileContent implements DirectoryEntry {

    private static final int PAGE_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;
    private static final double TORN_SHARE = 0.2;

    private final BitSet dirtyPages = new BitSet();
    private byte[] now = new byte[0];
    private byte[] forced = new byte[0];
    private int size;
    private int forcedSize;

    int size() {
        return size;
    }

    void write(ByteBuffer bytes, int position) {
        int end = Math.addExact(position, bytes.remaining());
        now = grown(now, end);
        markDirty(Math.min(size, position), end);
        bytes.get(now, position, end - position);
        size = Math.max(size, end);
    }

    int read(ByteBuffer target, long position) {
        if (position >= size) {
            return 0;
        }
        int count = (int) Math.min(target.remaining(), size - position);
        target.put(now, (int) position, count);
        return count;
    }

    void truncate(int newSize) {
        if (newSize < size) {
            Arrays.fill(now, newSize, size, (byte) 0);
            markDirty(newSize, size);
            size = newSize;
        }
    }

    /** Everything written so far survives a crash from now on. */
    void force() {
        forced = grown(forced, size);
        dirtyPages.stream().forEach(page -> copyRange(now, forced, page * PAGE_BYTES, PAGE_BYTES));
        forcedSize = size;
        dirtyPages.clear();
    }

    /**
     * A force that fails the way real ones do: some pages reached the disk, the others never will,
     * and the next force does not notice.
     */
    void failForce(SimulatedEntropy entropy) {
        forced = grown(forced, Math.max(size, forcedSize));
        dirtyPages.stream()
                .filter(page -> entropy.chance(0.5))
                .forEach(page -> copyRange(now, forced, page * PAGE_BYTES, PAGE_BYTES));
        forcedSize = size;
        dirtyPages.clear();
    }

    void flipBit(int position, int bit) {
        if (position >= size) {
            throw new IllegalArgumentException(
                    "position " + position + " is beyond the size " + size);
        }
        now[position] ^= (byte) (1 << bit);
        if (position < forcedSize) {
            forced[position] ^= (byte) (1 << bit);
        }
    }

    /**
     * What is found after a power failure: each page that was not forced is as now, as forced, or
     * torn between sectors; the size is any that the file had or could have had meanwhile.
     *
     * @param keptShare the share of pages that made it
     */
    void losePower(SimulatedEntropy entropy, double keptShare) {
        int newSize = sizeAfterCrash(entropy, keptShare);
        byte[] left = new byte[newSize];
        for (int start = 0; start < newSize; start += PAGE_BYTES) {
            boolean dirty = dirtyPages.get(start / PAGE_BYTES);
            boolean torn = dirty && keptShare > 0 && keptShare < 1 && entropy.chance(TORN_SHARE);
            boolean kept = dirty && entropy.chance(keptShare);
            for (int at = start; at < start + PAGE_BYTES; at += SECTOR_BYTES) {
                boolean sectorKept = torn ? entropy.chance(0.5) : kept;
                copyRange(sectorKept ? now : forced, left, at, SECTOR_BYTES);
            }
        }
        now = left;
        forced = left.clone();
        size = newSize;
        forcedSize = newSize;
        dirtyPages.clear();
    }

    private int sizeAfterCrash(SimulatedEntropy entropy, double keptShare) {
        if (dirtyPages.isEmpty() && size == forcedSize || keptShare == 0) {
            return forcedSize;
        }
        if (keptShare == 1) {
            return size;
        }
        return switch (entropy.nextInt(3)) {
            case 0 -> size;
            case 1 -> forcedSize;
            default ->
                    (int) entropy.between(Math.min(size, forcedSize), Math.max(size, forcedSize));
        };
    }

    private void markDirty(int from, int to) {
        if (from < to) {
            dirtyPages.set(from / PAGE_BYTES, (to - 1) / PAGE_BYTES + 1);
        }
    }

    private static byte[] grown(byte[] bytes, int wanted) {
        return wanted <= bytes.length
                ? bytes
                : Arrays.copyOf(bytes, Math.max(wanted, Math.min(bytes.length * 2, 1 << 29)));
    }

    /** Copies what exists of a range; the target keeps zeros, or what it has, elsewhere. */
    private static void copyRange(byte[] from, byte[] to, int start, int length) {
        int end = Math.min(Math.min(from.length, to.length), start + length);
        if (start < end) {
            System.arraycopy(from, start, to, start, end - start);
        }
    }
}
