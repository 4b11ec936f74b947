package io.tombolo.protocol.records;

import java.nio.ByteBuffer;

/**
 * Reads the sizes that a snappy stream declares, because the library allocates what they say before
 * it looks at the data. Knows the framing of snappy-java (a 16-byte header, then chunks behind
 * their size) and a bare snappy block.
 */
final class SnappyFraming {

    /** No snappy stream: a chunk that ends beyond the input or has no readable length. */
    static final long MALFORMED = -1;

    private static final long MAGIC = 0x82_53_4E_41_50_50_59_00L;
    private static final int MAGIC_HEAD = (int) (MAGIC >>> 32);
    private static final int HEADER_BYTES = 16;

    private SnappyFraming() {}

    /** The sum of all declared uncompressed lengths, or {@link #MALFORMED}. */
    static long declaredBytes(ByteBuffer compressed) {
        int position = compressed.position();
        int limit = compressed.limit();
        if (limit - position < HEADER_BYTES || compressed.getLong(position) != MAGIC) {
            return declaredLength(compressed, position, limit);
        }
        position += HEADER_BYTES;
        long total = 0;
        while (limit - position >= Integer.BYTES) {
            int chunkBytes = compressed.getInt(position);
            position += Integer.BYTES;
            if (chunkBytes == MAGIC_HEAD) {
                position += HEADER_BYTES - Integer.BYTES;
                continue;
            }
            if (chunkBytes < 0 || chunkBytes > limit - position) {
                return MALFORMED;
            }
            long declared = declaredLength(compressed, position, position + chunkBytes);
            if (declared == MALFORMED) {
                return MALFORMED;
            }
            total += declared;
            position += chunkBytes;
        }
        return total;
    }

    /** The unsigned little-endian base-128 number at the beginning of every snappy block. */
    private static long declaredLength(ByteBuffer block, int from, int to) {
        long length = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            if (from >= to) {
                return MALFORMED;
            }
            byte next = block.get(from++);
            length |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return length;
            }
        }
        return MALFORMED;
    }
}
