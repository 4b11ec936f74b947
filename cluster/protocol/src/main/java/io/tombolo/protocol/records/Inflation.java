package io.tombolo.protocol.records;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * Inflates the records of batches into one reusable array, never beyond a bound. One thread at a
 * time.
 *
 * <p>What bounds each codec: gzip and lz4 stream through buffers of fixed size (4 MiB at most for
 * lz4). Snappy allocates what its input declares, so the declared sizes are added up first. zstd
 * refuses windows above 128 MiB and touches no more of its window than it has put out.
 */
final class Inflation {

    /** An array larger than this is given back to the heap before the next batch. */
    private static final int RETAINED_BYTES_MAX = 4 << 20;

    private static final int SMALLEST_BYTES = 4 << 10;
    private static final int EXPECTED_RATIO = 4;

    private final int bytesMax;
    private final BufferSupplier buffers = BufferSupplier.create();
    private final Map<Codec, Compression> codecs = new EnumMap<>(Codec.class);
    private byte[] scratch = new byte[0];
    private @Nullable RecordRefusal refusal;

    Inflation(int bytesMax) {
        if (bytesMax <= 0) {
            throw new IllegalArgumentException("inflated bytes must have a positive bound");
        }
        this.bytesMax = bytesMax;
    }

    /**
     * Inflates all of {@code compressed}, which stays as it is.
     *
     * @return the inflated bytes, position to limit, valid until the next call; or null, and then
     *     {@link #refusal} says why
     */
    @Nullable ByteBuffer inflate(Codec codec, ByteBuffer compressed) {
        refusal = null;
        if (codec == Codec.SNAPPY && !snappyDeclaresLittle(compressed)) {
            return null;
        }
        reserve(compressed.remaining());
        try (InputStream in =
                codecs.computeIfAbsent(codec, it -> BatchCompression.of(it).toKafka())
                        .wrapForInput(compressed.duplicate(), BatchView.MAGIC, buffers)) {
            int length = readAll(in);
            return refusal == null ? ByteBuffer.wrap(scratch, 0, length) : null;
        } catch (IOException | RuntimeException unreadable) {
            // Every codec reports bad input in its own way; whatever it is, it comes from the
            // bytes.
            refusal = refusal == null ? RecordRefusal.NOT_INFLATABLE : refusal;
            return null;
        }
    }

    /** Why the last {@link #inflate} gave null. */
    @Nullable RecordRefusal refusal() {
        return refusal;
    }

    private boolean snappyDeclaresLittle(ByteBuffer compressed) {
        long declared = SnappyFraming.declaredBytes(compressed);
        if (declared == SnappyFraming.MALFORMED) {
            refusal = RecordRefusal.NOT_INFLATABLE;
        } else if (declared > bytesMax) {
            refusal = RecordRefusal.INFLATES_TOO_FAR;
        }
        return refusal == null;
    }

    private void reserve(int compressedBytes) {
        if (scratch.length > RETAINED_BYTES_MAX) {
            scratch = new byte[0];
        }
        long wanted = Math.max(SMALLEST_BYTES, (long) compressedBytes * EXPECTED_RATIO);
        wanted = Math.min(wanted, Math.min(bytesMax, RETAINED_BYTES_MAX));
        if (scratch.length < wanted) {
            scratch = new byte[(int) wanted];
        }
    }

    private int readAll(InputStream in) throws IOException {
        int length = 0;
        while (true) {
            int room = Math.min(scratch.length, bytesMax) - length;
            if (room == 0) {
                if (length >= bytesMax) {
                    refusal = in.read() < 0 ? null : RecordRefusal.INFLATES_TOO_FAR;
                    return length;
                }
                scratch = Arrays.copyOf(scratch, (int) Math.min(bytesMax, scratch.length * 2L));
                continue;
            }
            int count = in.read(scratch, length, room);
            if (count < 0) {
                return length;
            }
            length += count;
        }
    }
}
