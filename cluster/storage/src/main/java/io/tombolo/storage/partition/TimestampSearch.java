package io.tombolo.storage.partition;

import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.RecordReader;
import io.tombolo.storage.log.TimestampLookup;
import io.tombolo.storage.segment.BatchScan;
import io.tombolo.storage.segment.SegmentView;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Callable;

/** Finds a record by its timestamp, off the loop. */
final class TimestampSearch implements Callable<TimestampLookup> {

    /** What one batch may inflate to while its records are looked at. */
    private static final int INFLATED_BYTES_MAX = 256 << 20;

    private static final int WINDOW_BYTES = 64 << 10;

    private final LogContents log;
    private final long generation;
    private final List<SegmentView> candidates;
    private final long timestampMs;
    private final long fromOffset;
    private final long upToOffset;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);

    /**
     * A search for the first record with the timestamp or a later one.
     *
     * @param candidates the segments that hold such a timestamp, in order
     */
    TimestampSearch(
            LogContents log, List<SegmentView> candidates, long timestampMs, long upToOffset) {
        this.log = log;
        this.generation = log.generation;
        this.candidates = candidates;
        this.timestampMs = timestampMs;
        this.fromOffset = log.startOffset;
        this.upToOffset = upToOffset;
    }

    @Override
    public TimestampLookup call() {
        try {
            for (SegmentView view : candidates) {
                TimestampLookup found = search(view);
                if (overtaken()) {
                    return new TimestampLookup.Overtaken();
                }
                if (!(found instanceof TimestampLookup.None)) {
                    return found;
                }
            }
            return new TimestampLookup.None();
        } catch (IOException failure) {
            return overtaken()
                    ? new TimestampLookup.Overtaken()
                    : new TimestampLookup.Failed(failure);
        }
    }

    private boolean overtaken() {
        return log.generation != generation || candidates.stream().anyMatch(SegmentView::removed);
    }

    private TimestampLookup search(SegmentView view) throws IOException {
        BatchScan scan = view.scan(view.beforeTimestamp(timestampMs, window).position(), window);
        while (scan.next() && scan.batch().baseOffset() < upToOffset) {
            boolean worthOpening =
                    scan.batch().maxTimestampMs() >= timestampMs
                            && scan.batch().lastOffset() >= fromOffset;
            if (worthOpening) {
                TimestampLookup found = searchBatch(scan.whole());
                if (!(found instanceof TimestampLookup.None)) {
                    return found;
                }
            }
        }
        return new TimestampLookup.None();
    }

    private TimestampLookup searchBatch(BatchView batch) {
        var reader = new RecordReader(INFLATED_BYTES_MAX).open(batch);
        while (reader.next()) {
            boolean found =
                    reader.timestampMs() >= timestampMs
                            && reader.offset() >= fromOffset
                            && reader.offset() < upToOffset;
            if (found) {
                return new TimestampLookup.Found(
                        reader.offset(), reader.timestampMs(), batch.partitionLeaderEpoch());
            }
        }
        return reader.refusal() == null
                ? new TimestampLookup.None()
                : new TimestampLookup.Failed(
                        new IOException(
                                "the batch at offset "
                                        + batch.baseOffset()
                                        + " cannot be read: "
                                        + reader.refusal()));
    }
}
