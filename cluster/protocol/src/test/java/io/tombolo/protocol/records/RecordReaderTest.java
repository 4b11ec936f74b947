package io.tombolo.protocol.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.Frames;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class RecordReaderTest {

    private static final int INFLATED_MAX = 1 << 20;

    private final RecordReader reader = new RecordReader(INFLATED_MAX);

    @ParameterizedTest
    @EnumSource(Codec.class)
    void whatWeBuildKafkaReadsTheSame(Codec codec) {
        var spec = BatchSpec.PLAIN.at(1_000, 9).compressed(BatchCompression.of(codec));
        for (int seed = 0; seed < 20; seed++) {
            ByteBuffer bytes = Batches.random(spec, new Random(seed), 1 + seed * 3).build();

            var theirs = MemoryRecords.readableRecords(bytes);

            var batch = theirs.batches().iterator().next();
            batch.ensureValid();
            assertThat(batch.compressionType().id).isEqualTo((byte) codec.id());
            assertThat(ours(bytes)).isEqualTo(kafkas(theirs));
        }
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void whatKafkaBuildsWeReadTheSame(Codec codec) {
        ByteBuffer bytes = Batches.kafkaBatch(BatchCompression.of(codec), 100, 50);

        assertThat(BatchView.of(bytes).verdict()).isEqualTo(BatchVerdict.VALID);
        assertThat(ours(bytes)).isEqualTo(kafkas(MemoryRecords.readableRecords(bytes)));
        assertThat(ours(Frames.direct(bytes))).isEqualTo(ours(bytes));
    }

    @Test
    void withoutCompressionWeBuildTheSameBytesAsKafka() {
        ByteBuffer theirs =
                MemoryRecords.withIdempotentRecords(
                                70L,
                                Compression.NONE,
                                4L,
                                (short) 2,
                                8,
                                6,
                                new SimpleRecord(5, "a".getBytes(), "b".getBytes()),
                                new SimpleRecord(3, null, "c".getBytes()))
                        .buffer();

        ByteBuffer ours =
                new BatchBuilder(BatchSpec.PLAIN.at(70, 6).from(4, (short) 2, 8, false))
                        .append(5, Batches.bytes("a"), Batches.bytes("b"))
                        .append(3, null, Batches.bytes("c"))
                        .build();

        assertThat(ours).isEqualTo(theirs);
    }

    @Test
    void recordsOfABatchStampedByTheLogAllHaveItsTimestamp() {
        ByteBuffer bytes = Batches.kafkaBatch(BatchCompression.NONE, 3, 1);
        BatchView batch = BatchView.of(bytes);
        batch.patchLogAppendTime(77);

        reader.open(batch);
        while (reader.next()) {
            assertThat(reader.timestampMs()).isEqualTo(77);
        }

        assertThat(ours(bytes)).isEqualTo(kafkas(MemoryRecords.readableRecords(bytes)));
    }

    @Test
    void aBatchThatLostRecordsKeepsItsOffsets() {
        ByteBuffer original = Batches.kafkaBatch(BatchCompression.of(Codec.LZ4), 10, 5);
        BatchView batch = BatchView.of(original);
        batch.patchOffsets(200, 4);
        var compacted = new BatchBuilder(BatchSpec.of(batch)).deleteHorizon(555);
        reader.open(batch);
        while (reader.next()) {
            if (reader.offset() % 4 == 0) {
                compacted.copy(reader);
            }
        }

        ByteBuffer bytes = compacted.keepRangeOf(batch).build();

        BatchView after = BatchView.of(bytes);
        assertThat(after.verdict()).isEqualTo(BatchVerdict.VALID);
        assertThat(after.baseOffset()).isEqualTo(200);
        assertThat(after.lastOffset()).isEqualTo(209);
        assertThat(after.recordCount()).isEqualTo(3);
        assertThat(after.partitionLeaderEpoch()).isEqualTo(4);
        var theirs = MemoryRecords.readableRecords(bytes);
        assertThat(theirs.batches().iterator().next().deleteHorizonMs()).hasValue(555);
        assertThat(ours(bytes)).isEqualTo(kafkas(theirs)).hasSize(3);
        assertThat(ours(bytes).getFirst()).startsWith("200 1000 k0");
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void aBatchIsReadAgainWithoutBeingOpenedAgain(Codec codec) {
        reader.open(BatchView.of(Batches.kafkaBatch(BatchCompression.of(codec), 10, 5)));
        for (int round = 0; round < 2; round++) {
            int count = 0;
            while (reader.next()) {
                assertThat(reader.index()).isEqualTo(count);
                count++;
            }
            assertThat(reader.refusal()).isNull();
            assertThat(count).isEqualTo(10);
            reader.rewind();
        }
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void aBatchThatLostAllRecordsIsEmptyAndValid(Codec codec) {
        BatchView batch = BatchView.of(Batches.kafkaBatch(BatchCompression.of(codec), 10, 5));

        ByteBuffer bytes = new BatchBuilder(BatchSpec.of(batch)).keepRangeOf(batch).build();

        BatchView after = BatchView.of(bytes);
        assertThat(after.verdict()).isEqualTo(BatchVerdict.VALID);
        assertThat(after.lastOffset()).isEqualTo(9);
        assertThat(after.maxTimestampMs()).isEqualTo(batch.maxTimestampMs());
        assertThat(ours(bytes)).isEmpty();
    }

    @Test
    void movingFromRecordToRecordAllocatesNothing() {
        BatchView batch =
                BatchView.of(Frames.direct(Batches.kafkaBatch(BatchCompression.NONE, 5_000, 20)));
        assertThat(sumOfTimestamps(batch)).isPositive();

        long allocated = Frames.allocatedBy(() -> sumOfTimestamps(batch));

        assertThat(allocated).isLessThan(1000);
    }

    @Test
    void anyFlippedBitInsideRecordsEndsInRecordsOrARefusal() {
        var random = new Random(5);
        for (Codec codec : Codec.values()) {
            for (int round = 0; round < 1_000; round++) {
                ByteBuffer bytes = Batches.kafkaBatch(BatchCompression.of(codec), 5, 30);
                int at = 61 + random.nextInt(bytes.limit() - 61);
                bytes.put(at, (byte) (bytes.get(at) ^ 1 << random.nextInt(8)));
                reader.open(BatchView.of(bytes));
                while (reader.next()) {
                    reader.headers();
                }
                assertThat(reader.index()).isLessThan(5);
            }
        }
    }

    @Test
    void aCountThatDiffersFromTheRecordsIsMalformed() {
        for (int count : List.of(0, 2, 4)) {
            ByteBuffer bytes = Batches.kafkaBatch(BatchCompression.NONE, 3, 1);
            bytes.putInt(BatchView.COUNT_AT, count);
            reader.open(BatchView.of(bytes));
            while (reader.next()) {
                assertThat(reader.index()).isLessThan(3);
            }
            assertThat(reader.refusal()).isEqualTo(RecordRefusal.MALFORMED);
        }
    }

    @Test
    void headersAreReadInTheirOrder() {
        var headers =
                List.of(
                        new RecordHeader("a", Batches.bytes("1")),
                        new RecordHeader("ü", null),
                        new RecordHeader("a", Batches.bytes("")));
        ByteBuffer bytes = new BatchBuilder(BatchSpec.PLAIN).append(1, null, null, headers).build();

        reader.open(BatchView.of(bytes)).next();

        assertThat(reader.headerCount()).isEqualTo(3);
        assertThat(reader.headers()).isEqualTo(headers);
        assertThat(reader.key()).isNull();
        assertThat(reader.hasValue()).isFalse();
    }

    private long sumOfTimestamps(BatchView batch) {
        long sum = 0;
        reader.open(batch);
        while (reader.next()) {
            sum += reader.timestampMs() + reader.offset() + (reader.hasKey() ? 1 : 0);
        }
        return sum;
    }

    private List<String> ours(ByteBuffer bytes) {
        var records = new ArrayList<String>();
        var walk = new BatchWalk(bytes);
        while (walk.next()) {
            reader.open(walk.batch());
            while (reader.next()) {
                var line = new StringBuilder();
                line.append(reader.offset()).append(' ').append(reader.timestampMs());
                line.append(' ').append(Batches.text(reader.key()));
                line.append(' ').append(Batches.text(reader.value()));
                for (RecordHeader header : reader.headers()) {
                    line.append(' ').append(header.key());
                    line.append('=').append(Batches.text(header.value()));
                }
                records.add(line.toString());
            }
            assertThat(reader.refusal()).isNull();
        }
        return records;
    }

    private static List<String> kafkas(MemoryRecords all) {
        var records = new ArrayList<String>();
        for (Record record : all.records()) {
            var line = new StringBuilder();
            line.append(record.offset()).append(' ').append(record.timestamp());
            line.append(' ').append(Batches.text(record.key()));
            line.append(' ').append(Batches.text(record.value()));
            for (Header header : record.headers()) {
                byte[] value = header.value();
                line.append(' ').append(header.key()).append('=');
                line.append(value == null ? null : Batches.text(ByteBuffer.wrap(value)));
            }
            records.add(line.toString());
        }
        return records;
    }
}
