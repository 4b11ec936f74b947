package io.tombolo.protocol.records;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Visits the records of a batch one by one. Reusable; one thread at a time. Moving to the next
 * record allocates nothing; keys, values and headers are views made when they are asked for, valid
 * until the next {@link #open}.
 *
 * <pre>{@code
 * reader.open(batch);
 * while (reader.next()) {
 *     use(reader.offset(), reader.key(), reader.value());
 * }
 * if (reader.refusal() != null) { ... } // the batch could not be read to its end
 * }</pre>
 */
public final class RecordReader {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final Inflation inflation;

    private ByteBuffer bytes = NOTHING;
    private int position;
    private int end;
    private int recordCount;
    private int recordsLeft;
    private boolean broken;
    private @Nullable RecordRefusal refusal;

    private long baseOffset;
    private long baseTimestampMs;
    private boolean logAppendTime;
    private long maxTimestampMs;

    private int index = -1;
    private int offsetDelta;
    private long timestampMs;
    private int keyAt;
    private int keyBytes;
    private int valueAt;
    private int valueBytes;
    private int headersAt;
    private int headerCount;

    /**
     * @param inflatedBytesMax what the records of one compressed batch may inflate to; a batch that
     *     exceeds it is refused, and no more than about this much memory is ever held
     */
    public RecordReader(int inflatedBytesMax) {
        this.inflation = new Inflation(inflatedBytesMax);
    }

    /**
     * Begins with the records of a batch, inflating them first when they are compressed. The batch
     * must have passed {@link BatchView#verdict}; its records may still be anything.
     */
    public RecordReader open(BatchView batch) {
        refusal = null;
        broken = false;
        index = -1;
        recordCount = batch.recordCount();
        recordsLeft = recordCount;
        baseOffset = batch.baseOffset();
        baseTimestampMs = batch.baseTimestampMs();
        logAppendTime = batch.logAppendTime();
        maxTimestampMs = batch.maxTimestampMs();
        Codec codec = batch.codec();
        ByteBuffer plain = batch.recordBytes();
        // An empty batch that compaction left behind keeps its codec but has nothing to inflate.
        if (codec != Codec.NONE && plain.hasRemaining()) {
            plain = inflation.inflate(codec, plain);
        }
        if (plain == null) {
            refusal = inflation.refusal();
            plain = NOTHING;
        }
        bytes = plain;
        position = plain.position();
        end = plain.limit();
        return this;
    }

    /** Goes back to before the first record of a batch that was read to its end. */
    public RecordReader rewind() {
        position = bytes.position();
        recordsLeft = recordCount;
        index = -1;
        return this;
    }

    /** Moves to the next record; false at the end of the batch or where it cannot be read. */
    public boolean next() {
        if (refusal != null) {
            return false;
        }
        if (recordsLeft == 0) {
            refusal = position == end ? null : RecordRefusal.MALFORMED;
            return false;
        }
        if (!readRecord()) {
            refusal = RecordRefusal.MALFORMED;
            return false;
        }
        recordsLeft--;
        index++;
        return true;
    }

    /** Why {@link #next} gave false before the end of the batch, or null when it did not. */
    public @Nullable RecordRefusal refusal() {
        return refusal;
    }

    /** The place of the record in the batch, from 0. */
    public int index() {
        return index;
    }

    /** The record's offset in the partition. */
    public long offset() {
        return baseOffset + offsetDelta;
    }

    /** The record's offset minus the batch's base offset. */
    public int offsetDelta() {
        return offsetDelta;
    }

    /** Milliseconds since the epoch, or -1. */
    public long timestampMs() {
        return timestampMs;
    }

    /** Whether the record has a key. */
    public boolean hasKey() {
        return keyBytes >= 0;
    }

    /** The key, position to limit, or null. */
    public @Nullable ByteBuffer key() {
        return view(keyAt, keyBytes);
    }

    /** Whether the record has a value; one without deletes its key in a compacted topic. */
    public boolean hasValue() {
        return valueBytes >= 0;
    }

    /** The value, position to limit, or null. */
    public @Nullable ByteBuffer value() {
        return view(valueAt, valueBytes);
    }

    /** How many headers the record has. */
    public int headerCount() {
        return headerCount;
    }

    /** The headers in their order. */
    public List<RecordHeader> headers() {
        if (headerCount == 0) {
            return List.of();
        }
        int resume = position;
        position = headersAt;
        var headers = new ArrayList<RecordHeader>(headerCount);
        for (int left = headerCount; left > 0; left--) {
            int nameBytes = varint();
            var name = new byte[nameBytes];
            bytes.get(position, name);
            position += nameBytes;
            int length = varint();
            headers.add(
                    new RecordHeader(
                            new String(name, StandardCharsets.UTF_8), view(position, length)));
            position += Math.max(0, length);
        }
        position = resume;
        return headers;
    }

    private @Nullable ByteBuffer view(int at, int length) {
        return length < 0 ? null : bytes.slice(at, length);
    }

    private boolean readRecord() {
        int batchEnd = end;
        int length = varint();
        if (broken || length < 0 || length > batchEnd - position) {
            return false;
        }
        end = position + length;
        boolean whole = readFields() && position == end;
        end = batchEnd;
        return whole;
    }

    private boolean readFields() {
        if (position == end) {
            return false;
        }
        position++; // attributes: none is defined
        long timestampDelta = varlong();
        timestampMs = logAppendTime ? maxTimestampMs : baseTimestampMs + timestampDelta;
        offsetDelta = varint();
        keyBytes = varint();
        keyAt = skip(keyBytes);
        valueBytes = varint();
        valueAt = skip(valueBytes);
        headerCount = varint();
        headersAt = position;
        return !broken && offsetDelta >= 0 && skipHeaders();
    }

    private boolean skipHeaders() {
        if (headerCount < 0 || headerCount > (end - position) / 2) {
            return false;
        }
        for (int left = headerCount; left > 0 && !broken; left--) {
            int nameBytes = varint();
            if (nameBytes < 0) {
                return false;
            }
            skip(nameBytes);
            skip(varint());
        }
        return !broken;
    }

    /** Steps over this many bytes, none when negative, and gives where they began. */
    private int skip(int length) {
        int from = position;
        if (length > end - from) {
            broken = true;
        } else if (length > 0) {
            position = from + length;
        }
        return from;
    }

    private int varint() {
        long value = varlong();
        if (value != (int) value) {
            broken = true;
        }
        return (int) value;
    }

    /** A zigzag base-128 number of up to ten bytes; sets {@link #broken} when there is none. */
    private long varlong() {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (position >= end) {
                break;
            }
            byte next = bytes.get(position++);
            raw |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        broken = true;
        return 0;
    }
}
