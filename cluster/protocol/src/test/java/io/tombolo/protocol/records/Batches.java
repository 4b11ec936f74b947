package io.tombolo.protocol.records;

import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Batches for tests. */
final class Batches {

    private Batches() {}

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static @Nullable String text(@Nullable ByteBuffer bytes) {
        return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    /** A batch of records that compress well, built by Kafka. */
    static ByteBuffer kafkaBatch(BatchCompression compression, int count, int valueBytes) {
        var records = new SimpleRecord[count];
        for (int index = 0; index < count; index++) {
            records[index] =
                    new SimpleRecord(
                            1000 + index,
                            ("k" + index).getBytes(StandardCharsets.UTF_8),
                            new byte[valueBytes]);
        }
        return MemoryRecords.withRecords(compression.toKafka(), records).buffer();
    }

    /** A plain batch built by us, with seeded content. */
    static BatchBuilder random(BatchSpec spec, Random random, int count) {
        var builder = new BatchBuilder(spec);
        for (int index = 0; index < count; index++) {
            var headers = new java.util.ArrayList<RecordHeader>();
            for (int left = random.nextInt(3); left > 0; left--) {
                headers.add(new RecordHeader("h" + left, randomBytes(random)));
            }
            builder.append(
                    1_700_000_000_000L + random.nextInt(100_000) - 50_000,
                    randomBytes(random),
                    randomBytes(random),
                    headers);
        }
        return builder;
    }

    private static @Nullable ByteBuffer randomBytes(Random random) {
        if (random.nextInt(5) == 0) {
            return null;
        }
        var bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
