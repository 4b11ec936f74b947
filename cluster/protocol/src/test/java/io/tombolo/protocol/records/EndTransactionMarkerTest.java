package io.tombolo.protocol.records;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.Random;

class EndTransactionMarkerTest {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMarkerIsByteForByteTheOneThatKafkaWrites(boolean commit) {
        var type = commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        ByteBuffer theirs =
                MemoryRecords.withEndTransactionMarker(
                                90L,
                                1234L,
                                5,
                                77L,
                                (short) 3,
                                new org.apache.kafka.common.record.internal.EndTransactionMarker(
                                        type, 41))
                        .buffer();

        ByteBuffer ours = new EndTransactionMarker(commit, 41).batch(90, 5, 1234, 77, (short) 3);

        assertThat(ours).isEqualTo(theirs);
        assertThat(EndTransactionMarker.read(BatchView.of(theirs)))
                .contains(new EndTransactionMarker(commit, 41));
    }

    @Test
    void otherBatchesHoldNoMarker() {
        ByteBuffer plain = Batches.random(BatchSpec.PLAIN, new Random(1), 1).build();
        ByteBuffer leaderChange =
                new BatchBuilder(
                                new BatchSpec(
                                        0,
                                        1,
                                        BatchCompression.NONE,
                                        -1,
                                        (short) -1,
                                        -1,
                                        true,
                                        true,
                                        false))
                        .append(
                                1,
                                ByteBuffer.wrap(new byte[] {0, 0, 0, 2}),
                                Batches.bytes("whatever"))
                        .build();

        assertThat(EndTransactionMarker.read(BatchView.of(plain))).isEmpty();
        assertThat(EndTransactionMarker.read(BatchView.of(leaderChange))).isEmpty();
    }
}
