package io.tombolo.storage.partition;

import io.tombolo.environment.Invariant;
import io.tombolo.protocol.records.BatchVerdict;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.protocol.records.VerifiedBatch;
import io.tombolo.storage.log.AppendOrigin;
import io.tombolo.storage.log.AppendResult;
import io.tombolo.storage.log.LogSettings;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * Appending. Batches are judged first, all of them; then nothing but the disk can go wrong, and if
 * it does the log is over. So the state in memory never runs ahead of a log that goes on. A write
 * that found no room is taken back, and then nothing has happened.
 */
public final class LogAppend {

    private final LogContents log;
    private final LogRoll roll;
    private final LogUpkeep upkeep;

    public LogAppend(LogContents log, LogRoll roll, LogUpkeep upkeep) {
        this.log = log;
        this.roll = roll;
        this.upkeep = upkeep;
    }

    public AppendResult asLeader(VerifiedBatch batch, int leaderEpoch) {
        AppendResult refusal =
                judgeForLeader(batch.bytes(), AppendOrigin.PRODUCER, BatchView::headerVerdict);
        return refusal == null ? assign(batch.bytes(), leaderEpoch) : refusal;
    }

    public AppendResult asLeader(ByteBuffer batches, int leaderEpoch, AppendOrigin origin) {
        AppendResult refusal = judgeForLeader(batches, origin, BatchView::verdict);
        return refusal == null ? assign(batches, leaderEpoch) : refusal;
    }

    private AppendResult assign(ByteBuffer batches, int leaderEpoch) {
        int latest = log.epochs.latest().orElse(-1);
        Invariant.check(leaderEpoch >= latest, "leader epoch %d after %d", leaderEpoch, latest);
        boolean stamped = log.settings.timestamps() == LogSettings.Timestamps.LOG_APPEND_TIME;
        long stampMs = stamped ? log.nowMs() : BatchView.NO_TIMESTAMP;
        long first = log.endOffset;
        long next = first;
        long maxTimestampMs = BatchView.NO_TIMESTAMP;
        var walk = new BatchWalk(batches);
        while (walk.next()) {
            BatchView batch = walk.batch();
            batch.patchOffsets(next, leaderEpoch);
            if (stamped) {
                batch.patchLogAppendTime(stampMs);
            }
            maxTimestampMs = Math.max(maxTimestampMs, batch.maxTimestampMs());
            next = batch.nextOffset();
        }
        return store(batches, new AppendResult.Appended(first, next - 1, stampMs, maxTimestampMs));
    }

    private @Nullable AppendResult judgeForLeader(
            ByteBuffer batches, AppendOrigin origin, Function<BatchView, BatchVerdict> judge) {
        var walk = new BatchWalk(batches);
        int count = 0;
        while (walk.next()) {
            BatchView batch = walk.batch();
            BatchVerdict verdict = judge.apply(batch);
            if (verdict != BatchVerdict.VALID) {
                return new AppendResult.Corrupt(verdict);
            }
            count++;
            AppendResult refusal =
                    origin == AppendOrigin.PRODUCER ? judgeClient(batch, count) : null;
            if (refusal == null && batch.hasProducerId()) {
                refusal = log.producers.judge(batch, origin);
            }
            if (refusal != null) {
                return refusal;
            }
        }
        if (walk.verdict() != BatchVerdict.VALID) {
            return new AppendResult.Corrupt(walk.verdict());
        }
        return count == 0 ? new AppendResult.InvalidRecord("there is no batch") : null;
    }

    private @Nullable AppendResult judgeClient(BatchView batch, int number) {
        int bytesMax = Math.min(log.settings.messageBytesMax(), log.settings.segmentBytesMax());
        if (batch.lengthBytes() > bytesMax) {
            return new AppendResult.TooLarge(batch.lengthBytes(), bytesMax);
        }
        if (number > 1) {
            return new AppendResult.InvalidRecord("more than one batch");
        }
        if (batch.control()) {
            return new AppendResult.InvalidRecord("a client may not send control batches");
        }
        if (batch.recordCount() != batch.lastOffsetDelta() + 1 || batch.recordCount() == 0) {
            return new AppendResult.InvalidRecord("offsets within the batch are not consecutive");
        }
        boolean identified = batch.producerEpoch() >= 0 && batch.baseSequence() >= 0;
        if (batch.hasProducerId() && !identified) {
            return new AppendResult.InvalidRecord("a producer id without epoch or sequence");
        }
        return null;
    }

