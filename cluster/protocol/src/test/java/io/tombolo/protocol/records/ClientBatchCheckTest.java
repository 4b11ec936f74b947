package io.tombolo.protocol.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.Frames;
import io.tombolo.protocol.records.ClientBatchVerdict.Accepted;
import io.tombolo.protocol.records.ClientBatchVerdict.RecordError;
import io.tombolo.protocol.records.ClientBatchVerdict.Refused;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

class ClientBatchCheckTest {

    private static final long NOW_MS = 1_700_000_000_000L;
    private static final long HOUR_MS = 3_600_000;
    private static final ClientBatchRules RULES =
            new ClientBatchRules((short) 13, 1 << 20, false, Long.MAX_VALUE, HOUR_MS, false, false);
    private static final ClientBatchRules COMPACTED =
            new ClientBatchRules((short) 13, 1 << 20, false, Long.MAX_VALUE, HOUR_MS, true, false);
    private static final ClientBatchRules INSPECTED =
            new ClientBatchRules((short) 13, 1 << 20, false, Long.MAX_VALUE, HOUR_MS, false, true);
    private static final ClientBatchRules STAMPED =
            new ClientBatchRules((short) 13, 1 << 20, true, Long.MAX_VALUE, HOUR_MS, false, false);

    private final ClientBatchCheck check = new ClientBatchCheck(1 << 20);

    @ParameterizedTest
    @EnumSource(Codec.class)
    void aSoundBatchIsAccepted(Codec codec) {
        var spec = BatchSpec.PLAIN.compressed(BatchCompression.of(codec));
        ByteBuffer bytes = Batches.random(spec, new Random(1), 9).build();
        long maxTimestampMs = BatchView.of(bytes).maxTimestampMs();

        assertThat(accepted(bytes, RULES).maxTimestampMs()).isEqualTo(maxTimestampMs);
        assertThat(accepted(Frames.direct(bytes), INSPECTED).maxTimestampMs())
                .isEqualTo(maxTimestampMs);
        assertThat(accepted(bytes, RULES).batch().bytes()).isEqualTo(bytes);
    }

    @Test
    void aCheckOfTheHeaderAllocatesLittleHoweverManyRecordsThereAre() {
        ByteBuffer bytes = Frames.direct(sound(5_000));
        assertThat(check.check(bytes, RULES, NOW_MS)).isInstanceOf(Accepted.class);

        long allocated = Frames.allocatedBy(() -> check.check(bytes, RULES, NOW_MS));

        assertThat(allocated).isLessThan(1_000);
    }

