package io.tombolo.protocol.records;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * Compresses batches in another way than they came, for topics whose {@code compression.type} is
 * not {@code producer}. One thread at a time; takes as long as the compression does.
 */
public final class Recompressor {

    private final int inflatedBytesMax;
    private final Inflation inflation;

    /**
     * A recompressor that refuses batches beyond a bound.
     *
     * @param inflatedBytesMax of the records of a batch, whether they came compressed or not; this
     *     takes up to five times as much heap
     */
    public Recompressor(int inflatedBytesMax) {
        this.inflatedBytesMax = inflatedBytesMax;
        this.inflation = new Inflation(inflatedBytesMax);
    }

    /** What became of a batch. */
    public sealed interface Outcome {

        /** The same records, compressed otherwise, in a heap buffer. */
        record Recompressed(VerifiedBatch batch) implements Outcome {}

        /** It cannot be inflated, or is too large when it is. */
        record Refused(RecordRefusal refusal) implements Outcome {}
    }

    /**
     * Makes a copy of a batch whose records are compressed as asked; every other header field, and
     * every record, stays. The batch must have passed {@link BatchView#verdict}.
     */
    public Outcome recompress(BatchView batch, BatchCompression target) {
        ByteBuffer plain = batch.recordBytes();
        if (batch.codec() != Codec.NONE && plain.hasRemaining()) {
            @Nullable ByteBuffer inflated = inflation.inflate(batch.codec(), plain);
            if (inflated == null) {
                RecordRefusal refusal = inflation.refusal();
                return new Outcome.Refused(
                        refusal == null ? RecordRefusal.NOT_INFLATABLE : refusal);
            }
            plain = inflated;
        } else if (plain.remaining() > inflatedBytesMax) {
            return new Outcome.Refused(RecordRefusal.INFLATES_TOO_FAR);
        }
        ByteBuffer copy = target.codec() == Codec.NONE ? stored(plain) : compressed(plain, target);
        copy.flip();
        copy.put(0, batch.bytes(), 0, BatchView.HEADER_BYTES);
        copy.putInt(BatchView.SIZE_AT, copy.limit() - BatchView.OVERHEAD_BYTES);
        int attributes = batch.attributes() & ~BatchView.CODEC_MASK | target.codec().id();
        copy.putShort(BatchView.ATTRIBUTES_AT, (short) attributes);
        new BatchView().at(copy, 0).patchMaxTimestamp(batch.maxTimestampMs());
        return new Outcome.Recompressed(new VerifiedBatch(copy));
    }

    private static ByteBuffer stored(ByteBuffer plain) {
        return ByteBuffer.allocate(BatchView.HEADER_BYTES + plain.remaining())
                .position(BatchView.HEADER_BYTES)
                .put(plain);
    }

    private static ByteBuffer compressed(ByteBuffer plain, BatchCompression target) {
        if (plain.hasArray()) {
            int from = plain.arrayOffset() + plain.position();
            return BatchBuilder.compress(target, plain.array(), from, plain.remaining());
        }
        var array = new byte[plain.remaining()];
        plain.get(array);
        return BatchBuilder.compress(target, array, 0, array.length);
    }
}