    public AppendResult asFollower(ByteBuffer batches, long fetchOffset) {
        var walk = new BatchWalk(batches);
        long first = -1;
        long next = log.endOffset;
        int epoch = log.epochs.latest().orElse(-1);
        long maxTimestampMs = BatchView.NO_TIMESTAMP;
        while (walk.next()) {
            BatchView batch = walk.batch();
            BatchVerdict verdict = batch.verdict();
            if (verdict != BatchVerdict.VALID) {
                return new AppendResult.Corrupt(verdict);
            }
            long base = batch.baseOffset();
            boolean gapExplained = first >= 0 || fetchOffset == next;
            if (base < next || base > next && !gapExplained) {
                return new AppendResult.NotContiguous(next, base);
            }
            int batchEpoch = batch.partitionLeaderEpoch();
            if (batchEpoch >= 0 && batchEpoch < epoch) {
                return new AppendResult.StaleEpoch(epoch, batchEpoch);
            }
            epoch = Math.max(epoch, batchEpoch);
            first = first < 0 ? base : first;
            next = batch.nextOffset();
            maxTimestampMs = Math.max(maxTimestampMs, batch.maxTimestampMs());
        }
        boolean tailCut = walk.verdict() == BatchVerdict.INCOMPLETE && first >= 0;
        if (walk.verdict() != BatchVerdict.VALID && !tailCut) {
            return new AppendResult.Corrupt(walk.verdict());
        }
        if (first < 0) {
            return new AppendResult.InvalidRecord("there is no batch");
        }
        ByteBuffer whole = batches.duplicate().position(batches.position()).limit(walk.position());
        return store(
                whole,
                new AppendResult.Appended(first, next - 1, BatchView.NO_TIMESTAMP, maxTimestampMs));
    }

    private AppendResult store(ByteBuffer batches, AppendResult.Appended appended) {
        long before = log.endOffset;
        try {
            log.beginFiles();
            writeRuns(batches);
        } catch (IOException failure) {
            if (log.endOffset == before && takenBack(failure)) {
                return new AppendResult.NoRoom(failure);
            }
            log.fail(failure);
            return new AppendResult.Failed(failure);
        }
        Invariant.check(
                log.endOffset == appended.lastOffset() + 1,
                "the log ends at %d, not behind %d",
                log.endOffset,
                appended.lastOffset());
        upkeep.appended(log.endOffset - before, batches.remaining());
        return appended;
    }

    /** Whether a write found no room, and nothing is left of it. */
    private boolean takenBack(IOException failure) {
        if (log.segments.isEmpty() || !log.noRoomExplains(failure)) {
            return false;
        }
        try {
            log.active().takeBack();
            return true;
        } catch (IOException alsoFailed) {
            failure.addSuppressed(alsoFailed);
            return false;
        }
    }

    /** Writes all batches that fit into the same segment at once. */
    private void writeRuns(ByteBuffer batches) throws IOException {
        int runStart = batches.position();
        var walk = new BatchWalk(batches);
        while (walk.next()) {
            BatchView batch = walk.batch();
            int runBytes = batch.position() - runStart;
            if (roll.due(batch, runBytes)) {
                writeRun(batches, runStart, batch.position());
                roll.roll(batch);
                runStart = batch.position();
            }
        }
        writeRun(batches, runStart, batches.limit());
    }

    private void writeRun(ByteBuffer batches, int from, int to) throws IOException {
        if (from == to) {
            return;
        }
        log.active().write(batches.duplicate().limit(to).position(from));
        log.sizeBytes += to - from;
        var walk = new BatchWalk(batches.duplicate().limit(to).position(from));
        while (walk.next()) {
            BatchView batch = walk.batch();
            log.epochs.assign(batch.partitionLeaderEpoch(), batch.baseOffset());
            log.active().added(batch, log.settings.indexIntervalBytes());
            log.producers.appended(batch).ifPresent(log.active()::aborted);
            log.endOffset = batch.nextOffset();
        }
    }
}
