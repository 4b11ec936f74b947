package io.tombolo.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.runtime.LogRecord;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.transaction.Transaction.Lineage;
import io.tombolo.coordinator.transaction.Transaction.Terms;
import io.tombolo.coordinator.transaction.TransactionRecords.Content;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogKey;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogValue;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogValue.PartitionsSchema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.List;

/** Apache Kafka's own classes are the judge of what we write and the source of what we read. */
class TransactionRecordsTest {

    private static final Transaction FULL =
            new Transaction(
                    "pay\u00e9",
                    new ProducerIdentity(7, (short) 3),
                    new Lineage((short) 2, 5, 9),
                    TransactionState.PREPARE_COMMIT,
                    TouchedPartitions.of(
                            List.of(
                                    new TopicPartition("orders", 4),
                                    new TopicPartition("orders", 1),
                                    new TopicPartition("bills", 0))),
                    new Terms(60_000, 1234, 5678, (short) 2));

    private static byte[] kafka(int prefix, Message message, int version) {
        var cache = new ObjectSerializationCache();
        ByteBuffer out = ByteBuffer.allocate(2 + message.size(cache, (short) version));
        out.putShort((short) prefix);
        message.write(new ByteBufferAccessor(out), cache, (short) version);
        return out.array();
    }

    private static TransactionLogValue kafkaValue(LogRecord record) {
        ByteBuffer in = ByteBuffer.wrap(record.value());
        short version = in.getShort();
        var value = new TransactionLogValue(new ByteBufferAccessor(in), version);
        assertThat(in.hasRemaining()).isFalse();
        return value;
    }

    private static Transaction read(byte[] key, byte[] value) {
        return ((Content.Known) TransactionRecords.read(new StoredRecord(0, key, value)))
                .transaction();
    }

    private static TransactionLogValue kafkaFull(int version) {
        var value =
                new TransactionLogValue()
                        .setProducerId(7)
                        .setProducerEpoch((short) 3)
                        .setTransactionTimeoutMs(60_000)
                        .setTransactionStatus(TransactionState.PREPARE_COMMIT.id())
                        .setTransactionStartTimestampMs(1234)
                        .setTransactionLastUpdateTimestampMs(5678)
                        .setTransactionPartitions(
                                List.of(
                                        new PartitionsSchema()
                                                .setTopic("bills")
                                                .setPartitionIds(List.of(0)),
                                        new PartitionsSchema()
                                                .setTopic("orders")
                                                .setPartitionIds(List.of(1, 4))));
        return version == 0
                ? value
                : value.setPreviousProducerId(5)
                        .setNextProducerId(9)
                        .setNextProducerEpoch((short) 1)
                        .setClientTransactionVersion((short) 2);
    }

    @Test
    void kafkaReadsWhatIsWritten() {
        LogRecord record = TransactionRecords.transaction(FULL);

        TransactionLogValue value = kafkaValue(record);

        value.unknownTaggedFields().clear();
        assertThat(value).isEqualTo(kafkaFull(1).setNextProducerEpoch((short) -1));
        assertThat(record.key())
                .isEqualTo(kafka(0, new TransactionLogKey().setTransactionalId("pay\u00e9"), 0));
    }

    @Test
    void idWithoutTransactionHasNoListOfPartitions() {
        var empty = FULL.touching(TouchedPartitions.NONE).in(TransactionState.EMPTY, 1);

        TransactionLogValue value = kafkaValue(TransactionRecords.transaction(empty));

        assertThat(value.transactionPartitions()).isNull();
    }

    @Test
    void everyStateIsReadAsItWasWritten() {
        for (TransactionState state : TransactionState.values()) {
            var transaction =
                    state == TransactionState.EMPTY
                            ? FULL.touching(TouchedPartitions.NONE).in(state, 1)
                            : FULL.in(state, 1);
            LogRecord record = TransactionRecords.transaction(transaction);

            assertThat(read(record.key(), record.value())).isEqualTo(transaction);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatKafkaWroteIsRead(int version) {
        byte[] key = kafka(0, new TransactionLogKey().setTransactionalId("pay\u00e9"), 0);

        Transaction transaction = read(key, kafka(version, kafkaFull(version), version));

        Transaction expected =
                version == 0
                        ? FULL.as(FULL.producer(), Lineage.NONE).speaking((short) 0)
                        : FULL.as(FULL.producer(), new Lineage((short) -1, 5, 9));
        assertThat(transaction).isEqualTo(expected);
    }

    @Test
    void unknownKindsOfRecordsAreSkipped() {
        assertThat(TransactionRecords.read(new StoredRecord(0, new byte[] {0, 9, 1}, null)))
                .isEqualTo(new Content.Unknown());
    }
}
