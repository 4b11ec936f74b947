package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;

import java.util.List;
import java.util.Map;

/** Contracts 55 to 65 and 70: what becomes of transactions, request by request. */
class TransactionContractEndToEnd {

    private static PartitionData committed(RawClient client, Topic topic, long offset) {
        var request = FetchCalls.fetch(FetchCalls.of(topic, FetchCalls.from(0, offset)));
        request.setIsolationLevel(FetchCalls.READ_COMMITTED);
        return FetchCalls.only(client.call(request, FetchCalls.BY_ID));
    }

    private static long lastStable(RawClient client, Topic topic) {
        var request =
                FetchCalls.listOffsets(topic.name(), FetchCalls.at(0, FetchCalls.LATEST))
                        .setIsolationLevel(FetchCalls.READ_COMMITTED);
        org.apache.kafka.common.message.ListOffsetsResponseData answer = client.call(request, 7);
        return answer.topics().getFirst().partitions().getFirst().offset();
    }

    private static void awaitStable(RawClient client, Topic topic, long offset) {
        Eventually.eventually(
                "the last stable offset is " + offset,
                () -> lastStable(client, topic),
                stable -> stable == offset);
    }

    @ContractTest
    @DisplayName("55: coordinators fence with PRODUCER_FENCED, leaders with INVALID_PRODUCER_EPOCH")
    void contract055Fencing(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var zombie = TransactionCalls.begin(client);
            assertThat(zombie.produce(topic)).isEqualTo(Errors.NONE);
            TransactionCalls.begin(client, zombie.id, 60_000);

            assertThat(zombie.addOnce(topic, 3)).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(zombie.addOnce(topic, 1)).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
            assertThat(zombie.endOnce(true, 4).errorCode())
                    .isEqualTo(Errors.PRODUCER_FENCED.code());
            assertThat(zombie.endOnce(true, 1).errorCode())
                    .isEqualTo(Errors.INVALID_PRODUCER_EPOCH.code());
            assertThat(zombie.produce(topic)).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        }
    }

    @ContractTest
    @DisplayName("56: a partition that was not added is refused up to v11 and added from v12 on")
    void contract056PartitionsThatWereNotAdded(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var producer = TransactionCalls.begin(client);

            assertThat(producer.produce(topic, 11)).isEqualTo(Errors.TRANSACTION_ABORTABLE);
            assertThat(producer.produce(topic, 10)).isEqualTo(Errors.INVALID_TXN_STATE);
            assertThat(producer.verify(topic)).isEqualTo(Errors.TRANSACTION_ABORTABLE);
            assertThat(FetchCalls.endOffset(client, topic)).isZero();
            assertThat(producer.produce(topic, 12)).isEqualTo(Errors.NONE);
            assertThat(producer.verify(topic)).isEqualTo(Errors.NONE);
            assertThat(producer.describe().transactionState()).isEqualTo("Ongoing");
        }
    }

    @ContractTest
    @DisplayName("54: a transaction has some time, and no more than the broker allows")
    void timeoutsAreBounded(Subject subject) {
        try (var client = subject.connect()) {
            TransactionCalls.begin(client);
            String id = Subject.freshName("txn");
            TransactionCalls.find(client, id);

            for (int timeoutMs : List.of(0, -1, 900_001)) {
                assertThat(TransactionCalls.init(client, id, timeoutMs, 5).errorCode())
                        .as("%d ms", timeoutMs)
                        .isEqualTo(Errors.INVALID_TRANSACTION_TIMEOUT.code());
            }
        }
    }

    @ContractTest
    @DisplayName("57: in an open transaction a producer writes nothing beside it")
    void nothingIsWrittenBesideAnOpenTransaction(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var producer = TransactionCalls.begin(client);
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);
            var plain = Batches.idempotent(producer.producerId, producer.epoch, 1, 1);

            assertThat(ProduceCalls.error(client, topic, plain))
                    .isEqualTo(Errors.INVALID_TXN_STATE);
            assertThat(FetchCalls.endOffset(client, topic)).isEqualTo(1);
        }
    }

    @ContractTest
    @DisplayName("58: EndTxn v5 raises the epoch, and says the same when it is asked again")
    void contract058EndRaisesTheEpoch(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var producer = TransactionCalls.begin(client);
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);

            EndTxnResponseData first = producer.endOnce(true, 5);
            producer.awaitState("CompleteCommit");
            EndTxnResponseData again = producer.endOnce(true, 5);
            EndTxnResponseData other = producer.endOnce(false, 5);

            assertThat(Errors.forCode(first.errorCode())).isEqualTo(Errors.NONE);
            assertThat(first.producerId()).isEqualTo(producer.producerId);
            assertThat(first.producerEpoch()).isEqualTo((short) (producer.epoch + 1));
            assertThat(again).isEqualTo(first);
            assertThat(Errors.forCode(other.errorCode())).isEqualTo(Errors.INVALID_TXN_STATE);
        }
    }

    @ContractTest
    @DisplayName("59: an empty transaction is aborted, not committed; strangers end nothing")
    void contract059EndOfNothing(Subject subject) {
        try (var client = subject.connect()) {
            var producer = TransactionCalls.begin(client);
            short epoch = producer.epoch;

            assertThat(producer.end(true)).isEqualTo(Errors.INVALID_TXN_STATE);
            assertThat(producer.end(false)).isEqualTo(Errors.NONE);
            assertThat(producer.epoch).isEqualTo((short) (epoch + 1));
            producer.awaitState("CompleteAbort");
            producer.producerId += 1_000_000;
            assertThat(producer.end(true)).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        }
    }

    @ContractTest
    @DisplayName("61: each end of a transaction takes one offset in each of its partitions")
    void contract061MarkersTakeAnOffset(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var producer = TransactionCalls.begin(client);
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);
            assertThat(FetchCalls.endOffset(client, topic)).isEqualTo(1);
            assertThat(producer.end(true)).isEqualTo(Errors.NONE);
            producer.awaitState("CompleteCommit");
            assertThat(FetchCalls.endOffset(client, topic)).isEqualTo(2);
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);
            assertThat(producer.end(false)).isEqualTo(Errors.NONE);
            producer.awaitState("CompleteAbort");
            assertThat(FetchCalls.endOffset(client, topic)).isEqualTo(4);
        }
    }

    @ContractTest
    @DisplayName("read_committed names aborted transactions, also those begun before the fetch")
    void abortedTransactionsAreNamed(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var producer = TransactionCalls.begin(client);
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);
            long aborted = producer.producerId;
            assertThat(producer.end(false)).isEqualTo(Errors.NONE);
            awaitStable(client, topic, 3);

            var expected = new AbortedTransaction().setProducerId(aborted).setFirstOffset(0);
            assertThat(committed(client, topic, 0).abortedTransactions()).containsExactly(expected);
            assertThat(committed(client, topic, 1).abortedTransactions()).containsExactly(expected);
        }
    }

    @ContractTest
    @DisplayName("63: the last stable offset stops at the first open transaction")
    void contract063LastStableOffset(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            ProduceCalls.append(client, topic, "before");
            var producer = TransactionCalls.begin(client);
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);
            ProduceCalls.append(client, topic, "after");

            assertThat(lastStable(client, topic)).isEqualTo(1);
            PartitionData read = committed(client, topic, 0);
            assertThat(read.lastStableOffset()).isEqualTo(1);
            assertThat(read.highWatermark()).isEqualTo(3);
            assertThat(FetchCalls.batches(read)).hasSize(1);
            assertThat(producer.end(true)).isEqualTo(Errors.NONE);
            awaitStable(client, topic, 4);
            assertThat(FetchCalls.batches(committed(client, topic, 0))).hasSize(4);
        }
    }

    @ContractTest
    @DisplayName("64: a topic that was deleted needs no marker, and its successor gets no other's")
    void contract064MarkersOfDeletedTopics(Subject subject) {
        Topic kept = subject.newTopic();
        Topic deleted = subject.newTopic();
        try (var client = subject.connect()) {
            var producer = TransactionCalls.begin(client);
            assertThat(producer.produce(kept)).isEqualTo(Errors.NONE);
            assertThat(producer.addOnce(deleted, 3)).isEqualTo(Errors.NONE);

            TopicCalls.delete(client, deleted.name());
            assertThat(producer.end(true)).isEqualTo(Errors.NONE);
            producer.awaitState("CompleteCommit");
            Topic again = TopicCalls.create(client, deleted.name(), 1, Map.of());
            assertThat(FetchCalls.endOffset(client, again)).isZero();
            assertThat(lastStable(client, kept)).isEqualTo(2);
        }
    }

    @ContractTest
    @DisplayName("65: what takes too long is aborted; its producer goes on when it aborts, too")
    void contract065Timeouts(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var producer = TransactionCalls.begin(client, Subject.freshName("late"), 500);
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);

            awaitStable(client, topic, 2);

            assertThat(committed(client, topic, 0).abortedTransactions()).hasSize(1);
            assertThat(producer.end(true)).isEqualTo(Errors.INVALID_TXN_STATE);
            assertThat(producer.produce(topic)).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
            short late = producer.epoch;
            assertThat(producer.end(false)).isEqualTo(Errors.NONE);
            assertThat(producer.epoch).isEqualTo((short) (late + 1));
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);
            assertThat(producer.end(true)).isEqualTo(Errors.NONE);
        }
    }

    @ContractTest
    @DisplayName("70: a waiting read_committed fetch is woken by the marker")
    void contract070MarkersWakeReaders(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect();
                var reader = subject.connect()) {
            var producer = TransactionCalls.begin(client);
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);
            var request = FetchCalls.fetch(FetchCalls.of(topic, FetchCalls.from(0, 0)));
            request.setIsolationLevel(FetchCalls.READ_COMMITTED)
                    .setMinBytes(1)
                    .setMaxWaitMs(50_000);

            reader.send(request, FetchCalls.BY_ID);
            assertThat(producer.end(true)).isEqualTo(Errors.NONE);

            PartitionData read = FetchCalls.only(reader.receive());
            assertThat(FetchCalls.batches(read)).isNotEmpty();
        }
    }

    @ContractTest
    @DisplayName("ListTransactions filters by state, producer, duration and pattern")
    void transactionsAreListed(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var producer = TransactionCalls.begin(client);
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);
            var byProducer =
                    new ListTransactionsRequestData()
                            .setProducerIdFilters(List.of(producer.producerId));

            assertThat(listed(client, byProducer.duplicate())).containsExactly(producer.id);
            assertThat(listed(client, byProducer.duplicate().setStateFilters(List.of("Empty"))))
                    .isEmpty();
            assertThat(listed(client, byProducer.duplicate().setDurationFilter(3_600_000)))
                    .isEmpty();
            assertThat(
                            listed(
                                    client,
                                    new ListTransactionsRequestData()
                                            .setTransactionalIdPattern(producer.id)))
                    .containsExactly(producer.id);
            ListTransactionsResponseData refused =
                    client.call(
                            new ListTransactionsRequestData().setTransactionalIdPattern("(("), 2);
            assertThat(Errors.forCode(refused.errorCode()))
                    .isEqualTo(Errors.INVALID_REGULAR_EXPRESSION);
            assertThat(producer.end(false)).isEqualTo(Errors.NONE);
        }
    }

    private static List<String> listed(RawClient client, ListTransactionsRequestData request) {
        ListTransactionsResponseData answer = client.call(request, 2);
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
        return answer.transactionStates().stream()
                .map(ListTransactionsResponseData.TransactionState::transactionalId)
                .toList();
    }
}
