package io.tombolo.storage.cleaner;

import java.nio.ByteBuffer;

/**
 * 128 bits of hash that nobody can aim at who does not know the secret: SipHash-2-4 (Aumasson and
 * Bernstein, 2012) with its output of double length. Mutable, reusable; one thread at a time.
 */
final class KeyHash {

    private static final int WORD = Long.BYTES;

    private final long k0;
    private final long k1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private long high;
    private long low;

    KeyHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /**
     * Hashes a key.
     *
     * @param key position to limit, neither of which changes; big-endian
     */
    void of(ByteBuffer key) {
        v0 = k0 ^ 0x736f6d6570736575L;
        v1 = k1 ^ 0x646f72616e646f6dL ^ 0xee;
        v2 = k0 ^ 0x6c7967656e657261L;
        v3 = k1 ^ 0x7465646279746573L;
        int length = key.remaining();
        int from = key.position();
        int words = from + length - length % WORD;
        for (int at = from; at < words; at += WORD) {
            take(Long.reverseBytes(key.getLong(at)));
        }
        take((long) length << 56 | rest(key, words));
        v2 ^= 0xee;
        high = finished();
        v1 ^= 0xdd;
        low = finished();
    }

    /** The first half of the last hash. */
    long high() {
        return high;
    }

    /** The second half. */
    long low() {
        return low;
    }

    private static long rest(ByteBuffer key, int from) {
        long rest = 0;
        for (int at = key.limit() - 1; at >= from; at--) {
            rest = rest << 8 | key.get(at) & 0xff;
        }
        return rest;
    }

    private void take(long word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    private long finished() {
        round();
        round();
        round();
        round();
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }
}
