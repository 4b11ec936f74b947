package io.tombolo.contract;

import static io.tombolo.contract.TopicCalls.creatable;
import static io.tombolo.contract.TopicCalls.metadata;
import static io.tombolo.contract.TopicCalls.tryCreate;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;

import java.util.List;
import java.util.Map;

/** Contracts 22 to 24 and 32: topics are made, grown, emptied and removed. */
class TopicContractEndToEnd {

    @ContractTest
    @DisplayName("22: what cannot be created is refused with its own error")
    void contract022CreateTopicsErrors(Subject subject) {
        Topic existing = subject.newTopic();
        String fresh = Subject.freshName("refused");
        try (var client = subject.connect()) {
            assertRefused(
                    client,
                    creatable(existing.name(), 1, 1, Map.of()),
                    Errors.TOPIC_ALREADY_EXISTS);
            assertRefused(
                    client, creatable(fresh, 1, 2, Map.of()), Errors.INVALID_REPLICATION_FACTOR);
            assertRefused(
                    client, creatable(fresh, 1, 0, Map.of()), Errors.INVALID_REPLICATION_FACTOR);
            assertRefused(client, creatable(fresh, 0, 1, Map.of()), Errors.INVALID_PARTITIONS);
            for (String name : List.of(".", "..", "a".repeat(250), "", "a b", "a/b")) {
                assertRefused(
                        client, creatable(name, 1, 1, Map.of()), Errors.INVALID_TOPIC_EXCEPTION);
            }
            assertRefused(
                    client, creatable(fresh, 1, 1, Map.of("no.such", "1")), Errors.INVALID_CONFIG);
            assertRefused(
                    client,
                    creatable(fresh, 1, 1, Map.of("retention.ms", "soon")),
                    Errors.INVALID_CONFIG);
            assertThat(Errors.forCode(metadata(client, fresh).errorCode()))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);

            CreatableTopicResult byDefault = tryCreate(client, creatable(fresh, -1, -1, Map.of()));
            assertThat(byDefault.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(byDefault.numPartitions()).isEqualTo(1);
            assertThat(byDefault.replicationFactor()).isEqualTo((short) 1);
        }
    }

    @ContractTest
    @DisplayName("23: a new topic's 37 configs come back; a.b and a_b do not go together")
    void contract023CreatedConfigsAndNameCollision(Subject subject) {
        String stem = Subject.freshName("collide");
        try (var client = subject.connect()) {
            CreatableTopicResult created =
                    tryCreate(
                            client,
                            creatable(stem + ".x", 1, 1, Map.of("retention.ms", "1234567")));
            assertThat(created.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(created.configs()).hasSize(37);
            assertThat(created.configs())
                    .filteredOn(config -> config.name().equals("retention.ms"))
                    .singleElement()
                    .satisfies(config -> {
                        assertThat(config.value()).isEqualTo("1234567");
                        assertThat(config.configSource()).isEqualTo((byte) 1);
                        assertThat(config.readOnly()).isFalse();
                        assertThat(config.isSensitive()).isFalse();
                    });
            assertRefused(
                    client, creatable(stem + "_x", 1, 1, Map.of()), Errors.INVALID_TOPIC_EXCEPTION);

            var together = new CreateTopicsRequestData().setTimeoutMs(30_000);
            together.topics().add(creatable(stem + ".y", 1, 1, Map.of()));
            together.topics().add(creatable(stem + "_y", 1, 1, Map.of()));
            CreateTopicsResponseData both = client.call(together, 7);
            assertThat(both.topics()).allMatch(topic -> topic.errorCode() == Errors.NONE.code());
        }
    }

    @ContractTest
    @DisplayName("24: validate-only runs every check and changes nothing")
    void contract024ValidateOnly(Subject subject) {
        Topic existing = subject.newTopic();
        String fresh = Subject.freshName("checked");
        try (var client = subject.connect()) {
            CreatableTopicResult fine = tryCreate(client, creatable(fresh, 3, 1, Map.of()), true);
            assertThat(fine.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(fine.numPartitions()).isEqualTo(3);
            assertThat(Errors.forCode(metadata(client, fresh).errorCode()))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);

            assertThat(validated(client, creatable(existing.name(), 1, 1, Map.of())))
                    .isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
            assertThat(validated(client, creatable(fresh, 1, 9, Map.of())))
                    .isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
            assertThat(validated(client, creatable(fresh, 1, 1, Map.of("no.such", "1"))))
                    .isEqualTo(Errors.INVALID_CONFIG);

            assertThat(grown(client, existing.name(), 4, true)).isEqualTo(Errors.NONE);
            assertThat(metadata(client, existing.name()).partitions()).hasSize(1);
        }
    }

    @ContractTest
    @DisplayName("32: DeleteRecords moves the log start, at once and for everyone")
    void contract032DeleteRecords(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            ProduceCalls.append(client, topic, "a", "b", "c", "d");

            DeleteRecordsPartitionResult beyond = deleteRecords(client, topic, 5);
            assertThat(Errors.forCode(beyond.errorCode())).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
            assertThat(beyond.lowWatermark()).isEqualTo(-1);

            DeleteRecordsPartitionResult two = deleteRecords(client, topic, 2);
            assertThat(Errors.forCode(two.errorCode())).isEqualTo(Errors.NONE);
            assertThat(two.lowWatermark()).isEqualTo(2);
            assertThat(FetchCalls.startOffset(client, topic)).isEqualTo(2);
            var tooEarly = FetchCalls.fetchOne(client, topic, FetchCalls.from(0, 1));
            assertThat(Errors.forCode(tooEarly.errorCode())).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
            var remaining = FetchCalls.fetchOne(client, topic, FetchCalls.from(0, 2));
            assertThat(remaining.logStartOffset()).isEqualTo(2);
            assertThat(FetchCalls.values(client, topic, 0, 2)).containsExactly("c", "d");

            DeleteRecordsPartitionResult again = deleteRecords(client, topic, 1);
            assertThat(Errors.forCode(again.errorCode())).isEqualTo(Errors.NONE);
            assertThat(again.lowWatermark()).isEqualTo(2);

            DeleteRecordsPartitionResult all = deleteRecords(client, topic, -1);
            assertThat(all.lowWatermark()).isEqualTo(4);
            assertThat(FetchCalls.startOffset(client, topic)).isEqualTo(4);
            assertThat(FetchCalls.endOffset(client, topic)).isEqualTo(4);
        }
    }

