package io.tombolo.metadata.record;

import org.apache.kafka.common.Uuid;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Writes the fields of one record, or of something that travels like one. Whole numbers are zigzag
 * varints, strings and lists carry their length in front; the tagged fields at the end carry a tag
 * and their length in bytes.
 */
public final class FieldWriter {

    private byte[] bytes = new byte[64];
    private int size;

    public FieldWriter number(long value) {
        return unsigned((value << 1) ^ (value >> 63));
    }

    public FieldWriter flag(boolean value) {
        return raw(value ? 1 : 0);
    }

    public FieldWriter uuid(Uuid value) {
        return fixed(value.getMostSignificantBits()).fixed(value.getLeastSignificantBits());
    }

    public FieldWriter string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        unsigned(utf8.length);
        return append(utf8, utf8.length);
    }

    FieldWriter brokers(BrokerIds ids) {
        unsigned(ids.size());
        for (int place = 0; place < ids.size(); place++) {
            number(ids.at(place));
        }
        return this;
    }

    public FieldWriter uuids(List<Uuid> ids) {
        return list(ids, FieldWriter::uuid);
    }

    public FieldWriter strings(SortedMap<String, String> map) {
        return list(
                List.copyOf(map.entrySet()),
                (FieldWriter to, Map.Entry<String, String> entry) ->
                        to.string(entry.getKey()).string(entry.getValue()));
    }

    public <T> FieldWriter list(List<T> items, BiConsumer<FieldWriter, T> writeItem) {
        unsigned(items.size());
        items.forEach(item -> writeItem.accept(this, item));
        return this;
    }

    /** Says how many tagged fields follow; the last thing of every record. */
    FieldWriter tags(int count) {
        return unsigned(count);
    }

    FieldWriter tag(int tag, Consumer<FieldWriter> writeField) {
        var field = new FieldWriter();
        writeField.accept(field);
        return unsigned(tag).unsigned(field.size).append(field.bytes, field.size);
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private FieldWriter unsigned(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            raw((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        return raw((int) rest);
    }

    private FieldWriter fixed(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            raw((int) (value >>> shift));
        }
        return this;
    }

    private FieldWriter raw(int value) {
        makeRoom(1);
        bytes[size++] = (byte) value;
        return this;
    }

    private FieldWriter append(byte[] more, int count) {
        makeRoom(count);
        System.arraycopy(more, 0, bytes, size, count);
        size += count;
        return this;
    }

    private void makeRoom(int count) {
        if (bytes.length - size < count) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + count));
        }
    }
}
