package io.tombolo.contract;

import static io.tombolo.contract.Batches.idempotent;
import static io.tombolo.contract.ProduceCalls.error;
import static io.tombolo.contract.ProduceCalls.send;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;

import java.util.List;
import java.util.Map;

/** Contracts 47 to 51, 53, 54 and 57: a batch is appended once however often it is sent. */
class IdempotenceContractEndToEnd {

    /** An id with which a new producer starts over. */
    static long newProducerId(RawClient client) {
        return Eventually.eventually(
                        "a producer id",
                        () -> init(client, null, 60_000),
                        answer -> answer.errorCode() != Errors.COORDINATOR_LOAD_IN_PROGRESS.code())
                .producerId();
    }

    /** Removes the first record: from then on the log may have forgotten producers. */
    private static void haveForgotten(RawClient client, Topic topic) {
        assertThat(error(client, topic, idempotent(newProducerId(client), 0, 0, 1)))
                .isEqualTo(Errors.NONE);
        TopicContractEndToEnd.deleteRecords(client, topic, 1);
    }

    @ContractTest
    @DisplayName("47: the first batch of an unknown producer may have any sequence")
    void contract047FirstBatchOfAnUnknownProducer(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            haveForgotten(client, topic);
            long producer = newProducerId(client);

            assertThat(error(client, topic, idempotent(producer, 3, 4711, 2)))
                    .isEqualTo(Errors.NONE);
            assertThat(error(client, topic, idempotent(producer, 3, 4713, 1)))
                    .isEqualTo(Errors.NONE);
        }
    }

    @ContractTest
    @DisplayName("48: a repeat of one of the last 5 batches succeeds at its old offset")
    void contract048Duplicates(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            long producer = newProducerId(client);
            for (int i = 0; i < 6; i++) {
                assertThat(error(client, topic, idempotent(producer, 0, 2 * i, 2)))
                        .isEqualTo(Errors.NONE);
            }

            for (int i = 1; i < 6; i++) {
                var answer = send(client, topic, idempotent(producer, 0, 2 * i, 2));
                assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
                assertThat(answer.baseOffset()).isEqualTo(2 * i);
            }
            assertThat(error(client, topic, idempotent(producer, 0, 0, 2)))
                    .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            assertThat(FetchCalls.endOffset(client, topic)).isEqualTo(12);
        }
    }

    @ContractTest
    @DisplayName("49: a gap in the sequence is out of order; acks=1 is enough for idempotence")
    void contract049Gap(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            long producer = newProducerId(client);
            var first = ProduceCalls.produce(topic, 0, 1, idempotent(producer, 0, 0, 2));
            assertThat(send(client, first, ProduceCalls.BY_ID).errorCode()).isZero();

            assertThat(error(client, topic, idempotent(producer, 0, 3, 1)))
                    .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            assertThat(error(client, topic, idempotent(producer, 0, 2, 1))).isEqualTo(Errors.NONE);
            assertThat(FetchCalls.endOffset(client, topic)).isEqualTo(3);
        }
    }

    @ContractTest
    @DisplayName("50: a new epoch starts at sequence 0; an old one is fenced")
    void contract050Epochs(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            long producer = newProducerId(client);
            assertThat(error(client, topic, idempotent(producer, 0, 0, 1))).isEqualTo(Errors.NONE);

            assertThat(error(client, topic, idempotent(producer, 1, 1, 1)))
                    .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            assertThat(error(client, topic, idempotent(producer, 1, 0, 1))).isEqualTo(Errors.NONE);
            assertThat(error(client, topic, idempotent(producer, 0, 1, 1)))
                    .isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
            assertThat(FetchCalls.endOffset(client, topic)).isEqualTo(2);
        }
    }

    @ContractTest
    @DisplayName("51: the sequence wraps inside a batch")
    void contract051SequenceWraps(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            haveForgotten(client, topic);
            long producer = newProducerId(client);
            int nearTheEnd = Integer.MAX_VALUE - 1;

            assertThat(error(client, topic, idempotent(producer, 0, nearTheEnd, 4)))
                    .isEqualTo(Errors.NONE);
            assertThat(error(client, topic, idempotent(producer, 0, 3, 1)))
                    .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            assertThat(error(client, topic, idempotent(producer, 0, 2, 1))).isEqualTo(Errors.NONE);
            var repeated = send(client, topic, idempotent(producer, 0, nearTheEnd, 4));
            assertThat(Errors.forCode(repeated.errorCode())).isEqualTo(Errors.NONE);
            assertThat(repeated.baseOffset()).isEqualTo(1);
        }
    }

    @ContractTest
    @DisplayName("53: a producer's state belongs to the log and goes with the topic")
    void contract053StateGoesWithTheTopic(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            long producer = newProducerId(client);
            assertThat(error(client, topic, idempotent(producer, 5, 0, 1))).isEqualTo(Errors.NONE);
            assertThat(producers(client, topic)).containsExactly(producer);

            TopicCalls.delete(client, topic.name());
            Topic again = TopicCalls.create(client, topic.name(), 1, Map.of());

            assertThat(producers(client, again)).isEmpty();
            assertThat(error(client, again, idempotent(producer, 0, 0, 1))).isEqualTo(Errors.NONE);
        }
    }

    @ContractTest
    @DisplayName("54: InitProducerId gives fresh ids and refuses odd transactional requests")
    void contract054InitProducerId(Subject subject) {
        try (var client = subject.connect()) {
            long first = newProducerId(client);
            InitProducerIdResponseData second = init(client, null, 60_000);

            assertThat(second.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(second.producerId()).isGreaterThan(first);
            assertThat(second.producerEpoch()).isZero();

            assertThat(initError(client, "", 60_000)).isEqualTo(Errors.INVALID_REQUEST);
        }
    }

    @ContractTest
    @DisplayName("57: a transactional batch needs a transactional id in its request")
    void contract057TransactionalBatchWithoutItsId(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            long producer = newProducerId(client);

            assertThat(error(client, topic, Batches.transactional(producer, 0, 0)))
                    .isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
            assertThat(FetchCalls.endOffset(client, topic)).isZero();
        }
    }

    @ContractTest
    @DisplayName("DescribeProducers shows the last epoch, sequence and time of each producer")
    void activeProducersAreDescribed(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            long producer = newProducerId(client);
            assertThat(error(client, topic, idempotent(producer, 2, 0, 3))).isEqualTo(Errors.NONE);

            var partition =
                    describeProducers(client, topic).topics().getFirst().partitions().getFirst();
            assertThat(partition.activeProducers())
                    .singleElement()
                    .satisfies(state -> {
                        assertThat(state.producerId()).isEqualTo(producer);
                        assertThat(state.producerEpoch()).isEqualTo(2);
                        assertThat(state.lastSequence()).isEqualTo(2);
                        assertThat(state.lastTimestamp()).isPositive();
                        assertThat(state.coordinatorEpoch()).isEqualTo(-1);
                        assertThat(state.currentTxnStartOffset()).isEqualTo(-1);
                    });
        }
    }

    private static List<Long> producers(RawClient client, Topic topic) {
        return describeProducers(client, topic)
                .topics()
                .getFirst()
                .partitions()
                .getFirst()
                .activeProducers()
                .stream()
                .map(state -> state.producerId())
                .toList();
    }

    @ContractTest
    @DisplayName("DescribeProducers says in words what is wrong with a topic")
    void unknownTopicsAreRefusedInWords(Subject subject) {
        try (var client = subject.connect()) {
            var answer =
                    describeProducers(client, new Topic("nowhere", Uuid.ZERO_UUID))
                            .topics()
                            .getFirst()
                            .partitions()
                            .getFirst();

            assertThat(Errors.forCode(answer.errorCode()))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(answer.errorMessage())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.message());
        }
    }

    static DescribeProducersResponseData describeProducers(RawClient client, Topic topic) {
        var wanted = new TopicRequest().setName(topic.name()).setPartitionIndexes(List.of(0));
        var request = new DescribeProducersRequestData();
        request.topics().add(wanted);
        return client.call(request, 0);
    }

    private static InitProducerIdResponseData init(
            RawClient client, @Nullable String transactionalId, int timeoutMs) {
        return client.call(
                new InitProducerIdRequestData()
                        .setTransactionalId(transactionalId)
                        .setTransactionTimeoutMs(timeoutMs),
                5);
    }

    private static Errors initError(RawClient client, String transactionalId, int timeoutMs) {
        return Errors.forCode(init(client, transactionalId, timeoutMs).errorCode());
    }
}
