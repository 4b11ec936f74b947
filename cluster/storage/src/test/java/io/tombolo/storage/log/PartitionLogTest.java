package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.records.BatchVerdict;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.BatchWalk;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What is appended to a log, read from it and removed. */
class PartitionLogTest extends OpenLog {

    @Test
    void appendAssignsOffsetsAndLeaderEpochs() {
        var first = append(Batches.plain(3, 100, "a"), 4);
        var second = append(Batches.plain(2, 90, "b"), 5);

        assertThat(first).isEqualTo(new AppendResult.Appended(0, 2, -1, 100));
        assertThat(second).isEqualTo(new AppendResult.Appended(3, 4, -1, 90));
        assertThat(log.endOffset()).isEqualTo(5);
        assertThat(log.latestEpoch()).hasValue(5);
        assertThat(log.epochAt(2)).hasValue(4);
        assertThat(log.endOffsetForEpoch(4)).contains(new EpochEnd(4, 3));
        assertThat(log.endOffsetForEpoch(5)).contains(new EpochEnd(5, 5));
        assertThat(log.endOffsetForEpoch(6)).isEmpty();
        assertThat(log.endOffsetForEpoch(2)).contains(new EpochEnd(2, 0));
    }

    @Test
    void logAppendTimeReplacesTheProducersTimestamps() {
        log.changeSettings(stamped());
        world.nowMs = 5000;

        var result = append(Batches.plain(2, 77, "a"), 0);

        assertThat(result).isEqualTo(new AppendResult.Appended(0, 1, 5000, 5000));
        BatchView batch = BatchView.of(readAll(0));
        assertThat(batch.crcValid()).isTrue();
        assertThat(batch.logAppendTime()).isTrue();
    }

    private static LogSettings stamped() {
        LogSettings s = LogSettings.STANDARD;
        return new LogSettings(
                s.segmentBytesMax(),
                s.segmentAgeMax(),
                s.segmentJitterMax(),
                s.indexBytesMax(),
                s.indexIntervalBytes(),
                s.messageBytesMax(),
                LogSettings.Timestamps.LOG_APPEND_TIME,
                s.retentionAgeMax(),
                s.retentionBytesMax(),
                s.compaction(),
                s.deletable(),
                s.flush(),
                s.fileDeleteDelay(),
                s.producerIdExpiration());
    }

    @Test
    void aBatchWithAFlippedBitIsRefusedWhoeverBringsIt() {
        var corrupt = new AppendResult.Corrupt(BatchVerdict.BAD_CRC);
        ByteBuffer flipped = Batches.plain(1, 1, "abc");
        flipped.put(70, (byte) (flipped.get(70) ^ 1));

        for (AppendOrigin origin : AppendOrigin.values()) {
            assertThat(log.append(flipped.duplicate(), 0, origin)).isEqualTo(corrupt);
        }
        assertThat(log.appendAsFollower(flipped.duplicate(), 0)).isEqualTo(corrupt);
        assertThat(log.endOffset()).isZero();
    }

    @Test
    void refusesWhatIsNoSoundBatch() {
        ByteBuffer flipped = Batches.plain(1, 1, "abc");
        flipped.put(70, (byte) (flipped.get(70) ^ 1));
        ByteBuffer cut = Batches.plain(1, 1, "abc");
        cut.limit(cut.limit() - 1);

        assertThat(append(flipped, 0)).isEqualTo(new AppendResult.Corrupt(BatchVerdict.BAD_CRC));
        assertThat(append(cut, 0)).isEqualTo(new AppendResult.Corrupt(BatchVerdict.INCOMPLETE));
        assertThat(append(ByteBuffer.allocate(0), 0))
                .isInstanceOf(AppendResult.InvalidRecord.class);
        assertThat(append(Batches.marker(true, 1, 0, 1), 0))
                .isInstanceOf(AppendResult.InvalidRecord.class);
        assertThat(append(Batches.together(Batches.plain(1, 1, "a"), Batches.plain(1, 1, "b")), 0))
                .isInstanceOf(AppendResult.InvalidRecord.class);
        assertThat(append(Batches.plain(1, 1, "x".repeat(1_048_600)), 0))
                .isInstanceOf(AppendResult.TooLarge.class);
        assertThat(log.endOffset()).isZero();
    }