    @ContractTest
    @DisplayName("CreatePartitions only grows a topic, and by what it was asked")
    void partitionsAreOnlyAdded(Subject subject) {
        Topic topic = subject.newTopic(2, Map.of());
        try (var client = subject.connect()) {
            assertThat(grown(client, topic.name(), 2, false)).isEqualTo(Errors.INVALID_PARTITIONS);
            assertThat(grown(client, topic.name(), 1, false)).isEqualTo(Errors.INVALID_PARTITIONS);
            assertThat(grown(client, "nowhere", 3, false))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(grown(client, topic.name(), 5, false)).isEqualTo(Errors.NONE);
            Eventually.eventually(
                    "five partitions",
                    () -> metadata(client, topic.name()).partitions().size(),
                    count -> count == 5);
        }
    }

    @ContractTest
    @DisplayName("DeleteTopics works by name and by id, and knows what it does not know")
    void topicsAreDeletedByNameAndById(Subject subject) {
        Topic byName = subject.newTopic();
        Topic byId = subject.newTopic();
        var unknownId = org.apache.kafka.common.Uuid.randomUuid();
        var request =
                new DeleteTopicsRequestData()
                        .setTimeoutMs(30_000)
                        .setTopics(
                                List.of(
                                        new DeleteTopicState().setName(byName.name()),
                                        new DeleteTopicState().setName(null).setTopicId(byId.id()),
                                        new DeleteTopicState().setName("nowhere"),
                                        new DeleteTopicState()
                                                .setName(null)
                                                .setTopicId(unknownId)));
        try (var client = subject.connect()) {
            DeleteTopicsResponseData answer = client.call(request, 6);

            assertThat(answer.responses()).hasSize(4);
            answer.responses()
                    .forEach(result -> {
                        Errors expected;
                        if (unknownId.equals(result.topicId())) {
                            expected = Errors.UNKNOWN_TOPIC_ID;
                        } else if ("nowhere".equals(result.name())) {
                            expected = Errors.UNKNOWN_TOPIC_OR_PARTITION;
                        } else {
                            expected = Errors.NONE;
                        }
                        assertThat(Errors.forCode(result.errorCode())).isEqualTo(expected);
                    });
        }
    }

    @ContractTest
    @DisplayName("CreateTopics accepts a manual assignment, and only a sound one")
    void assignmentsAreChecked(Subject subject) {
        try (var client = subject.connect()) {
            int node =
                    metadata(client, subject.newTopic().name()).partitions().getFirst().leaderId();
            String name = Subject.freshName("assigned");

            assertRefused(client, assigned(name, node + 1), Errors.INVALID_REPLICA_ASSIGNMENT);
            assertRefused(client, assigned(name, node, node), Errors.INVALID_REPLICA_ASSIGNMENT);
            CreatableTopicResult fine = tryCreate(client, assigned(name, node));
            assertThat(Errors.forCode(fine.errorCode())).isEqualTo(Errors.NONE);
            assertThat(fine.numPartitions()).isEqualTo(1);
        }
    }

