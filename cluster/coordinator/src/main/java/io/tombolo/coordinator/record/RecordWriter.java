package io.tombolo.coordinator.record;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the primitive types of Kafka's message format, plain or flexible (compact). Mutable; one
 * record each.
 */
public final class RecordWriter {

    private byte[] bytes = new byte[64];
    private int length;

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    public RecordWriter int8(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
        return this;
    }

    public RecordWriter int16(int value) {
        return int8(value >> 8).int8(value);
    }

    public RecordWriter int32(int value) {
        return int16(value >> 16).int16(value);
    }

    public RecordWriter int64(long value) {
        return int32((int) (value >> 32)).int32((int) value);
    }

    public RecordWriter varint(int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            int8((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        return int8(rest);
    }

    public RecordWriter uuid(Uuid id) {
        return int64(id.getMostSignificantBits()).int64(id.getLeastSignificantBits());
    }

    /** A string with a 16-bit length; at most 32767 bytes. */
    public RecordWriter string(@Nullable String value) {
        if (value == null) {
            return int16(-1);
        }
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        if (text.length > Short.MAX_VALUE) {
            throw new IllegalArgumentException("a string of " + text.length + " bytes is too long");
        }
        return int16(text.length).raw(text);
    }

    public RecordWriter compactString(@Nullable String value) {
        return value == null ? varint(0) : compactBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    public RecordWriter bytes(byte[] value) {
        return int32(value.length).raw(value);
    }

    public RecordWriter compactBytes(byte[] value) {
        return varint(value.length + 1).raw(value);
    }

    private RecordWriter raw(byte[] value) {
        reserve(value.length);
        ByteBuffer.wrap(bytes).put(length, value);
        length += value.length;
        return this;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
