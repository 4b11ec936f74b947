package io.tombolo.protocol.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.Frames;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.util.Random;

class BatchViewTest {

    @Test
    void everyHeaderFieldIsTheOneThatKafkaReads() {
        ByteBuffer bytes =
                MemoryRecords.withTransactionalRecords(
                                500L,
                                Compression.NONE,
                                91L,
                                (short) 6,
                                70,
                                12,
                                new SimpleRecord(40, new byte[3]),
                                new SimpleRecord(60, new byte[9]))
                        .buffer();
        MutableRecordBatch theirs = kafka(bytes);

        BatchView batch = BatchView.of(bytes);

        assertThat(batch.verdict()).isEqualTo(BatchVerdict.VALID);
        assertThat(batch.baseOffset()).isEqualTo(theirs.baseOffset()).isEqualTo(500);
        assertThat(batch.lastOffset()).isEqualTo(theirs.lastOffset());
        assertThat(batch.nextOffset()).isEqualTo(theirs.nextOffset());
        assertThat(batch.lengthBytes()).isEqualTo(theirs.sizeInBytes());
        assertThat(batch.partitionLeaderEpoch()).isEqualTo(theirs.partitionLeaderEpoch());
        assertThat(Integer.toUnsignedLong(batch.crc())).isEqualTo(theirs.checksum());
        assertThat(batch.producerId()).isEqualTo(91);
        assertThat(batch.producerEpoch()).isEqualTo((short) 6);
        assertThat(batch.baseSequence()).isEqualTo(70);
        assertThat(batch.lastSequence()).isEqualTo(theirs.lastSequence());
        assertThat(batch.maxTimestampMs()).isEqualTo(theirs.maxTimestamp()).isEqualTo(60);
        assertThat(batch.baseTimestampMs()).isEqualTo(40);
        assertThat(batch.recordCount()).isEqualTo(theirs.countOrNull());
        assertThat(batch.transactional()).isTrue();
        assertThat(batch.control()).isFalse();
        assertThat(batch.logAppendTime()).isFalse();
    }

    @Test
    void theSequenceWrapsInsideABatch() {
        var spec = BatchSpec.PLAIN.from(1, (short) 0, Integer.MAX_VALUE - 1, false);
        ByteBuffer bytes = Batches.random(spec, new Random(1), 4).build();

        assertThat(BatchView.of(bytes).lastSequence()).isEqualTo(1);
        assertThat(kafka(bytes).lastSequence()).isEqualTo(1);
    }

    @Test
    void anyFlippedBitBehindTheChecksumIsNoticed() {
        ByteBuffer bytes = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();
        for (int at = BatchView.CRC_AT; at < bytes.limit(); at++) {
            ByteBuffer flipped = ByteBuffer.wrap(copy(bytes));
            flipped.put(at, (byte) (flipped.get(at) ^ 0x10));

            assertThat(BatchView.of(flipped).verdict()).isEqualTo(BatchVerdict.BAD_CRC);
            assertThat(BatchView.of(Frames.direct(flipped)).crcValid()).isFalse();
        }
    }

    @Test
    void theChecksumIsTheSameInDirectAndReadOnlyMemory() {
        ByteBuffer bytes = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();

        assertThat(BatchView.of(Frames.direct(bytes)).crcValid()).isTrue();
        assertThat(BatchView.of(bytes.asReadOnlyBuffer()).crcValid()).isTrue();
    }

    @Test
    void offsetsAndEpochChangeInPlaceAndTheChecksumStays() {
        ByteBuffer bytes = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();
        BatchView batch = BatchView.of(bytes);
        int crc = batch.crc();

        batch.patchOffsets(1L << 40, 77);

        assertThat(batch.crc()).isEqualTo(crc);
        assertThat(batch.verdict()).isEqualTo(BatchVerdict.VALID);
        MutableRecordBatch theirs = kafka(bytes);
        theirs.ensureValid();
        assertThat(theirs.baseOffset()).isEqualTo(1L << 40);
        assertThat(theirs.partitionLeaderEpoch()).isEqualTo(77);
    }

    @Test
    void stampingTheTimeOfTheAppendIsWhatKafkaDoes() {
        ByteBuffer ours = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();
        ByteBuffer theirs = ByteBuffer.wrap(copy(ours));

        BatchView.of(ours).patchLogAppendTime(123_456);

        kafka(theirs).setMaxTimestamp(TimestampType.LOG_APPEND_TIME, 123_456);
        assertThat(ours).isEqualTo(theirs);
    }

    @Test
    void changingTheLargestTimestampIsWhatKafkaDoes() {
        ByteBuffer ours = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();
        ByteBuffer theirs = ByteBuffer.wrap(copy(ours));

        BatchView.of(ours).patchMaxTimestamp(99);

        kafka(theirs).setMaxTimestamp(TimestampType.CREATE_TIME, 99);
        assertThat(ours).isEqualTo(theirs);
    }

    @Test
    void aBatchCutShortAnywhereIsIncomplete() {
        ByteBuffer bytes = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();
        for (int length = 0; length < bytes.limit(); length++) {
            var batch = new BatchView().at(bytes.duplicate().limit(length), 0);

            assertThat(batch.verdict()).isEqualTo(BatchVerdict.INCOMPLETE);
        }
    }

    @Test
    void sizesThatCannotBeAreRefused() {
        assertThat(withInt(BatchView.SIZE_AT, -1)).isEqualTo(BatchVerdict.BAD_SIZE);
        assertThat(withInt(BatchView.SIZE_AT, 48)).isEqualTo(BatchVerdict.BAD_SIZE);
        assertThat(withInt(BatchView.SIZE_AT, Integer.MAX_VALUE)).isEqualTo(BatchVerdict.BAD_SIZE);
        assertThat(withInt(BatchView.SIZE_AT, Integer.MAX_VALUE - 12))
                .isEqualTo(BatchVerdict.INCOMPLETE);
    }

