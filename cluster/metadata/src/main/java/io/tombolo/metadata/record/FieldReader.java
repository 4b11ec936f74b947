package io.tombolo.metadata.record;

import org.apache.kafka.common.Uuid;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads what {@link FieldWriter} wrote; trusts no length and no count. */
public final class FieldReader {

    private final ByteBuffer bytes;

    public FieldReader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    public long number() {
        long value = unsigned();
        return (value >>> 1) ^ -(value & 1);
    }

    public int smallNumber() {
        long value = number();
        if (value != (int) value) {
            throw new UnreadableRecord(value + " does not fit into 32 bits");
        }
        return (int) value;
    }

    public short shortNumber() {
        long value = number();
        if (value != (short) value) {
            throw new UnreadableRecord(value + " does not fit into 16 bits");
        }
        return (short) value;
    }

    public boolean flag() {
        int value = raw();
        if (value > 1) {
            throw new UnreadableRecord("a flag is neither 0 nor 1 but " + value);
        }
        return value == 1;
    }

    public Uuid uuid() {
        need(16);
        return new Uuid(bytes.getLong(), bytes.getLong());
    }

    public String string() {
        ByteBuffer utf8 = slice(count(1));
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException notText) {
            throw new UnreadableRecord("a string is not UTF-8", notText);
        }
    }

    BrokerIds brokers() {
        int[] ids = new int[count(1)];
        for (int place = 0; place < ids.length; place++) {
            ids[place] = smallNumber();
        }
        return BrokerIds.owning(ids);
    }

    public List<Uuid> uuids() {
        return list(16, FieldReader::uuid);
    }

    public SortedMap<String, String> strings() {
        var map = new TreeMap<String, String>();
        for (int left = count(2); left > 0; left--) {
            map.put(string(), string());
        }
        return map;
    }

    public <T> List<T> list(int itemBytesMin, Function<FieldReader, T> readItem) {
        int count = count(itemBytesMin);
        var items = new ArrayList<T>(count);
        for (int i = 0; i < count; i++) {
            items.add(readItem.apply(this));
        }
        return items;
    }

    /** Reads the tagged fields to the end of the record; those that nobody claims are skipped. */
    void tags(TagReader known) {
        for (int left = count(2); left > 0; left--) {
            int tag = count(0);
            var field = new FieldReader(slice(count(1)));
            if (known.read(tag, field)) {
                field.end();
            }
        }
        end();
    }

    private void end() {
        if (bytes.hasRemaining()) {
            throw new UnreadableRecord(bytes.remaining() + " bytes are left over");
        }
    }

    /** A length or count, each unit of which takes at least so many of the remaining bytes. */
    private int count(int unitBytesMin) {
        long count = unsigned();
        if (count < 0
                || count > Integer.MAX_VALUE
                || count * Math.max(unitBytesMin, 0) > bytes.remaining()) {
            throw new UnreadableRecord(
                    "a count of " + count + " with " + bytes.remaining() + " bytes left");
        }
        return (int) count;
    }

    private ByteBuffer slice(int sliceBytes) {
        ByteBuffer slice = bytes.slice(bytes.position(), sliceBytes);
        bytes.position(bytes.position() + sliceBytes);
        return slice;
    }

    private long unsigned() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = raw();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new UnreadableRecord("a number is longer than ten bytes");
    }

    private int raw() {
        need(1);
        return bytes.get() & 0xFF;
    }

    private void need(int count) {
        if (bytes.remaining() < count) {
            throw new UnreadableRecord("the record ends in the middle of a field");
        }
    }

    /** Takes the tagged fields that it knows. */
    @FunctionalInterface
    interface TagReader {

        /** Knows no tag. */
        TagReader NONE = (tag, field) -> false;

        /** Reads the field to its end and returns true, or leaves it and returns false. */
        boolean read(int tag, FieldReader field);
    }
}
