package io.tombolo.storage.segment;

import io.tombolo.protocol.records.BatchView;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The walk over the batches behind what a segment's indexes already describe. */
public final class SegmentWalk {

    private SegmentWalk() {}

    /** Takes the batches as they are, without checksums; stops before bytes that are no batch. */
    public static void follow(Segment segment, int indexIntervalBytes, ByteBuffer window)
            throws IOException {
        var scan = new BatchScan(segment.log(), segment.sizeBytes(), segment.log().size(), window);
        while (scan.next()) {
            segment.added(scan.batch(), indexIntervalBytes);
        }
    }

    /**
     * Takes batches as long as they are sound: whole, with the right checksum from an offset on,
     * and with offsets and leader epochs that do not go back.
     *
     * @return bytes whose checksum was verified
     */
    public static long validate(
            Segment segment,
            Continuity continuity,
            Bounds bounds,
            int indexIntervalBytes,
            ByteBuffer window)
            throws IOException {
        long fileBytes = Math.min(segment.log().size(), Integer.MAX_VALUE);
        var scan = new BatchScan(segment.log(), segment.sizeBytes(), fileBytes, window);
        long validatedBytes = 0;
        while (segment.endOffset() < bounds.limitOffset && scan.next()) {
            boolean fits =
                    continuity.allows(scan.batch())
                            && segment.reaches(scan.batch().lastOffset())
                            && scan.batch().baseOffset() >= segment.baseOffset()
                            && scan.batch().nextOffset() <= bounds.limitOffset
                            && !(continuity.skips(scan.batch()) && goesBackAfter(scan));
            boolean checked = scan.batch().lastOffset() >= bounds.checkedOffset;
            if (!fits || checked && !scan.checksumValid()) {
                break;
            }
            validatedBytes += checked ? scan.batch().lengthBytes() : 0;
            continuity.passed(scan.batch());
            segment.added(scan.batch(), indexIntervalBytes);
        }
        return validatedBytes;
    }

    /**
     * Whether the batch behind this one begins below its end: then it claims offsets that are not
     * its own, which no checksum covers. Compaction leaves gaps, and order behind them.
     */
    private static boolean goesBackAfter(BatchScan scan) throws IOException {
        BatchScan behind = scan.behind();
        return behind.next() && behind.batch().baseOffset() < scan.batch().nextOffset();
    }

    /**
     * What is looked at.
     *
     * @param checkedOffset batches that end below it were made durable and are not checked
     * @param limitOffset batches from here on are not looked at
     */
    public record Bounds(long checkedOffset, long limitOffset) {}

    /** What the next batch must not fall behind. Mutable; one thread. */
    public static final class Continuity {

        private long nextOffset;
        private int epoch;

        public Continuity(long nextOffset, int epoch) {
            this.nextOffset = nextOffset;
            this.epoch = epoch;
        }

        /** Everything below the offset is behind us. */
        public void reached(long offset) {
            nextOffset = Math.max(nextOffset, offset);
        }

        public boolean allows(BatchView batch) {
            return batch.baseOffset() >= nextOffset
                    && (batch.partitionLeaderEpoch() < 0 || batch.partitionLeaderEpoch() >= epoch);
        }

        /** Whether records are missing in front of a batch. */
        public boolean skips(BatchView batch) {
            return batch.baseOffset() > nextOffset;
        }

        public void passed(BatchView batch) {
            nextOffset = batch.nextOffset();
            epoch = Math.max(epoch, batch.partitionLeaderEpoch());
        }
    }
}
