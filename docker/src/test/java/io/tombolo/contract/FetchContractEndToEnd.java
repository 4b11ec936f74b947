package io.tombolo.contract;

import static io.tombolo.contract.FetchCalls.BY_ID;
import static io.tombolo.contract.FetchCalls.BY_NAME;
import static io.tombolo.contract.FetchCalls.batches;
import static io.tombolo.contract.FetchCalls.fetch;
import static io.tombolo.contract.FetchCalls.fetchOne;
import static io.tombolo.contract.FetchCalls.from;
import static io.tombolo.contract.FetchCalls.of;
import static io.tombolo.contract.FetchCalls.only;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;

import java.util.Map;

/** Contracts 62, 68, 69, 71 to 74 and 79: what one fetch brings. */
class FetchContractEndToEnd {

    private static final int LONG_WAIT_MS = 600_000;

    @ContractTest
    @DisplayName("62: read_committed without transactions has an empty list of aborted ones")
    void contract062AbortedTransactionsWhenThereAreNone(Subject subject) {
        Topic topic = written(subject, "a");
        try (var client = subject.connect()) {
            var request = fetch(of(topic, from(0, 0)));

            FetchResponseData uncommitted = client.call(request, BY_ID);
            assertThat(only(uncommitted).abortedTransactions()).isNull();
            assertThat(only(uncommitted).lastStableOffset()).isEqualTo(1);

            request.setIsolationLevel(FetchCalls.READ_COMMITTED);
            FetchResponseData committed = client.call(request, BY_ID);
            assertThat(only(committed).abortedTransactions()).isNotNull().isEmpty();
            assertThat(only(committed).lastStableOffset()).isEqualTo(1);
            assertThat(batches(only(committed))).hasSize(1);
        }
    }

    @ContractTest
    @DisplayName("68: the first batch comes whole, however small the limits are")
    void contract068FirstBatchIsWhole(Subject subject) {
        Topic topic = written(subject, "a".repeat(1_000), "b");
        Topic other = written(subject, "c", "d");
        try (var client = subject.connect()) {
            PartitionData one = fetchOne(client, topic, from(0, 0).setPartitionMaxBytes(1));
            assertThat(batches(one)).hasSize(1);

            var tiny = fetch(of(topic, from(0, 0)), of(other, from(0, 0))).setMaxBytes(1);
            FetchResponseData two = client.call(tiny, BY_ID);
            assertThat(two.responses()).hasSize(2);
            assertThat(batches(two.responses().get(0).partitions().getFirst())).hasSize(1);
            assertThat(batches(two.responses().get(1).partitions().getFirst())).isEmpty();
        }
    }