    @Test
    void readsReturnWholeBatchesWithinTheirBounds() {
        for (int index = 0; index < 10; index++) {
            append(Batches.plain(2, index, "value"), 0);
        }
        int batchBytes = Batches.plain(2, 0, "value").remaining();

        var one = read(5, 1, 20, Isolation.READ_UNCOMMITTED);
        assertThat(one.firstOffset()).isEqualTo(4);
        assertThat(one.nextOffset()).isEqualTo(6);
        assertThat(one.bytes()).isEqualTo(batchBytes);
        var two = read(4, 2 * batchBytes + 1, 20, Isolation.READ_UNCOMMITTED);
        assertThat(two.nextOffset()).isEqualTo(8);
        var bounded = read(4, 100_000, 9, Isolation.READ_UNCOMMITTED);
        assertThat(bounded.nextOffset()).isEqualTo(8);
        assertThat(read(20, 100, 20, Isolation.READ_UNCOMMITTED).bytes()).isZero();
        assertThat(read(3, 0, 20, Isolation.READ_UNCOMMITTED).bytes()).isZero();
        assertThat(log.read(21, 1, 21, Isolation.READ_UNCOMMITTED))
                .isEqualTo(new ReadResult.OutOfRange(0, 20));
    }

    @Test
    void mirroredBatchesKeepOffsetsAndEpochsAndMayLeaveGapsOnlyWhenFetchedFromTheEnd() {
        assertThat(follow(Batches.at(Batches.plain(2, 1, "a"), 0, 3), 0))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(follow(Batches.at(Batches.plain(2, 1, "a"), 7, 3), 5))
                .isEqualTo(new AppendResult.NotContiguous(2, 7));
        assertThat(follow(Batches.at(Batches.plain(2, 1, "a"), 7, 3), 2))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(follow(Batches.at(Batches.plain(2, 1, "a"), 8, 3), 9))
                .isEqualTo(new AppendResult.NotContiguous(9, 8));
        assertThat(follow(Batches.at(Batches.plain(2, 1, "a"), 9, 2), 9))
                .isEqualTo(new AppendResult.StaleEpoch(3, 2));
        assertThat(log.endOffset()).isEqualTo(9);
        assertThat(read(3, 1000, 9, Isolation.READ_UNCOMMITTED).firstOffset()).isEqualTo(7);
    }

    @Test
    void timestampsAreFoundAtTheFirstRecordThatIsNotOlder() throws Exception {
        world.settings = LogSettings.STANDARD.withSegmentBytesMax(400);
        log.changeSettings(world.settings);
        long[] timestamps = {100, 300, 200, 500, 400, 500};
        for (long timestamp : timestamps) {
            append(Batches.plain(2, timestamp, "0123456789".repeat(5)), 2);
        }

        assertThat(log.firstAtOrAfter(250, 12).call())
                .isEqualTo(new TimestampLookup.Found(2, 300, 2));
        assertThat(log.firstAtOrAfter(301, 12).call())
                .isEqualTo(new TimestampLookup.Found(6, 500, 2));
        assertThat(log.firstAtOrAfter(501, 12).call()).isEqualTo(new TimestampLookup.None());
        assertThat(log.firstAtOrAfter(301, 6).call()).isEqualTo(new TimestampLookup.None());
        assertThat(log.latestTimestamp().call()).isEqualTo(new TimestampLookup.Found(6, 500, 2));
        log.deleteRecordsBefore(7, 12);
        assertThat(log.firstAtOrAfter(0, 12).call())
                .isEqualTo(new TimestampLookup.Found(7, 500, 2));
    }

    @Test
    void timestampsAreFoundInBatchesOfAnySize() throws Exception {
        append(Batches.plain(1, 100, "small"), 0);
        append(Batches.plain(7, 200, "x".repeat(50_000)), 0);

        assertThat(log.firstAtOrAfter(150, 8).call())
                .isEqualTo(new TimestampLookup.Found(1, 200, 0));
        assertThat(log.latestTimestamp().call()).isEqualTo(new TimestampLookup.Found(1, 200, 0));
    }

    @Test
    void truncationRemovesTheBatchThatHoldsTheOffsetAndRewindsProducers() {
        append(Batches.idempotent(9, 0, 0, 3, 1), 1);
        append(Batches.idempotent(9, 0, 3, 3, 1), 2);

        var result = log.truncateTo(4);

        assertThat(result).isEqualTo(new ChangeResult.Changed(0, 3));
        assertThat(log.latestEpoch()).hasValue(1);
        assertThat(append(Batches.idempotent(9, 0, 3, 1, 1), 2))
                .isEqualTo(new AppendResult.Appended(3, 3, -1, 1));
        assertThat(log.truncateTo(50)).isEqualTo(new ChangeResult.Changed(0, 4));
    }

    @Test
    void aLogCanGoOnAnywhere() {
        append(Batches.idempotent(9, 0, 0, 3, 1), 1);

        assertThat(log.truncateFullyAndStartAt(1000))
                .isEqualTo(new ChangeResult.Changed(1000, 1000));

        assertThat(append(Batches.plain(1, 1, "a"), 1))
                .isEqualTo(new AppendResult.Appended(1000, 1000, -1, 1));
        assertThat(log.producers()).isEmpty();
        assertThat(log.truncateFullyAndStartAt(10)).isEqualTo(new ChangeResult.Changed(10, 10));
        world.drain();
        assertThat(log.failure()).isEmpty();
    }

