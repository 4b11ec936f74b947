package io.tombolo.storage.log;

import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.RecordReader;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Batches of records with keys, for tests of compaction, and what is in a log as records. */
final class Keyed {

    private Keyed() {}

    /** A record to append; without a value it is a tombstone. */
    record Pair(@Nullable String key, @Nullable String value) {}

    /** A record of a log. */
    record Found(long offset, @Nullable String key, @Nullable String value, long timestampMs) {}

    static ByteBuffer batch(BatchSpec spec, long timestampMs, List<Pair> pairs) {
        var builder = new BatchBuilder(spec);
        for (Pair pair : pairs) {
            builder.append(timestampMs, bytes(pair.key), bytes(pair.value));
        }
        return builder.build();
    }

    static ByteBuffer one(long timestampMs, String key, @Nullable String value) {
        return batch(BatchSpec.PLAIN, timestampMs, List.of(new Pair(key, value)));
    }

    private static @Nullable ByteBuffer bytes(@Nullable String text) {
        return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String text(@Nullable ByteBuffer bytes) {
        return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes).toString();
    }

    /** The batches of a log, from an offset on. */
    static List<BatchView> batches(PartitionLog log, long offset) {
        return Batches.all(log, offset).stream()
                .map(bytes -> BatchView.of(ByteBuffer.wrap(bytes)))
                .toList();
    }

    static List<Found> records(BatchView batch) {
        var found = new ArrayList<Found>();
        var reader = new RecordReader(1 << 20).open(batch);
        while (reader.next()) {
            found.add(
                    new Found(
                            reader.offset(),
                            text(reader.key()),
                            text(reader.value()),
                            reader.timestampMs()));
        }
        if (reader.refusal() != null) {
            throw new AssertionError("unreadable: " + reader.refusal());
        }
        return found;
    }

    /** All records of a log that are no markers. */
    static List<Found> records(PartitionLog log) {
        var found = new ArrayList<Found>();
        for (BatchView batch : batches(log, log.startOffset())) {
            if (!batch.control()) {
                found.addAll(records(batch));
            }
        }
        return found;
    }
}
