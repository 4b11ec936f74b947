package io.tombolo.broker.group;

import io.tombolo.coordinator.runtime.CoordinatorLog.Chunk;
import io.tombolo.coordinator.runtime.CoordinatorLog.Unreadable;
import io.tombolo.coordinator.runtime.StoredEntry;
import io.tombolo.coordinator.runtime.StoredMarker;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.runtime.TransactionEnd;
import io.tombolo.environment.Payload;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.protocol.records.EndTransactionMarker;
import io.tombolo.protocol.records.RecordReader;
import io.tombolo.storage.log.ReadResult;
import io.tombolo.storage.log.ReadResult.Slice;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the records of an internal topic back; blocks, so it runs off the loops. */
final class StoredRecords {

    private static final int INFLATED_BYTES_MAX = 64 << 20;

    private StoredRecords() {}

    static io.tombolo.coordinator.runtime.CoordinatorLog.ReadResult read(
            ReadResult found, long fromOffset) throws IOException {
        ReadResult result = found instanceof ReadResult.Cold(var cold) ? cold.call() : found;
        return switch (result) {
            case Slice slice -> records(slice, fromOffset);
            case ReadResult.OutOfRange _ -> new Unreadable("offset " + fromOffset + " is gone");
            case ReadResult.Overtaken _ -> new Unreadable("the log changed meanwhile");
            case ReadResult.Failed(Exception cause) ->
                    new Unreadable(String.valueOf(cause.getMessage()));
            case ReadResult.Cold _ -> new Unreadable("the records are not in memory");
        };
    }

    private static Chunk records(Slice slice, long fromOffset) throws IOException {
        var entries = new ArrayList<StoredEntry>();
        var reader = new RecordReader(INFLATED_BYTES_MAX);
        for (Payload part : slice.parts()) {
            try {
                var walk = new BatchWalk(part.read(0, part.length()));
                while (walk.next()) {
                    if (walk.batch().control()) {
                        addMarker(entries, walk.batch(), fromOffset);
                    } else {
                        addRecords(entries, reader, walk.batch(), fromOffset);
                    }
                }
            } finally {
                part.release();
            }
        }
        return new Chunk(List.copyOf(entries), slice.nextOffset());
    }

    private static void addMarker(List<StoredEntry> entries, BatchView batch, long fromOffset) {
        EndTransactionMarker.read(batch)
                .filter(_ -> batch.baseOffset() >= fromOffset)
                .ifPresent(marker -> {
                    var end =
                            new TransactionEnd(
                                    batch.producerId(), batch.producerEpoch(), marker.commit());
                    entries.add(new StoredMarker(batch.baseOffset(), end));
                });
    }

    private static void addRecords(
            List<StoredEntry> entries, RecordReader reader, BatchView batch, long fromOffset)
            throws IOException {
        reader.open(batch);
        long producerId = batch.transactional() ? batch.producerId() : StoredRecord.NO_TRANSACTION;
        while (reader.next()) {
            ByteBuffer key = reader.key();
            if (reader.offset() >= fromOffset && key != null) {
                entries.add(
                        new StoredRecord(
                                reader.offset(),
                                copy(key),
                                copyOrNull(reader.value()),
                                producerId));
            }
        }
        if (reader.refusal() != null) {
            throw new IOException(
                    "the batch at offset " + batch.baseOffset() + " is " + reader.refusal());
        }
    }

    private static byte @Nullable [] copyOrNull(@Nullable ByteBuffer buffer) {
        return buffer == null ? null : copy(buffer);
    }

    private static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }
}