    @Test
    void nothingAndHalfABatchAreInvalid() {
        ByteBuffer bytes = sound(3);

        assertThat(error(ByteBuffer.allocate(0), RULES)).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(bytes.duplicate().limit(bytes.limit() - 1), RULES))
                .isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aWrongChecksumIsCorrupt() {
        ByteBuffer bytes = sound(3);
        bytes.put(70, (byte) (bytes.get(70) ^ 1));

        assertThat(error(bytes, RULES)).isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @Test
    void negativeAndTooSmallSizesAreCorrupt() {
        assertThat(error(sound(3).putInt(BatchView.SIZE_AT, -5), RULES))
                .isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(error(sound(3).putInt(BatchView.SIZE_AT, 20), RULES))
                .isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @Test
    void oldFormatsAreInvalidAndUnknownOnesCorrupt() {
        ByteBuffer old =
                MemoryRecords.withRecords(
                                RecordBatch.MAGIC_VALUE_V1,
                                Compression.NONE,
                                new SimpleRecord(NOW_MS, new byte[1]))
                        .buffer();

        assertThat(error(old, RULES)).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(sound(3).put(BatchView.MAGIC_AT, (byte) 3), RULES))
                .isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @Test
    void aSecondBatchIsInvalidButOneCutShortIsLeftAside() {
        ByteBuffer one = sound(3);
        ByteBuffer two = ByteBuffer.allocate(one.limit() * 2);
        two.put(one.duplicate()).put(one.duplicate()).flip();

        assertThat(error(two, RULES)).isEqualTo(Errors.INVALID_RECORD);
        assertThat(accepted(two.limit(two.limit() - 1), RULES).batch().bytes()).isEqualTo(one);
    }

    @Test
    void controlBatchesAreInvalid() {
        ByteBuffer marker = new EndTransactionMarker(true, 1).batch(0, 0, NOW_MS, 1, (short) 0);

        assertThat(error(marker, RULES)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void countsThatDoNotAgreeAreInvalid() {
        assertThat(error(resealed(it -> it.putInt(BatchView.COUNT_AT, 2)), RULES))
                .isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(resealed(it -> it.putInt(BatchView.COUNT_AT, 0)), RULES))
                .isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(resealed(it -> it.putInt(BatchView.LAST_OFFSET_DELTA_AT, 7)), RULES))
                .isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(resealed(it -> it.putInt(BatchView.LAST_OFFSET_DELTA_AT, -1)), RULES))
                .isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void moreRecordsThanTheBytesCouldHoldAreInvalid() {
        ByteBuffer bytes =
                resealed(it ->
                        it.putInt(BatchView.COUNT_AT, 1_000_000)
                                .putInt(BatchView.LAST_OFFSET_DELTA_AT, 999_999));

        assertThat(error(bytes, RULES)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aBaseOffsetOtherThanZeroIsInvalid() {
        assertThat(error(sound(3).putLong(0, 4), RULES)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void theLeaderEpochOfTheClientDoesNotMatter() {
        assertThat(check.check(sound(3).putInt(BatchView.LEADER_EPOCH_AT, 99), RULES, NOW_MS))
                .isInstanceOf(Accepted.class);
    }

    @Test
    void aProducerIdWithoutASequenceIsInvalid() {
        var spec = BatchSpec.PLAIN.from(8, (short) 0, -1, false);

        assertThat(error(Batches.random(spec, new Random(1), 2).build(), RULES))
                .isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void anUnknownCodecAndAnEarlyZstdAreUnsupported() {
        var oldRules =
                new ClientBatchRules(
                        (short) 6, 1 << 20, false, Long.MAX_VALUE, HOUR_MS, false, false);
        var zstd = BatchSpec.PLAIN.compressed(BatchCompression.of(Codec.ZSTD));

        assertThat(error(resealed(it -> it.putShort(BatchView.ATTRIBUTES_AT, (short) 6)), RULES))
                .isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(error(Batches.random(zstd, new Random(1), 2).build(), oldRules))
                .isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
    }

    @Test
    void aBatchAboveTheLimitIsTooLarge() {
        var rules =
                new ClientBatchRules((short) 13, 100, false, Long.MAX_VALUE, HOUR_MS, false, false);

        assertThat(error(sound(30), rules)).isEqualTo(Errors.MESSAGE_TOO_LARGE);
    }

    @Test
    void aCompactedTopicNamesTheRecordsWithoutAKey() {
        ByteBuffer bytes =
                new BatchBuilder(BatchSpec.PLAIN)
                        .append(NOW_MS, Batches.bytes("k"), null)
                        .append(NOW_MS, null, Batches.bytes("v"))
                        .build();

        var refused = (Refused) check.check(bytes, COMPACTED, NOW_MS);

        assertThat(refused.error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(refused.recordErrors())
                .containsExactly(
                        new RecordError(1, "Compacted topic cannot accept message without key"));
        assertThat(check.check(bytes, RULES, NOW_MS)).isInstanceOf(Accepted.class);
    }

    @Test
    void timestampsTooFarInTheFutureAreNamed() {
        ByteBuffer bytes =
                new BatchBuilder(BatchSpec.PLAIN)
                        .append(NOW_MS + HOUR_MS, null, null)
                        .append(NOW_MS + HOUR_MS + 1, null, null)
                        .append(-1, null, null)
                        .build();

        var refused = (Refused) check.check(bytes, RULES, NOW_MS);

        assertThat(refused.error()).isEqualTo(Errors.INVALID_TIMESTAMP);
        assertThat(refused.recordErrors()).extracting(RecordError::batchIndex).containsExactly(1);
        assertThat(refused.recordErrors().getFirst().message()).contains("is out of range");
        assertThat(check.check(bytes, STAMPED, NOW_MS)).isInstanceOf(Accepted.class);
    }

    @Test
    void timestampsTooFarInThePastAreNamedWhenTheTopicLimitsThem() {
        var rules =
                new ClientBatchRules((short) 13, 1 << 20, false, HOUR_MS, HOUR_MS, false, false);
        ByteBuffer bytes =
                new BatchBuilder(BatchSpec.PLAIN)
                        .append(NOW_MS - HOUR_MS, null, null)
                        .append(NOW_MS - HOUR_MS - 1, null, null)
                        .build();

        var refused = (Refused) check.check(bytes, rules, NOW_MS);

        assertThat(refused.error()).isEqualTo(Errors.INVALID_TIMESTAMP);
        assertThat(refused.recordErrors()).extracting(RecordError::batchIndex).containsExactly(1);
    }

    @Test
    void limitsThatAreAsLargeAsCanBeDoNotOverflow() {
        var rules =
                new ClientBatchRules(
                        (short) 13, 1 << 20, false, Long.MAX_VALUE, Long.MAX_VALUE, false, true);
        ByteBuffer bytes =
                new BatchBuilder(BatchSpec.PLAIN).append(Long.MAX_VALUE / 2, null, null).build();

        assertThat(check.check(bytes, rules, NOW_MS)).isInstanceOf(Accepted.class);
    }

    @Test
    void aClientMayNotStampTheTimeOfTheAppend() {
        ByteBuffer bytes = sound(3);
        BatchView.of(bytes).patchLogAppendTime(NOW_MS);

        assertThat(error(bytes, RULES)).isEqualTo(Errors.INVALID_TIMESTAMP);
    }

    @Test
    void aWrongLargestTimestampIsReportedByInspection() {
        ByteBuffer bytes = sound(3);
        BatchView.of(bytes).patchMaxTimestamp(NOW_MS + 5);

        assertThat(accepted(bytes, INSPECTED).maxTimestampMs()).isEqualTo(NOW_MS);
        assertThat(accepted(bytes, RULES).maxTimestampMs()).isEqualTo(NOW_MS + 5);
    }

    @Test
    void inspectionFindsRecordsThatAreNone() {
        ByteBuffer bytes = resealed(it -> it.put(BatchView.HEADER_BYTES, (byte) 0x7E));

        assertThat(check.check(bytes, RULES, NOW_MS)).isInstanceOf(Accepted.class);
        assertThat(error(bytes, INSPECTED)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void inspectionFindsOffsetsWithHoles() {
        ByteBuffer bytes =
                new BatchBuilder(BatchSpec.PLAIN)
                        .appendAt(1, NOW_MS, null, null, List.of())
                        .appendAt(2, NOW_MS, null, null, List.of())
                        .build();
        bytes.putInt(BatchView.LAST_OFFSET_DELTA_AT, 1);
        BatchView.of(bytes).patchMaxTimestamp(NOW_MS);

        assertThat(error(bytes, INSPECTED)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aBombIsTooLargeForInspection() {
        var spec = BatchSpec.PLAIN.compressed(BatchCompression.of(Codec.GZIP));
        ByteBuffer bytes =
                new BatchBuilder(spec).append(NOW_MS, null, ByteBuffer.allocate(2 << 20)).build();

        assertThat(error(bytes, INSPECTED)).isEqualTo(Errors.MESSAGE_TOO_LARGE);
    }

    @Test
    void theListOfFaultyRecordsIsBounded() {
        var builder = new BatchBuilder(BatchSpec.PLAIN);
        for (int index = 0; index < ClientBatchCheck.RECORD_ERRORS_MAX + 5; index++) {
            builder.append(NOW_MS, null, null);
        }

        var refused = (Refused) check.check(builder.build(), COMPACTED, NOW_MS);

        assertThat(refused.recordErrors()).hasSize(ClientBatchCheck.RECORD_ERRORS_MAX);
    }

    private Accepted accepted(ByteBuffer bytes, ClientBatchRules rules) {
        ClientBatchVerdict verdict = check.check(bytes, rules, NOW_MS);
        assertThat(verdict).isInstanceOf(Accepted.class);
        return (Accepted) verdict;
    }

    private Errors error(ByteBuffer bytes, ClientBatchRules rules) {
        ClientBatchVerdict verdict = check.check(bytes, rules, NOW_MS);
        assertThat(verdict).isInstanceOf(Refused.class);
        return ((Refused) verdict).error();
    }

    private static ByteBuffer sound(int count) {
        var builder = new BatchBuilder(BatchSpec.PLAIN);
        for (int index = 0; index < count; index++) {
            builder.append(NOW_MS, null, Batches.bytes("value"));
        }
        return builder.build();
    }

    private static ByteBuffer resealed(Consumer<ByteBuffer> change) {
        ByteBuffer bytes = sound(3);
        change.accept(bytes);
        BatchView.of(bytes).patchMaxTimestamp(NOW_MS);
        return bytes;
    }
}
