package io.tombolo.coordinator.record;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads the primitive types of Kafka's message format. Throws {@link IllegalArgumentException} or
 * {@link java.nio.BufferUnderflowException} on bytes that are not what they should be; never
 * allocates more than the record holds.
 */
public final class RecordReader {

    private final ByteBuffer in;

    public RecordReader(byte[] record) {
        this.in = ByteBuffer.wrap(record);
    }

    public byte int8() {
        return in.get();
    }

    public short int16() {
        return in.getShort();
    }

    public int int32() {
        return in.getInt();
    }

    public long int64() {
        return in.getLong();
    }

    public int varint() {
        int value = 0;
        for (int shift = 0; shift < 32; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a variable-length number is too long");
    }

    public Uuid uuid() {
        return new Uuid(in.getLong(), in.getLong());
    }

    /** A string in a place where there must be one. */
    public String string(boolean compact) {
        String value = nullableString(compact);
        if (value == null) {
            throw new IllegalArgumentException("a string is missing");
        }
        return value;
    }

    public @Nullable String nullableString(boolean compact) {
        int length = compact ? varint() - 1 : int16();
        return length < 0 ? null : new String(raw(length), StandardCharsets.UTF_8);
    }

    public byte[] bytes(boolean compact) {
        return raw(compact ? varint() - 1 : int32());
    }

    /** A length that cannot be more than there are bytes. */
    public int arrayLength(boolean compact) {
        int length = compact ? varint() - 1 : int32();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("an array of " + length + " elements is impossible");
        }
        return length;
    }

    /** Like {@link #arrayLength}; -1 for an array that is null. */
    public int nullableArrayLength(boolean compact) {
        int length = compact ? varint() - 1 : int32();
        if (length > in.remaining()) {
            throw new IllegalArgumentException("an array of " + length + " elements is impossible");
        }
        return Math.max(-1, length);
    }

    /** Skips tagged fields. */
    public void skipTags() {
        int count = varint();
        for (int i = 0; i < count; i++) {
            varint();
            skip(varint());
        }
    }

    public void skip(int length) {
        raw(length);
    }

    private byte[] raw(int length) {
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a field of " + length + " bytes is impossible");
        }
        byte[] value = new byte[length];
        in.get(value);
        return value;
    }
}
