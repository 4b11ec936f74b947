package io.tombolo.storage.log;

import io.tombolo.environment.Payload;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.protocol.records.EndTransactionMarker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Batches for tests, and what a read gives back. */
final class Batches {

    private Batches() {}

    /** A plain batch of so many records, all with the same timestamp. */
    static ByteBuffer plain(int records, long timestampMs, String value) {
        return records(BatchSpec.PLAIN, records, timestampMs, value);
    }

    static ByteBuffer idempotent(
            long producerId, int epoch, int sequence, int records, long timestampMs) {
        return records(
                BatchSpec.PLAIN.from(producerId, (short) epoch, sequence, false),
                records,
                timestampMs,
                "i");
    }

    static ByteBuffer transactional(
            long producerId, int epoch, int sequence, int records, long timestampMs) {
        return records(
                BatchSpec.PLAIN.from(producerId, (short) epoch, sequence, true),
                records,
                timestampMs,
                "t");
    }

    static ByteBuffer marker(boolean commit, long producerId, int epoch, long timestampMs) {
        return new EndTransactionMarker(commit, 3)
                .batch(0, 0, timestampMs, producerId, (short) epoch);
    }

    private static ByteBuffer records(BatchSpec spec, int records, long timestampMs, String value) {
        var builder = new BatchBuilder(spec);
        for (int index = 0; index < records; index++) {
            builder.append(
                    timestampMs, null, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
        }
        return builder.build();
    }

    /** The same batch at an offset and epoch, as a leader would have sent it. */
    static ByteBuffer at(ByteBuffer batch, long offset, int epoch) {
        BatchView.of(batch).patchOffsets(offset, epoch);
        return batch;
    }

    static ByteBuffer together(ByteBuffer... batches) {
        int bytes = 0;
        for (ByteBuffer batch : batches) {
            bytes += batch.remaining();
        }
        ByteBuffer all = ByteBuffer.allocate(bytes);
        for (ByteBuffer batch : batches) {
            all.put(batch.duplicate());
        }
        return all.flip();
    }

    static ByteBuffer bytesOf(ReadResult.Slice slice) {
        ByteBuffer all = ByteBuffer.allocate(slice.bytes());
        for (Payload part : slice.parts()) {
            switch (part) {
                case Payload.Memory(var bytes) -> all.put(bytes.duplicate());
                case Payload.FileRegion region -> {
                    try {
                        ByteBuffer content = ByteBuffer.allocate(region.length());
                        region.file().read(content, region.position());
                        all.put(content.flip());
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                }
            }
            part.release();
        }
        return all.flip();
    }

    /** Reads like a caller does: cold reads are run at once. */
    static ReadResult read(
            PartitionLog log, long offset, int bytesMax, long upTo, Isolation isolation) {
        ReadResult result = log.read(offset, bytesMax, upTo, isolation);
        return result instanceof ReadResult.Cold(var cold) ? cold.call() : result;
    }

    /** Every batch from an offset to the end, as bytes. */
    static List<byte[]> all(PartitionLog log, long offset) {
        var found = new ArrayList<byte[]>();
        long at = offset;
        while (at < log.endOffset()) {
            var result = read(log, at, 2000, log.endOffset(), Isolation.READ_UNCOMMITTED);
            if (!(result instanceof ReadResult.Slice slice)) {
                throw new AssertionError("at " + at + ": " + result);
            }
            var walk = new BatchWalk(bytesOf(slice));
            while (walk.next()) {
                byte[] bytes = new byte[walk.batch().lengthBytes()];
                walk.batch().bytes().get(bytes);
                found.add(bytes);
            }
            if (slice.nextOffset() <= at) {
                throw new AssertionError("stuck at " + at + " of " + log.endOffset());
            }
            at = slice.nextOffset();
        }
        return found;
    }
}