    @ContractTest
    @DisplayName("DescribeLogDirs shows a topic's size in the folder where its log is")
    void logDirsShowSizes(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            ProduceCalls.append(client, topic, "some bytes");

            DescribeLogDirsResponseData answer = LogDirCalls.describe(client, topic);
            assertThat(answer.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(answer.results())
                    .hasSize(2)
                    .allSatisfy(dir -> {
                        assertThat(dir.errorCode()).isEqualTo(Errors.NONE.code());
                        assertThat(dir.usableBytes()).isPositive();
                        assertThat(dir.totalBytes()).isGreaterThanOrEqualTo(dir.usableBytes());
                    });
            assertThat(answer.results().stream().flatMap(dir -> dir.topics().stream()))
                    .singleElement()
                    .satisfies(found -> {
                        var partition = found.partitions().getFirst();
                        assertThat(partition.partitionSize())
                                .isEqualTo(Batches.of("some bytes").sizeInBytes());
                        assertThat(partition.offsetLag()).isZero();
                        assertThat(partition.isFutureKey()).isFalse();
                    });
        }
    }

    @ContractTest
    @DisplayName("AlterReplicaLogDirs moves a log, and names the folder that there is not")
    void alterReplicaLogDirsMovesALog(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            ProduceCalls.append(client, topic, "some bytes");
            String from = LogDirCalls.folderOf(client, topic);
            String to =
                    LogDirCalls.describe(client, topic).results().stream()
                            .map(DescribeLogDirsResponseData.DescribeLogDirsResult::logDir)
                            .filter(dir -> !dir.equals(from))
                            .findFirst()
                            .orElseThrow();

            assertThat(LogDirCalls.alter(client, topic, from)).isEqualTo(Errors.NONE);
            assertThat(LogDirCalls.alter(client, topic, "/nowhere"))
                    .isEqualTo(Errors.LOG_DIR_NOT_FOUND);
            Topic absent = new Topic("absent", topic.id());
            assertThat(LogDirCalls.alter(client, absent, to))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(LogDirCalls.alter(client, absent, "/nowhere"))
                    .isEqualTo(Errors.LOG_DIR_NOT_FOUND);
            assertThat(LogDirCalls.alter(client, topic, to)).isEqualTo(Errors.NONE);

            Eventually.eventually(
                    "the log is in the other folder alone",
                    () -> places(client, topic),
                    List.of(to)::equals);
        }
    }

    /** Every folder with a log of the topic, finished or not. */
    private static List<String> places(RawClient client, Topic topic) {
        return LogDirCalls.describe(client, topic).results().stream()
                .filter(dir -> !dir.topics().isEmpty())
                .map(DescribeLogDirsResponseData.DescribeLogDirsResult::logDir)
                .toList();
    }

    private static CreatableTopic assigned(String name, Integer... brokers) {
        var topic = creatable(name, -1, -1, Map.of());
        topic.assignments()
                .add(
                        new CreatableReplicaAssignment()
                                .setPartitionIndex(0)
                                .setBrokerIds(List.of(brokers)));
        return topic;
    }

    private static void assertRefused(RawClient client, CreatableTopic topic, Errors expected) {
        CreatableTopicResult result = tryCreate(client, topic);

        assertThat(Errors.forCode(result.errorCode())).as(topic.toString()).isEqualTo(expected);
        assertThat(result.numPartitions()).isEqualTo(-1);
        assertThat(result.replicationFactor()).isEqualTo((short) -1);
    }

    private static Errors validated(RawClient client, CreatableTopic topic) {
        return Errors.forCode(tryCreate(client, topic, true).errorCode());
    }

    private static Errors grown(RawClient client, String name, int count, boolean validateOnly) {
        var request =
                new CreatePartitionsRequestData()
                        .setTimeoutMs(30_000)
                        .setValidateOnly(validateOnly);
        request.topics()
                .add(
                        new CreatePartitionsTopic()
                                .setName(name)
                                .setCount(count)
                                .setAssignments(null));
        CreatePartitionsResponseData response = client.call(request, 3);
        return Errors.forCode(response.results().getFirst().errorCode());
    }

    static DeleteRecordsPartitionResult deleteRecords(RawClient client, Topic topic, long offset) {
        var partition = new DeleteRecordsPartition().setPartitionIndex(0).setOffset(offset);
        var wanted =
                new DeleteRecordsTopic().setName(topic.name()).setPartitions(List.of(partition));
        var request =
                new DeleteRecordsRequestData().setTimeoutMs(30_000).setTopics(List.of(wanted));
        DeleteRecordsResponseData response = client.call(request, 2);
        return response.topics().iterator().next().partitions().iterator().next();
    }
}
