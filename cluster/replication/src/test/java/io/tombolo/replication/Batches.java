package io.tombolo.replication;

import io.tombolo.environment.Payload;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.log.ReadResult;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Batches for tests, and what a log holds. */
final class Batches {

    static final long TIMESTAMP_MS = 1_000;

    private Batches() {}

    static ByteBuffer plain(int records) {
        return filled(BatchSpec.PLAIN, records, "plain");
    }

    /** The batch with its last byte changed, which the checksum gives away. */
    static ByteBuffer flipped(ByteBuffer batch) {
        return batch.put(batch.limit() - 1, (byte) ~batch.get(batch.limit() - 1));
    }

    static ByteBuffer idempotent(long producerId, int sequence, int records) {
        return filled(
                BatchSpec.PLAIN.from(producerId, (short) 0, sequence, false),
                records,
                producerId + "/" + sequence);
    }

    static ByteBuffer transactional(long producerId) {
        return filled(BatchSpec.PLAIN.from(producerId, (short) 0, 0, true), 1, "in a transaction");
    }

    /** A batch as another leader would have given it out. */
    static ByteBuffer at(long offset, int leaderEpoch, int records) {
        ByteBuffer batch = filled(BatchSpec.PLAIN, records, "mirrored at " + offset);
        BatchView.of(batch).patchOffsets(offset, leaderEpoch);
        return batch;
    }

    static ByteBuffer filled(BatchSpec spec, int records, String value) {
        var builder = new BatchBuilder(spec);
        for (int index = 0; index < records; index++) {
            builder.append(
                    TIMESTAMP_MS, null, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
        }
        return builder.build();
    }

    /** One batch of a log. */
    record Stored(long baseOffset, long nextOffset, int epoch, long producerId, int sequence) {}

    /** Every batch of a log, from its start to its end. */
    static List<Stored> of(PartitionLog log) {
        var found = new ArrayList<Stored>();
        long at = log.startOffset();
        while (at < log.endOffset()) {
            ReadResult result = log.read(at, 1 << 20, log.endOffset(), Isolation.READ_UNCOMMITTED);
            ReadResult warm = result instanceof ReadResult.Cold(var cold) ? cold.call() : result;
            if (!(warm instanceof ReadResult.Slice slice) || slice.nextOffset() <= at) {
                throw new AssertionError("at " + at + ": " + warm);
            }
            found.addAll(of(slice));
            at = slice.nextOffset();
        }
        return found;
    }

    /** The batches of a slice, which is released. */
    static List<Stored> of(ReadResult.Slice slice) {
        var bytes = ByteBuffer.allocate(slice.bytes());
        for (Payload part : slice.parts()) {
            bytes.put(((Payload.Memory) part).bytes().duplicate());
            part.release();
        }
        var found = new ArrayList<Stored>();
        var walk = new BatchWalk(bytes.flip());
        while (walk.next()) {
            BatchView batch = walk.batch();
            found.add(
                    new Stored(
                            batch.baseOffset(),
                            batch.nextOffset(),
                            batch.partitionLeaderEpoch(),
                            batch.producerId(),
                            batch.baseSequence()));
        }
        return found;
    }
}