    @ContractTest
    @DisplayName("69: a waiting fetch ends at once on bytes enough or an error")
    void contract069WaitEndsEarly(Subject subject) {
        Topic topic = subject.newTopic();
        Topic other = subject.newTopic();
        var unknown = new Topic("nowhere", Uuid.randomUuid());
        try (var waiting = subject.connect();
                var producing = subject.connect()) {
            var patient = waiting(of(topic, from(0, 0)));

            // Each of these would take ten minutes if it waited; the client gives up long before.
            PartitionData unknownId = only(waiting.call(waiting(of(unknown, from(0, 0))), BY_ID));
            assertThat(Errors.forCode(unknownId.errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
            FetchResponseData besideAnError =
                    waiting.call(waiting(of(topic, from(0, 0)), of(other, from(0, 9))), BY_ID);
            assertThat(besideAnError.responses()).hasSize(2);
            assertThat(besideAnError.responses())
                    .extracting(it -> it.partitions().getFirst().errorCode())
                    .containsExactly(Errors.NONE.code(), Errors.OFFSET_OUT_OF_RANGE.code());

            waiting.send(patient, BY_ID);
            ProduceCalls.append(producing, topic, "awaited");
            PartitionData woken = only(waiting.receive());
            assertThat(batches(woken)).hasSize(1);

            Topic doomed = subject.newTopic();
            waiting.send(waiting(of(doomed, from(0, 0))), BY_ID);
            TopicCalls.delete(producing, doomed.name());
            PartitionData gone = only(waiting.receive());
            assertThat(Errors.forCode(gone.errorCode()))
                    .isIn(
                            Errors.UNKNOWN_TOPIC_ID,
                            Errors.UNKNOWN_TOPIC_OR_PARTITION,
                            Errors.NOT_LEADER_OR_FOLLOWER);
        }
    }

    @ContractTest
    @DisplayName("71: an offset outside the log is out of range, with nothing else told")
    void contract071OffsetOutOfRange(Subject subject) {
        Topic topic = written(subject, "a", "b");
        try (var client = subject.connect()) {
            TopicContractEndToEnd.deleteRecords(client, topic, 1);

            for (long offset : new long[] {0, 3, 99}) {
                PartitionData answer = fetchOne(client, topic, from(0, offset));
                assertThat(Errors.forCode(answer.errorCode()))
                        .isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
                assertThat(answer.highWatermark()).isEqualTo(-1);
                assertThat(answer.lastStableOffset()).isEqualTo(-1);
                assertThat(answer.logStartOffset()).isEqualTo(-1);
                assertThat(batches(answer)).isEmpty();
            }
            PartitionData atTheEnd = fetchOne(client, topic, from(0, 2));
            assertThat(Errors.forCode(atTheEnd.errorCode())).isEqualTo(Errors.NONE);
            assertThat(atTheEnd.highWatermark()).isEqualTo(2);
            assertThat(atTheEnd.logStartOffset()).isEqualTo(1);
        }
    }

    @ContractTest
    @DisplayName("72: no records are an empty set, not null, with and without an error")
    void contract072EmptyRecordSets(Subject subject) {
        Topic topic = subject.newTopic();
        var unknown = new Topic("nowhere", Uuid.randomUuid());
        try (var client = subject.connect()) {
            for (int version = 4; version <= BY_ID; version++) {
                PartitionData empty = only(client.call(fetch(of(topic, from(0, 0))), version));
                assertThat(empty.records()).as("version %s", version).isNotNull();
                assertThat(empty.records().sizeInBytes()).isZero();

                PartitionData refused = only(client.call(fetch(of(unknown, from(0, 0))), version));
                assertThat(refused.errorCode()).isNotZero();
                assertThat(refused.records()).as("version %s", version).isNotNull();
                assertThat(refused.records().sizeInBytes()).isZero();
            }
        }
    }

    @ContractTest
    @DisplayName("of a partition that is named twice the last wish counts")
    void thePartitionNamedLastCounts(Subject subject) {
        Topic topic = written(subject, "a", "b", "c");
        try (var client = subject.connect()) {
            FetchResponseData answer =
                    client.call(fetch(of(topic, from(0, 0), from(0, 9), from(0, 2))), BY_ID);

            assertThat(only(answer).errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(batches(only(answer))).extracting(it -> it.baseOffset()).containsExactly(2L);
        }
    }

    @ContractTest
    @DisplayName("a negative limit of bytes is a mistake where there is something to read")
    void negativeBytesAreAMistake(Subject subject) {
        Topic topic = written(subject, "a");
        try (var client = subject.connect()) {
            assertThat(errorOfNegativeBytes(client, topic, 0))
                    .isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
            assertThat(errorOfNegativeBytes(client, topic, 1)).isEqualTo(Errors.NONE);
            assertThat(errorOfNegativeBytes(client, topic, 9))
                    .isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        }
    }

    private static Errors errorOfNegativeBytes(RawClient client, Topic topic, long offset) {
        var wish = from(0, offset).setPartitionMaxBytes(-1);
        return Errors.forCode(fetchOne(client, topic, wish).errorCode());
    }

    @ContractTest
    @DisplayName("73: a newer leader epoch is unknown, -1 is not checked")
    void contract073LeaderEpoch(Subject subject) {
        Topic topic = written(subject, "a");
        try (var client = subject.connect()) {
            int epoch =
                    TopicCalls.metadata(client, topic.name()).partitions().getFirst().leaderEpoch();

            PartitionData newer = fetchOne(client, topic, from(0, 0).setCurrentLeaderEpoch(99));
            assertThat(Errors.forCode(newer.errorCode())).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
            PartitionData same = fetchOne(client, topic, from(0, 0).setCurrentLeaderEpoch(epoch));
            assertThat(Errors.forCode(same.errorCode())).isEqualTo(Errors.NONE);
            PartitionData any = fetchOne(client, topic, from(0, 0));
            assertThat(Errors.forCode(any.errorCode())).isEqualTo(Errors.NONE);
        }
    }

    @ContractTest
    @DisplayName("74: a diverging last epoch is answered with the end of the common one")
    void contract074DivergingEpoch(Subject subject) {
        Topic topic = written(subject, "a", "b");
        try (var client = subject.connect()) {
            int epoch =
                    TopicCalls.metadata(client, topic.name()).partitions().getFirst().leaderEpoch();

            PartitionData same = fetchOne(client, topic, from(0, 1).setLastFetchedEpoch(epoch));
            assertThat(same.divergingEpoch().epoch()).isEqualTo(-1);
            assertThat(batches(same)).hasSize(1);

            PartitionData beyond = fetchOne(client, topic, from(0, 5).setLastFetchedEpoch(epoch));
            assertThat(Errors.forCode(beyond.errorCode())).isEqualTo(Errors.NONE);
            assertThat(beyond.divergingEpoch().epoch()).isEqualTo(epoch);
            assertThat(beyond.divergingEpoch().endOffset()).isEqualTo(2);
            assertThat(batches(beyond)).isEmpty();
        }
    }

    @ContractTest
    @DisplayName("79: an unknown topic id is named per partition, an unknown name as well")
    void contract079UnknownTopicId(Subject subject) {
        Topic topic = subject.newTopic();
        var unknown = new Topic("nowhere", Uuid.randomUuid());
        try (var client = subject.connect()) {
            PartitionData byId = fetchOne(client, unknown, from(0, 0));
            assertThat(Errors.forCode(byId.errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
            assertThat(byId.highWatermark()).isEqualTo(-1);
            PartitionData byName = only(client.call(fetch(of(unknown, from(0, 0))), BY_NAME));
            assertThat(Errors.forCode(byName.errorCode()))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            PartitionData noPartition = fetchOne(client, topic, from(7, 0));
            assertThat(Errors.forCode(noPartition.errorCode()))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    @ContractTest
    @DisplayName("every version of Fetch brings the same records")
    void everyVersionFetches(Subject subject) {
        Topic topic = subject.newTopic(2, Map.of());
        try (var client = subject.connect()) {
            ProduceCalls.append(client, topic, "a", "b");
            for (int version = 4; version <= 18; version++) {
                PartitionData found = only(client.call(fetch(of(topic, from(0, 1))), version));
                assertThat(batches(found)).as("version %s", version).hasSize(1);
                assertThat(batches(found).getFirst().baseOffset()).isEqualTo(1);
            }
        }
    }

    private static Topic written(Subject subject, String... values) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            ProduceCalls.append(client, topic, values);
        }
        return topic;
    }

    private static FetchRequestData waiting(FetchRequestData.FetchTopic... topics) {
        return fetch(topics).setMinBytes(1).setMaxWaitMs(LONG_WAIT_MS);
    }
}
