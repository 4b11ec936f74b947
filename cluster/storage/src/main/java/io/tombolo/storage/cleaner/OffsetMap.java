package io.tombolo.storage.cleaner;

import io.tombolo.environment.Invariant;

import java.nio.ByteBuffer;

/**
 * The latest offset of each key of a stretch of a log, in bounded memory: keys are known by 128
 * bits of hash alone. Mutable; one thread at a time.
 *
 * <p>Two keys of one hash would cost the older one its record. Chance does not bring that about,
 * and nobody who writes records can: the hash depends on a number that he does not know.
 */
final class OffsetMap {

    /** Bytes that a key takes, as in Kafka. */
    static final int ENTRY_BYTES = 24;

    private static final int LONGS = 3;
    private static final int SLOTS_MIN = 16;
    private static final int SLOTS_MAX = Integer.MAX_VALUE / LONGS - 8;

    private final long[] table;
    private final int slots;
    private final int capacity;
    private final KeyHash hash;
    private int size;
    private long latestOffset = -1;

    /**
     * @param keysMax more keys than this will not come
     * @param bytesMax of memory; at least a few keys fit, whatever it says
     * @param loadFactor share of the memory that may be filled
     * @param salt unknown to whoever writes records
     */
    OffsetMap(long keysMax, long bytesMax, double loadFactor, long salt) {
        long wanted = (long) (keysMax / loadFactor) + 1;
        long allowed = Math.min(SLOTS_MAX, bytesMax / ENTRY_BYTES);
        this.slots = (int) Math.max(SLOTS_MIN, Math.min(wanted, allowed));
        this.capacity = Math.max(1, (int) Math.min(slots * loadFactor, slots - 1.0));
        this.table = new long[slots * LONGS];
        this.hash = new KeyHash(salt, ~salt);
    }

    /** Whether another key has no room; one that is known has. */
    boolean full() {
        return size >= capacity;
    }

    int size() {
        return size;
    }

    /** Everything up to this offset has been taken note of; -1 at first. */
    long latestOffset() {
        return latestOffset;
    }

    void reached(long offset) {
        latestOffset = Math.max(latestOffset, offset);
    }

    /**
     * Notes that a key is at an offset, no lower than any before; false when it has no room.
     *
     * @param key position to limit, neither of which changes
     */
    boolean put(ByteBuffer key, long offset) {
        int at = find(key);
        if (table[at + 2] == 0) {
            if (full()) {
                return false;
            }
            size++;
            table[at] = hash.high();
            table[at + 1] = hash.low();
        }
        Invariant.check(
                offset >= table[at + 2] - 1,
                "a key is at offset %d, after %d",
                offset,
                table[at + 2] - 1);
        table[at + 2] = offset + 1;
        return true;
    }

    /** The latest offset of a key; -1 when it did not occur. */
    long latest(ByteBuffer key) {
        return table[find(key) + 2] - 1;
    }

    /** Where the key is, or is to be. */
    private int find(ByteBuffer key) {
        hash.of(key);
        long high = hash.high();
        long low = hash.low();
        int slot = (int) Math.floorMod(high, (long) slots);
        while (true) {
            int at = slot * LONGS;
            if (table[at + 2] == 0 || table[at] == high && table[at + 1] == low) {
                return at;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
    }
}
