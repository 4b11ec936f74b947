package io.tombolo.protocol.records;

import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Collects records and makes one batch of them. Used once; one thread at a time. */
public final class BatchBuilder {

    private static final int INITIAL_BYTES = 512;

    private final BatchSpec spec;
    private ByteBuffer out;
    private int count;
    private int lastOffsetDelta = -1;
    private int coveredOffsetDelta = -1;
    private long baseTimestampMs = BatchView.NO_TIMESTAMP;
    private long maxTimestampMs = BatchView.NO_TIMESTAMP;
    private boolean deleteHorizon;

    public BatchBuilder(BatchSpec spec) {
        this.spec = spec;
        this.out = ByteBuffer.allocate(INITIAL_BYTES).position(BatchView.HEADER_BYTES);
    }

    /**
     * Adds a record at the next offset. The buffers are copied, position to limit, and stay as they
     * are.
     */
    public BatchBuilder append(
            long timestampMs,
            @Nullable ByteBuffer key,
            @Nullable ByteBuffer value,
            List<RecordHeader> headers) {
        return appendAt(lastOffsetDelta + 1, timestampMs, key, value, headers);
    }

    /** Adds a record without headers at the next offset. */
    public BatchBuilder append(
            long timestampMs, @Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        return append(timestampMs, key, value, List.of());
    }

    /** Adds the record that a reader stands at, with its offset and timestamp. */
    public BatchBuilder copy(RecordReader record) {
        int delta = Math.toIntExact(record.offset() - spec.baseOffset());
        return appendAt(
                delta, record.timestampMs(), record.key(), record.value(), record.headers());
    }

    /**
     * Adds a record at a given offset.
     *
     * @param offsetDelta its offset minus the base offset; greater than the one before
     */
    public BatchBuilder appendAt(
            int offsetDelta,
            long timestampMs,
            @Nullable ByteBuffer key,
            @Nullable ByteBuffer value,
            List<RecordHeader> headers) {
        if (offsetDelta <= lastOffsetDelta) {
            throw new IllegalArgumentException("offsets must ascend within a batch");
        }
        if (count == 0 && !deleteHorizon) {
            baseTimestampMs = timestampMs;
        }
        new RecordWriter(timestampMs - baseTimestampMs, offsetDelta, key, value, headers).write();
        maxTimestampMs = count == 0 ? timestampMs : Math.max(maxTimestampMs, timestampMs);
        lastOffsetDelta = offsetDelta;
        count++;
        return this;
    }

    /**
     * Makes the batch cover the same offsets as another at the same base offset, from which records
     * have been left out; when none is left, also the same timestamps.
     */
    public BatchBuilder keepRangeOf(BatchView original) {
        coveredOffsetDelta = original.lastOffsetDelta();
        if (count == 0) {
            maxTimestampMs = original.maxTimestampMs();
            baseTimestampMs = deleteHorizon ? baseTimestampMs : maxTimestampMs;
        }
        return this;
    }

    /**
     * Marks the batch with the time from which compaction may drop its tombstones and markers. To
     * be called before the first record is added.
     */
    public BatchBuilder deleteHorizon(long horizonMs) {
        if (count > 0) {
            throw new IllegalStateException("the delete horizon comes before the records");
        }
        deleteHorizon = true;
        baseTimestampMs = horizonMs;
        return this;
    }

    /** How many records have been added. */
    public int recordCount() {
        return count;
    }

    /** What the batch would take without compression, in bytes. */
    public int plainBytes() {
        return out.position();
    }

    /** The finished batch in a heap buffer, position to limit. */
    public ByteBuffer build() {
        ByteBuffer batch = spec.compression().codec() == Codec.NONE ? out : compressed();
        batch.flip();
        writeHeader(batch);
        var view = new BatchView().at(batch, 0);
        view.patchMaxTimestamp(maxTimestampMs);
        return batch;
    }

    private ByteBuffer compressed() {
        return compress(
                spec.compression(),
                out.array(),
                BatchView.HEADER_BYTES,
                out.position() - BatchView.HEADER_BYTES);
    }

