package io.tombolo.protocol;

import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.NullableSchema;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the bytes of one message version look like: enough to walk over them, and to say what the
 * objects made from them would cost, without making any. Compiled from Kafka's schemas.
 */
sealed interface Shape {

    /** Estimated heap bytes of an object before its fields. */
    int OBJECT_BYTES = 24;

    /** Estimated heap bytes of a reference or a primitive field. */
    int FIELD_BYTES = 8;

    /** The fewest bytes that a value of this shape takes on the wire. */
    int bytesMin();

    /** How the length of a string, bytes or array is written. */
    enum Prefix {
        INT16(2),
        INT32(4),
        /** An unsigned varint, one more than the length; 0 is null. */
        COMPACT(1);

        final int bytesMin;

        Prefix(int bytesMin) {
            this.bytesMin = bytesMin;
        }
    }

    /** A number of bytes that never varies: one or several adjacent fields. */
    record Fixed(int bytes) implements Shape {
        @Override
        public int bytesMin() {
            return bytes;
        }
    }

    /**
     * Bytes behind their length.
     *
     * @param copied whether they are copied when the message is made; records are not
     */
    record Sized(Prefix prefix, boolean nullable, boolean copied) implements Shape {
        @Override
        public int bytesMin() {
            return prefix.bytesMin;
        }
    }

    /** Elements behind their number. */
    record Array(Prefix prefix, boolean nullable, Shape element) implements Shape {
        @Override
        public int bytesMin() {
            return prefix.bytesMin;
        }
    }

    /**
     * Fields one behind the other.
     *
     * @param tagged the known tagged fields by tag, or null when the version has no tagged fields
     * @param heapBytes estimated cost of the object itself
     */
    record Struct(
            List<Shape> fields,
            @Nullable Map<Integer, Shape> tagged,
            boolean nullable,
            int bytesMin,
            int heapBytes)
            implements Shape {}

    /** The shape of a whole message of one version. */
    static Struct of(Schema schema) {
        var fields = new ArrayList<Shape>();
        Map<Integer, Shape> tagged = null;
        int fixedBytes = 0;
        for (BoundField field : schema.fields()) {
            Type type = field.def.type;
            if (type instanceof TaggedFields section) {
                tagged = taggedOf(section);
            } else if (ofField(type) instanceof Fixed(int bytes)) {
                fixedBytes += bytes;
            } else {
                addFixed(fields, fixedBytes);
                fixedBytes = 0;
                fields.add(ofField(type));
            }
        }
        addFixed(fields, fixedBytes);
        boolean nullable = schema instanceof NullableSchema;
        return new Struct(
                List.copyOf(fields),
                tagged,
                nullable,
                nullable ? 1 : bytesMin(fields, tagged != null),
                OBJECT_BYTES + FIELD_BYTES * schema.numFields());
    }

    private static void addFixed(List<Shape> fields, int bytes) {
        if (bytes > 0) {
            fields.add(new Fixed(bytes));
        }
    }

    private static int bytesMin(List<Shape> fields, boolean tagged) {
        int bytes = tagged ? 1 : 0;
        for (Shape field : fields) {
            bytes += field.bytesMin();
        }
        return bytes;
    }

    private static Map<Integer, Shape> taggedOf(TaggedFields section) {
        var tagged = new TreeMap<Integer, Shape>();
        for (Map.Entry<Integer, Field> field : section.fields().entrySet()) {
            tagged.put(field.getKey(), ofField(field.getValue().type));
        }
        return tagged;
    }

    private static Shape ofField(Type type) {
        if (type instanceof Schema struct) {
            return of(struct);
        }
        if (type.isArray()) {
            Prefix prefix = type instanceof CompactArrayOf ? Prefix.COMPACT : Prefix.INT32;
            return new Array(
                    prefix, type.isNullable(), ofField(type.arrayElementType().orElseThrow()));
        }
        return ofPrimitive(type.toString());
    }

    /** By name, which is what Kafka's own types are told apart by. */
    private static Shape ofPrimitive(String type) {
        return switch (type) {
            case "BOOLEAN", "INT8" -> new Fixed(1);
            case "INT16", "UINT16" -> new Fixed(2);
            case "INT32", "UINT32" -> new Fixed(4);
            case "INT64", "FLOAT64" -> new Fixed(8);
            case "UUID" -> new Fixed(16);
            case "STRING" -> new Sized(Prefix.INT16, false, true);
            case "NULLABLE_STRING" -> new Sized(Prefix.INT16, true, true);
            case "COMPACT_STRING" -> new Sized(Prefix.COMPACT, false, true);
            case "COMPACT_NULLABLE_STRING" -> new Sized(Prefix.COMPACT, true, true);
            case "BYTES" -> new Sized(Prefix.INT32, false, true);
            case "NULLABLE_BYTES" -> new Sized(Prefix.INT32, true, true);
            case "COMPACT_BYTES" -> new Sized(Prefix.COMPACT, false, true);
            case "COMPACT_NULLABLE_BYTES" -> new Sized(Prefix.COMPACT, true, true);
            case "RECORDS" -> new Sized(Prefix.INT32, false, false);
            case "NULLABLE_RECORDS" -> new Sized(Prefix.INT32, true, false);
            case "COMPACT_RECORDS" -> new Sized(Prefix.COMPACT, false, false);
            case "COMPACT_NULLABLE_RECORDS" -> new Sized(Prefix.COMPACT, true, false);
            default -> throw new IllegalArgumentException("unknown wire type " + type);
        };
    }
}