    @Test
    void deletedRecordsAreGoneAndWholeSegmentsWithThem() {
        log.changeSettings(LogSettings.STANDARD.withSegmentBytesMax(300));
        for (int index = 0; index < 10; index++) {
            append(Batches.plain(1, 1, "0123456789".repeat(10)), 0);
        }
        long before = log.sizeBytes();

        assertThat(log.deleteRecordsBefore(8, 7)).isEqualTo(new ChangeResult.OutOfRange(0, 10));
        assertThat(log.deleteRecordsBefore(7, 10)).isEqualTo(new ChangeResult.Changed(7, 10));

        world.drain();
        assertThat(log.sizeBytes()).isLessThan(before);
        assertThat(log.read(6, 1, 10, Isolation.READ_UNCOMMITTED))
                .isEqualTo(new ReadResult.OutOfRange(7, 10));
        assertThat(read(7, 1, 10, Isolation.READ_UNCOMMITTED).firstOffset()).isEqualTo(7);
        world.pass(61_000);
        assertThat(log.failure()).isEmpty();
    }

    @Test
    void retentionBySizeAndAgeNeverPassesTheHighWatermark() {
        LogSettings small = LogSettings.STANDARD.withSegmentBytesMax(300);
        log.changeSettings(retaining(small, Optional.of(Duration.ofSeconds(10)), Optional.empty()));
        for (int index = 0; index < 10; index++) {
            append(Batches.plain(1, world.nowMs, "0123456789".repeat(10)), 0);
        }
        world.nowMs += 11_000;

        log.applyRetention(5);
        assertThat(log.startOffset()).isEqualTo(5);
        log.applyRetention(10);
        assertThat(log.startOffset()).isEqualTo(10);
        assertThat(log.sizeBytes()).isZero();

        log.changeSettings(retaining(small, Optional.empty(), Optional.of(400L)));
        for (int index = 0; index < 10; index++) {
            append(Batches.plain(1, world.nowMs, "0123456789".repeat(10)), 0);
        }
        log.applyRetention(20);
        assertThat(log.sizeBytes()).isBetween(400L, 600L);
        world.drain();
        assertThat(log.failure()).isEmpty();
    }

    private static LogSettings retaining(
            LogSettings s, Optional<Duration> age, Optional<Long> bytes) {
        return new LogSettings(
                s.segmentBytesMax(),
                s.segmentAgeMax(),
                s.segmentJitterMax(),
                s.indexBytesMax(),
                s.indexIntervalBytes(),
                s.messageBytesMax(),
                s.timestamps(),
                age,
                bytes,
                s.compaction(),
                s.deletable(),
                s.flush(),
                s.fileDeleteDelay(),
                s.producerIdExpiration());
    }

    @Test
    void indexesAndSegmentsAgreeWhateverTheirSize() {
        log.changeSettings(
                new LogSettings(
                        5000,
                        Duration.ofDays(7),
                        Duration.ofSeconds(5),
                        80,
                        200,
                        100_000,
                        LogSettings.Timestamps.CREATE_TIME,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        true,
                        LogSettings.Flush.BY_THE_OPERATING_SYSTEM,
                        Duration.ZERO,
                        Duration.ofDays(1)));
        for (int index = 0; index < 300; index++) {
            append(Batches.plain(1 + index % 3, index, "v".repeat(index % 50)), 0);
        }
        world.drain();

        assertThat(Batches.all(log, 0)).hasSize(300);
        for (long offset = 0; offset < log.endOffset(); offset++) {
            var slice = read(offset, 1, log.endOffset(), Isolation.READ_UNCOMMITTED);
            assertThat(slice.firstOffset()).isLessThanOrEqualTo(offset);
            assertThat(slice.nextOffset()).isGreaterThan(offset);
        }
    }

    @Test
    void segmentsCloseByAge() throws Exception {
        append(Batches.plain(1, 1000, "a"), 0);
        append(Batches.plain(1, 1000 + Duration.ofDays(8).toMillis(), "a"), 0);
        world.drain();

        List<String> files =
                world.disk.list(LogWorld.DIRECTORY.resolve("orders-0")).stream()
                        .filter(name -> name.endsWith(".log"))
                        .toList();
        assertThat(files).containsExactly("00000000000000000000.log", "00000000000000000001.log");
    }

    private AppendResult follow(ByteBuffer batches, long fetchOffset) {
        return log.appendAsFollower(batches, fetchOffset);
    }

    @Test
    void everyBatchReadBackIsSound() {
        for (int index = 0; index < 20; index++) {
            append(Batches.plain(3, index, "abc"), index / 7);
        }
        var walk = new BatchWalk(readAll(0));
        int count = 0;
        while (walk.next()) {
            assertThat(walk.batch().verdict()).isEqualTo(BatchVerdict.VALID);
            count++;
        }
        assertThat(count).isEqualTo(20);
    }
}