    /** A buffer with room for a header and then the compressed bytes; its position is their end. */
    static ByteBuffer compress(BatchCompression compression, byte[] plain, int from, int length) {
        var target =
                new ByteBufferOutputStream(
                        ByteBuffer.allocate(BatchView.HEADER_BYTES + INITIAL_BYTES + length / 2));
        target.position(BatchView.HEADER_BYTES);
        try (OutputStream deflating =
                compression.toKafka().wrapForOutput(target, BatchView.MAGIC)) {
            deflating.write(plain, from, length);
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory", impossible);
        }
        return target.buffer();
    }

    private void writeHeader(ByteBuffer batch) {
        batch.putLong(0, spec.baseOffset());
        batch.putInt(BatchView.SIZE_AT, batch.limit() - BatchView.OVERHEAD_BYTES);
        batch.putInt(BatchView.LEADER_EPOCH_AT, spec.partitionLeaderEpoch());
        batch.put(BatchView.MAGIC_AT, BatchView.MAGIC);
        int attributes = spec.attributes() | (deleteHorizon ? BatchView.DELETE_HORIZON_BIT : 0);
        batch.putShort(BatchView.ATTRIBUTES_AT, (short) attributes);
        batch.putInt(BatchView.LAST_OFFSET_DELTA_AT, Math.max(lastOffsetDelta, coveredOffsetDelta));
        batch.putLong(BatchView.BASE_TIMESTAMP_AT, baseTimestampMs);
        batch.putLong(BatchView.PRODUCER_ID_AT, spec.producerId());
        batch.putShort(BatchView.PRODUCER_EPOCH_AT, spec.producerEpoch());
        batch.putInt(BatchView.BASE_SEQUENCE_AT, spec.baseSequence());
        batch.putInt(BatchView.COUNT_AT, count);
    }

    private void reserve(int bytes) {
        if (out.remaining() < bytes) {
            int needed = Math.addExact(out.position(), bytes);
            int doubled = (int) Math.min(Integer.MAX_VALUE - 8L, out.capacity() * 2L);
            out = ByteBuffer.allocate(Math.max(needed, doubled)).put(out.flip());
        }
    }

    /** One record on its way into {@link #out}: its size is needed before its content. */
    private final class RecordWriter {

        private final long timestampDelta;
        private final int offsetDelta;
        private final @Nullable ByteBuffer key;
        private final @Nullable ByteBuffer value;
        private final List<RecordHeader> headers;

        RecordWriter(
                long timestampDelta,
                int offsetDelta,
                @Nullable ByteBuffer key,
                @Nullable ByteBuffer value,
                List<RecordHeader> headers) {
            this.timestampDelta = timestampDelta;
            this.offsetDelta = offsetDelta;
            this.key = key;
            this.value = value;
            this.headers = headers;
        }

        void write() {
            int length = length();
            reserve(length + ByteUtils.sizeOfVarint(length));
            ByteUtils.writeVarint(length, out);
            out.put((byte) 0);
            ByteUtils.writeVarlong(timestampDelta, out);
            ByteUtils.writeVarint(offsetDelta, out);
            put(key);
            put(value);
            ByteUtils.writeVarint(headers.size(), out);
            for (RecordHeader header : headers) {
                byte[] name = header.key().getBytes(StandardCharsets.UTF_8);
                ByteUtils.writeVarint(name.length, out);
                out.put(name);
                put(header.value());
            }
        }

        private int length() {
            long length =
                    1L
                            + ByteUtils.sizeOfVarlong(timestampDelta)
                            + ByteUtils.sizeOfVarint(offsetDelta)
                            + sizeOf(key)
                            + sizeOf(value)
                            + ByteUtils.sizeOfVarint(headers.size());
            for (RecordHeader header : headers) {
                int name = header.key().getBytes(StandardCharsets.UTF_8).length;
                length += ByteUtils.sizeOfVarint(name) + name + sizeOf(header.value());
            }
            return Math.toIntExact(length);
        }

        private static long sizeOf(@Nullable ByteBuffer field) {
            return field == null
                    ? 1
                    : (long) ByteUtils.sizeOfVarint(field.remaining()) + field.remaining();
        }

        private void put(@Nullable ByteBuffer field) {
            if (field == null) {
                ByteUtils.writeVarint(-1, out);
            } else {
                ByteUtils.writeVarint(field.remaining(), out);
                out.put(field.duplicate());
            }
        }
    }
}