    @Test
    void magicBelowTwoIsRecognisedAndRefused() {
        ByteBuffer old =
                MemoryRecords.withRecords(
                                RecordBatch.MAGIC_VALUE_V1,
                                Compression.NONE,
                                new SimpleRecord(1, new byte[1]))
                        .buffer();

        assertThat(BatchView.of(old).verdict()).isEqualTo(BatchVerdict.OLD_MAGIC);
        assertThat(withByte(BatchView.MAGIC_AT, 0)).isEqualTo(BatchVerdict.OLD_MAGIC);
        assertThat(withByte(BatchView.MAGIC_AT, 3)).isEqualTo(BatchVerdict.UNKNOWN_MAGIC);
        assertThat(withByte(BatchView.MAGIC_AT, -1)).isEqualTo(BatchVerdict.UNKNOWN_MAGIC);
    }

    @Test
    void offsetsAndCountsThatCannotBeAreRefused() {
        assertThat(resealedWithInt(BatchView.LAST_OFFSET_DELTA_AT, -1))
                .isEqualTo(BatchVerdict.BAD_OFFSETS);
        assertThat(resealedWithInt(BatchView.COUNT_AT, -1)).isEqualTo(BatchVerdict.BAD_OFFSETS);
        assertThat(resealedWithInt(BatchView.COUNT_AT, 4)).isEqualTo(BatchVerdict.BAD_OFFSETS);
        assertThat(withByte(0, 0x80)).isEqualTo(BatchVerdict.BAD_OFFSETS);
        assertThat(withByte(0, 0x7F)).isEqualTo(BatchVerdict.VALID);
        ByteBuffer atTheEnd = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();
        assertThat(BatchView.of(atTheEnd.putLong(0, Long.MAX_VALUE - 1)).verdict())
                .isEqualTo(BatchVerdict.BAD_OFFSETS);
        // fewer records than offsets is what compaction leaves
        assertThat(resealedWithInt(BatchView.COUNT_AT, 2)).isEqualTo(BatchVerdict.VALID);
    }

    @Test
    void anUnknownCodecIsRefused() {
        ByteBuffer bytes = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();
        bytes.putShort(BatchView.ATTRIBUTES_AT, (short) 5);
        BatchView batch = BatchView.of(bytes);
        batch.patchMaxTimestamp(batch.maxTimestampMs());

        assertThat(batch.verdict()).isEqualTo(BatchVerdict.UNKNOWN_CODEC);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void theWalkVisitsEveryBatchOnce(Codec codec) {
        var all = ByteBuffer.allocate(1 << 20);
        for (int index = 0; index < 50; index++) {
            var spec = BatchSpec.PLAIN.at(index * 10L, 3).compressed(BatchCompression.of(codec));
            all.put(Batches.random(spec, new Random(index), 10).build());
        }
        all.flip();
        var walk = new BatchWalk(all);
        long expected = 0;
        while (walk.next()) {
            assertThat(walk.batch().baseOffset()).isEqualTo(expected);
            assertThat(walk.batch().codec()).isEqualTo(codec);
            expected += 10;
        }
        assertThat(expected).isEqualTo(500);
        assertThat(walk.verdict()).isEqualTo(BatchVerdict.VALID);
        assertThat(walk.position()).isEqualTo(all.limit());
    }

    @Test
    void theWalkStopsAtABatchThatIsCutShort() {
        ByteBuffer one = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();
        var both = ByteBuffer.allocate(one.limit() * 2).put(one.duplicate()).put(one.duplicate());
        both.flip().limit(both.limit() - 1);
        var walk = new BatchWalk(both);

        assertThat(walk.next()).isTrue();
        assertThat(walk.next()).isFalse();
        assertThat(walk.next()).isFalse();

        assertThat(walk.verdict()).isEqualTo(BatchVerdict.INCOMPLETE);
        assertThat(walk.position()).isEqualTo(one.limit());
    }

    @Test
    void aWalkOverBatchesAllocatesNothingPerBatch() {
        ByteBuffer one = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();
        var all = ByteBuffer.allocateDirect(one.limit() * 1000);
        while (all.hasRemaining()) {
            all.put(one.duplicate());
        }
        all.flip();
        assertThat(sumOfSizes(all)).isEqualTo(all.limit());

        long allocated = Frames.allocatedBy(() -> sumOfSizes(all));

        assertThat(allocated).isLessThan(1000);
    }

    private static long sumOfSizes(ByteBuffer all) {
        long sum = 0;
        var walk = new BatchWalk(all);
        while (walk.next()) {
            sum += walk.batch().lengthBytes();
        }
        return sum;
    }

    private static BatchVerdict withInt(int at, int value) {
        ByteBuffer bytes = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();
        return BatchView.of(bytes.putInt(at, value)).verdict();
    }

    private static BatchVerdict withByte(int at, int value) {
        ByteBuffer bytes = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();
        return BatchView.of(bytes.put(at, (byte) value)).verdict();
    }

    private static BatchVerdict resealedWithInt(int at, int value) {
        ByteBuffer bytes = Batches.random(BatchSpec.PLAIN, new Random(1), 3).build();
        BatchView batch = BatchView.of(bytes.putInt(at, value));
        batch.patchMaxTimestamp(batch.maxTimestampMs());
        return batch.verdict();
    }

    private static MutableRecordBatch kafka(ByteBuffer bytes) {
        return MemoryRecords.readableRecords(bytes).batches().iterator().next();
    }

    private static byte[] copy(ByteBuffer bytes) {
        var copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return copy;
    }
}
