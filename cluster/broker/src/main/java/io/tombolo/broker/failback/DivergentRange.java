package io.tombolo.broker.failback;

import io.tombolo.environment.Payload;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.storage.log.ReadResult;

import java.io.IOException;

/**
 * Counts the records of a part of a log by the headers of its batches. Immutable: each step gives
 * the next one.
 *
 * @param nextOffset where the next step begins
 */
record DivergentRange(
        long cutOffset,
        long fromOffset,
        long toOffset,
        long nextOffset,
        long recordCount,
        long bytes,
        long firstTimestampMs,
        long lastTimestampMs) {

    private static final long NONE = BatchView.NO_TIMESTAMP;

    static DivergentRange of(long cutOffset, long fromOffset, long toOffset) {
        return new DivergentRange(cutOffset, fromOffset, toOffset, fromOffset, 0, 0, NONE, NONE);
    }

    boolean isComplete() {
        return nextOffset >= toOffset;
    }

    Divergence whole() {
        return new Divergence(
                cutOffset,
                fromOffset,
                toOffset,
                recordCount,
                bytes,
                firstTimestampMs,
                lastTimestampMs);
    }

    /** With the batches of one read, whose parts are released; reads headers, so off the loops. */
    DivergentRange and(ReadResult.Slice slice) throws IOException {
        try {
            DivergentRange all = this;
            for (Payload part : slice.parts()) {
                all = all.and(part);
            }
            return all.upTo(slice.parts().isEmpty() ? toOffset : slice.nextOffset());
        } finally {
            slice.parts().forEach(Payload::release);
        }
    }

    private DivergentRange upTo(long offset) {
        return new DivergentRange(
                cutOffset,
                fromOffset,
                toOffset,
                offset,
                recordCount,
                bytes,
                firstTimestampMs,
                lastTimestampMs);
    }

    private DivergentRange and(Payload part) throws IOException {
        DivergentRange all = this;
        for (int position = 0; position < part.length(); ) {
            BatchView batch = BatchView.of(part.read(position, BatchView.HEADER_BYTES));
            all = all.and(batch);
            position += batch.lengthBytes();
        }
        return all;
    }

    private DivergentRange and(BatchView batch) {
        if (batch.baseOffset() < fromOffset || batch.baseOffset() >= toOffset) {
            return this;
        }
        boolean counts = !batch.control() && batch.recordCount() > 0;
        long first = counts ? batch.baseTimestampMs() : NONE;
        long last = counts ? batch.maxTimestampMs() : NONE;
        return new DivergentRange(
                cutOffset,
                fromOffset,
                toOffset,
                nextOffset,
                recordCount + (counts ? batch.recordCount() : 0),
                bytes + batch.lengthBytes(),
                firstTimestampMs == NONE || first == NONE
                        ? Math.max(firstTimestampMs, first)
                        : Math.min(firstTimestampMs, first),
                Math.max(lastTimestampMs, last));
    }

    /** The batches that a read gives, wherever they are. */
    static ReadResult.Slice slice(ReadResult found) throws Exception {
        return switch (found) {
            case ReadResult.Slice slice -> slice;
            case ReadResult.Cold(var cold) -> slice(cold.call());
            case ReadResult other -> throw new IOException("the log gives " + other);
        };
    }
}
