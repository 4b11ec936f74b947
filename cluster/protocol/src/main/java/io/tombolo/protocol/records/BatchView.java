package io.tombolo.protocol.records;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A record batch of format 2, read and patched where it lies. Mutable and reusable: {@link #at}
 * moves it to other bytes without allocating. One thread at a time.
 *
 * <p>Fields are read without checks; {@link #verdict} says first whether that makes sense. The
 * checksum covers everything from the attributes on, so that base offset and leader epoch can be
 * changed for free; changing a timestamp computes it anew.
 */
public final class BatchView {

    /** Bytes before the records. */
    public static final int HEADER_BYTES = 61;

    /** Bytes of base offset and size, which the size does not count. */
    public static final int OVERHEAD_BYTES = 12;

    /** The only message format that is supported. */
    public static final byte MAGIC = 2;

    /** In the place of a producer id, epoch or sequence: there is none. */
    public static final int NO_PRODUCER = -1;

    /** In the place of a timestamp: there is none. */
    public static final long NO_TIMESTAMP = -1;

    static final int SIZE_AT = 8;
    static final int LEADER_EPOCH_AT = 12;
    static final int MAGIC_AT = 16;
    static final int CRC_AT = 17;
    static final int ATTRIBUTES_AT = 21;
    static final int LAST_OFFSET_DELTA_AT = 23;
    static final int BASE_TIMESTAMP_AT = 27;
    static final int MAX_TIMESTAMP_AT = 35;
    static final int PRODUCER_ID_AT = 43;
    static final int PRODUCER_EPOCH_AT = 51;
    static final int BASE_SEQUENCE_AT = 53;
    static final int COUNT_AT = 57;

    static final int CODEC_MASK = 0x07;
    static final int LOG_APPEND_TIME_BIT = 0x08;
    static final int TRANSACTIONAL_BIT = 0x10;
    static final int CONTROL_BIT = 0x20;
    static final int DELETE_HORIZON_BIT = 0x40;

    private static final ByteBuffer NOWHERE = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private ByteBuffer buffer = NOWHERE;
    private int start;

    /** A view of nothing, to be moved with {@link #at}. */
    public BatchView() {}

    /** A view of the batch that begins at the buffer's position. */
    public static BatchView of(ByteBuffer buffer) {
        return new BatchView().at(buffer, buffer.position());
    }

    /**
     * Moves the view to the batch that begins at an index of a big-endian buffer; the buffer's
     * limit bounds it. Neither position nor limit of the buffer is used or changed later.
     */
    public BatchView at(ByteBuffer bytes, int index) {
        if (bytes.order() != ByteOrder.BIG_ENDIAN || index < 0) {
            throw new IllegalArgumentException("a batch is read big-endian and from an index >= 0");
        }
        this.buffer = bytes;
        this.start = index;
        return this;
    }

    /**
     * Whether a whole, sound batch lies here. Looks at the header and computes the checksum; does
     * not look at single records. Compacted batches, which have fewer records than offsets, and
     * control batches are sound too.
     */
    public BatchVerdict verdict() {
        BatchVerdict frame = frameVerdict();
        if (frame != BatchVerdict.VALID) {
            return frame;
        }
        return crcValid() ? countsVerdict() : BatchVerdict.BAD_CRC;
    }

    /** {@link #verdict} for a batch whose checksum is known to be right; does not compute it. */
    public BatchVerdict headerVerdict() {
        BatchVerdict frame = frameVerdict();
        return frame == BatchVerdict.VALID ? countsVerdict() : frame;
    }

    private BatchVerdict countsVerdict() {
        int lastOffsetDelta = lastOffsetDelta();
        int count = recordCount();
        boolean offsetsAgree =
                baseOffset() >= 0
                        && lastOffsetDelta >= 0
                        && baseOffset() <= Long.MAX_VALUE - lastOffsetDelta
                        && count >= 0
                        && count <= lastOffsetDelta + 1L;
        if (!offsetsAgree) {
            return BatchVerdict.BAD_OFFSETS;
        }
        return Codec.ofId(attributes() & CODEC_MASK) == null
                ? BatchVerdict.UNKNOWN_CODEC
                : BatchVerdict.VALID;
    }

    /**
     * The part of {@link #verdict} that needs no checksum: whether a batch of format 2 lies here
     * whole. VALID, INCOMPLETE, BAD_SIZE, OLD_MAGIC or UNKNOWN_MAGIC.
     */
    public BatchVerdict frameVerdict() {
        int available = buffer.limit() - start;
        if (available <= MAGIC_AT) {
            return BatchVerdict.INCOMPLETE;
        }
        int size = buffer.getInt(start + SIZE_AT);
        byte magic = magic();
        if (magic < 0 || magic > MAGIC) {
            return BatchVerdict.UNKNOWN_MAGIC;
        }
        if (size < smallestSize(magic) || size > Integer.MAX_VALUE - OVERHEAD_BYTES) {
            return BatchVerdict.BAD_SIZE;
        }
        if (size + OVERHEAD_BYTES > available) {
            return BatchVerdict.INCOMPLETE;
        }
        return magic < MAGIC ? BatchVerdict.OLD_MAGIC : BatchVerdict.VALID;
    }

    private static int smallestSize(byte magic) {
        return switch (magic) {
            case 0 -> 14;
            case 1 -> 22;
            default -> HEADER_BYTES - OVERHEAD_BYTES;
        };
    }

    /** The offset of the first record that was ever in this batch. */
    public long baseOffset() {
        return buffer.getLong(start);
    }

    /** The offset of the last record that was ever in this batch. */
    public long lastOffset() {
        return baseOffset() + lastOffsetDelta();
    }

    /** The first offset after this batch. */
    public long nextOffset() {
        return lastOffset() + 1;
    }

    /** Bytes of the whole batch, header included. */
    public int lengthBytes() {
        return buffer.getInt(start + SIZE_AT) + OVERHEAD_BYTES;
    }

    /** The leader epoch in which the batch was appended. */
    public int partitionLeaderEpoch() {
        return buffer.getInt(start + LEADER_EPOCH_AT);
    }

    /** The message format. */
    public byte magic() {
        return buffer.get(start + MAGIC_AT);
    }

    /** The checksum stored in the header. */
    public int crc() {
        return buffer.getInt(start + CRC_AT);
    }

    /** All attribute bits. */
    public short attributes() {
        return buffer.getShort(start + ATTRIBUTES_AT);
    }

    /**
     * How the records are compressed.
     *
     * @throws IllegalStateException when no codec has the id, which {@link #verdict} excludes
     */
    public Codec codec() {
        Codec codec = Codec.ofId(attributes() & CODEC_MASK);
        if (codec == null) {
            throw new IllegalStateException("unknown codec id " + (attributes() & CODEC_MASK));
        }
        return codec;
    }

    /** Whether timestamps are those of the append; then every record has the maximum timestamp. */
    public boolean logAppendTime() {
        return (attributes() & LOG_APPEND_TIME_BIT) != 0;
    }

    /** Whether the records belong to a transaction. */
    public boolean transactional() {
        return (attributes() & TRANSACTIONAL_BIT) != 0;
    }

    /** Whether the records are markers that consumers do not see. */
    public boolean control() {
        return (attributes() & CONTROL_BIT) != 0;
    }

    /** Whether the base timestamp is a delete horizon set by compaction. */
    public boolean deleteHorizon() {
        return (attributes() & DELETE_HORIZON_BIT) != 0;
    }

    /** Whether it is as it was sent: compaction takes records away, or sets a delete horizon. */
    public boolean asProduced() {
        return recordCount() == lastOffsetDelta() + 1 && !deleteHorizon();
    }

    /** Last offset minus base offset. */
    public int lastOffsetDelta() {
        return buffer.getInt(start + LAST_OFFSET_DELTA_AT);
    }

    /** Milliseconds since the epoch that the records' timestamps are relative to, or -1. */
    public long baseTimestampMs() {
        return buffer.getLong(start + BASE_TIMESTAMP_AT);
    }

    /** The largest timestamp of a record, in milliseconds since the epoch, or -1. */
    public long maxTimestampMs() {
        return buffer.getLong(start + MAX_TIMESTAMP_AT);
    }

    /** The producer's id, or -1. */
    public long producerId() {
        return buffer.getLong(start + PRODUCER_ID_AT);
    }

    /** Whether an idempotent or transactional producer wrote this. */
    public boolean hasProducerId() {
        return producerId() > NO_PRODUCER;
    }

    /** The producer's epoch, or -1. */
    public short producerEpoch() {
        return buffer.getShort(start + PRODUCER_EPOCH_AT);
    }

    /** The sequence number of the first record, or -1. */
    public int baseSequence() {
        return buffer.getInt(start + BASE_SEQUENCE_AT);
    }

    /** The sequence number of the last record, or -1; sequences wrap from 2^31-1 to 0. */
    public int lastSequence() {
        int base = baseSequence();
        return base == NO_PRODUCER ? NO_PRODUCER : (base + lastOffsetDelta()) & Integer.MAX_VALUE;
    }

    /** How many records the header claims. */
    public int recordCount() {
        return buffer.getInt(start + COUNT_AT);
    }

    /** The index in the buffer at which the batch begins. */
    public int position() {
        return start;
    }

    /** The bytes of the batch as a view, position to limit. The frame must be complete. */
    public ByteBuffer bytes() {
        return buffer.slice(start, lengthBytes());
    }

    /** The bytes after the header, compressed if the batch is. The frame must be complete. */
    public ByteBuffer recordBytes() {
        return buffer.slice(start + HEADER_BYTES, lengthBytes() - HEADER_BYTES);
    }

    /** Whether the checksum matches the bytes. The frame must be complete. */
    public boolean crcValid() {
        return crc() == computeCrc();
    }

    /** Sets base offset and leader epoch in place; the checksum does not cover them. */
    public void patchOffsets(long baseOffset, int partitionLeaderEpoch) {
        buffer.putLong(start, baseOffset);
        buffer.putInt(start + LEADER_EPOCH_AT, partitionLeaderEpoch);
    }

    /**
     * Stamps the batch with the time of its append in place: every record then has that timestamp.
     */
    public void patchLogAppendTime(long nowMs) {
        buffer.putShort(start + ATTRIBUTES_AT, (short) (attributes() | LOG_APPEND_TIME_BIT));
        patchMaxTimestamp(nowMs);
    }

    /** Sets the largest timestamp in place, leaving its kind, and computes the checksum anew. */
    public void patchMaxTimestamp(long maxTimestampMs) {
        buffer.putLong(start + MAX_TIMESTAMP_AT, maxTimestampMs);
        buffer.putInt(start + CRC_AT, computeCrc());
    }

    private int computeCrc() {
        var crc = new CRC32C();
        crc.update(buffer.slice(start + ATTRIBUTES_AT, lengthBytes() - ATTRIBUTES_AT));
        return (int) crc.getValue();
    }
}
