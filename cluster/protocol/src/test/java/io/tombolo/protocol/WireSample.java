package io.tombolo.protocol;

import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;

import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.NullableSchema;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.utils.internals.ByteUtils;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;

/**
 * Seeded bytes of messages, written straight from Kafka's schemas: every field of the version, the
 * tagged ones more often than not, null where null is allowed, now and then an unknown tag.
 */
final class WireSample {

    private static final int BYTES_MAX = 1 << 20;

    private final Random random;
    private final boolean unknownTags;
    private final ByteBuffer out = ByteBuffer.allocate(BYTES_MAX);

    private WireSample(long seed, boolean unknownTags) {
        this.random = new Random(seed);
        this.unknownTags = unknownTags;
    }

    static byte[] of(Schema schema, long seed) {
        return of(schema, seed, false);
    }

    static byte[] of(Schema schema, long seed, boolean unknownTags) {
        var sample = new WireSample(seed, unknownTags);
        sample.write(schema);
        var bytes = new byte[sample.out.position()];
        sample.out.get(0, bytes);
        return bytes;
    }

    private void write(Type type) {
        if (type instanceof Schema struct) {
            writeStruct(struct);
        } else if (type.isArray()) {
            int count = nextNull(type) ? -1 : random.nextInt(4);
            writeLength(type instanceof CompactArrayOf, count);
            for (int index = 0; index < count; index++) {
                write(type.arrayElementType().orElseThrow());
            }
        } else {
            writePrimitive(type);
        }
    }

    private void writeStruct(Schema struct) {
        if (struct instanceof NullableSchema) {
            boolean none = nextNull(struct);
            out.put((byte) (none ? -1 : 1));
            if (none) {
                return;
            }
        }
        for (BoundField field : struct.fields()) {
            if (field.def.type instanceof TaggedFields section) {
                writeTags(section.fields());
            } else {
                write(field.def.type);
            }
        }
    }

    private void writeTags(Map<Integer, Field> known) {
        var chosen = known.keySet().stream().filter(_ -> random.nextInt(4) > 0).sorted().toList();
        boolean unknown = unknownTags && random.nextBoolean();
        ByteUtils.writeUnsignedVarint(chosen.size() + (unknown ? 1 : 0), out);
        for (int tag : chosen) {
            ByteUtils.writeUnsignedVarint(tag, out);
            int from = out.position();
            write(known.get(tag).type);
            var content = new byte[out.position() - from];
            out.get(from, content);
            out.position(from);
            ByteUtils.writeUnsignedVarint(content.length, out);
            out.put(content);
        }
        if (unknown) {
            ByteUtils.writeUnsignedVarint(9_999, out);
            ByteUtils.writeUnsignedVarint(3, out);
            out.put(new byte[] {1, 2, 3});
        }
    }

    private void writePrimitive(Type type) {
        String name = type.toString();
        switch (name) {
            case "BOOLEAN" -> out.put((byte) random.nextInt(2));
            case "INT8" -> out.put((byte) random.nextInt());
            case "INT16", "UINT16" -> out.putShort((short) random.nextInt());
            case "INT32", "UINT32" -> out.putInt(random.nextInt());
            case "INT64" -> out.putLong(random.nextLong());
            case "FLOAT64" -> out.putDouble(random.nextDouble());
            case "UUID" -> out.putLong(random.nextLong()).putLong(random.nextLong());
            default -> writeSized(name, nextNull(type));
        }
    }

    private void writeSized(String name, boolean none) {
        byte[] content =
                name.endsWith("RECORDS")
                        ? records()
                        : "s%06x"
                                .formatted(random.nextInt(1 << 24))
                                .getBytes(StandardCharsets.UTF_8);
        int length = none ? -1 : content.length;
        if (name.endsWith("STRING") && !name.startsWith("COMPACT")) {
            out.putShort((short) length);
        } else {
            writeLength(name.startsWith("COMPACT"), length);
        }
        if (!none) {
            out.put(content);
        }
    }

    private void writeLength(boolean compact, int length) {
        if (compact) {
            ByteUtils.writeUnsignedVarint(length + 1, out);
        } else {
            out.putInt(length);
        }
    }

    private byte[] records() {
        var batch = new BatchBuilder(BatchSpec.PLAIN);
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            batch.append(random.nextInt(), null, ByteBuffer.wrap(new byte[random.nextInt(20)]));
        }
        return batch.build().array();
    }

    private boolean nextNull(Type type) {
        return type.isNullable() && random.nextInt(4) == 0;
    }
}
