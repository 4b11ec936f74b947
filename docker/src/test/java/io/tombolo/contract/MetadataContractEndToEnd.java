package io.tombolo.contract;

import static io.tombolo.contract.FetchCalls.from;
import static io.tombolo.contract.TopicCalls.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;

import java.util.List;
import java.util.Map;

/** Contracts 15 to 21 and 31: what clients learn about topics and brokers. */
class MetadataContractEndToEnd {

    private static final int NOT_ASKED = Integer.MIN_VALUE;

    /** Bits of describe, create, alter and the like, as Kafka numbers its operations. */
    private static final int TOPIC_OPERATIONS = bits(3, 4, 5, 6, 7, 8, 10, 11);

    private static final int GROUP_OPERATIONS = bits(3, 6, 8, 10, 11);

    private static final int CLUSTER_OPERATIONS = bits(5, 7, 8, 9, 10, 11, 12);

    @ContractTest
    @DisplayName("15: asking for a missing topic creates it; the first answer is unknown topic")
    void contract015AutoCreation(Subject subject) {
        String name = Subject.freshName("auto");
        try (var client = subject.connect()) {
            MetadataResponseTopic first = creatingMetadata(client, name);

            assertThat(Errors.forCode(first.errorCode()))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(first.topicId()).isEqualTo(Uuid.ZERO_UUID);
            assertThat(first.partitions()).isEmpty();

            MetadataResponseTopic created =
                    Eventually.eventually(
                            "the topic exists",
                            () -> creatingMetadata(client, name),
                            topic -> topic.errorCode() == Errors.NONE.code());
            assertThat(created.topicId()).isNotEqualTo(Uuid.ZERO_UUID);
            assertThat(created.partitions()).hasSize(1);

            var topic = new Topic(name, created.topicId());
            var afterwards =
                    Eventually.eventually(
                            "the new topic takes records",
                            () -> ProduceCalls.error(client, topic, Batches.of("first")),
                            error -> {
                                assertThat(error == Errors.NONE || isRetriable(error)).isTrue();
                                return error == Errors.NONE;
                            });
            assertThat(afterwards).isEqualTo(Errors.NONE);
        }
    }

    @ContractTest
    @DisplayName("16: asking for an invalid name is an invalid topic, and creates nothing")
    void contract016AutoCreationOfAnInvalidName(Subject subject) {
        try (var client = subject.connect()) {
            for (String name : List.of("bad name", "..", "a".repeat(250), "ä")) {
                assertThat(Errors.forCode(creatingMetadata(client, name).errorCode()))
                        .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
                assertThat(Errors.forCode(metadata(client, name).errorCode()))
                        .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
            }
            MetadataResponseData all = client.call(new MetadataRequestData().setTopics(null), 12);
            assertThat(all.topics()).noneMatch(topic -> topic.name().equals("bad name"));
        }
    }

    @ContractTest
    @DisplayName("17: an unknown topic id is named as such, without a name")
    void contract017UnknownTopicId(Subject subject) {
        var unknown = Uuid.randomUuid();
        try (var client = subject.connect()) {
            MetadataResponseTopic topic =
                    askOne(client, new MetadataRequestTopic().setName(null).setTopicId(unknown));

            assertThat(Errors.forCode(topic.errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
            assertThat(topic.name()).isNull();
            assertThat(topic.topicId()).isEqualTo(unknown);
        }
    }

    @ContractTest
    @DisplayName("before version 12 a topic id makes the whole request invalid")
    void topicIdsBeforeTheirVersionMakeARequestInvalid(Subject subject) {
        var id = Uuid.randomUuid();
        try (var client = subject.connect()) {
            for (int version = 10; version <= 11; version++) {
                var request =
                        new MetadataRequestData()
                                .setTopics(
                                        List.of(
                                                new MetadataRequestTopic()
                                                        .setName(null)
                                                        .setTopicId(id),
                                                new MetadataRequestTopic().setName("named")));
                MetadataResponseData answer = client.call(request, version);

                assertThat(answer.brokers()).isEmpty();
                assertThat(answer.topics())
                        .extracting(
                                MetadataResponseTopic::name,
                                MetadataResponseTopic::topicId,
                                topic -> Errors.forCode(topic.errorCode()))
                        .containsExactlyInAnyOrder(
                                tuple("", id, Errors.INVALID_REQUEST),
                                tuple("named", Uuid.ZERO_UUID, Errors.INVALID_REQUEST));
                assertThat(answer.clusterId()).isNull();
                assertThat(answer.controllerId()).isEqualTo(-1);
            }
        }
    }

    @ContractTest
    @DisplayName("18: the leader epoch of Metadata is the one that Fetch and ListOffsets check")
    void contract018LeaderEpoch(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            ProduceCalls.append(client, topic, "one");
            int epoch = metadata(client, topic.name()).partitions().getFirst().leaderEpoch();

            assertThat(epoch).isNotNegative();
            var fetched =
                    FetchCalls.fetchOne(client, topic, from(0, 0).setCurrentLeaderEpoch(epoch));
            assertThat(fetched.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(FetchCalls.batches(fetched).getFirst().partitionLeaderEpoch())
                    .isEqualTo(epoch);
            assertThat(FetchCalls.offsetAt(client, topic.name(), 0, 0, 8).leaderEpoch())
                    .isEqualTo(epoch);
        }
    }

    @ContractTest
    @DisplayName("19: a topic created again has another id, and an epoch that clients accept")
    void contract019Recreation(Subject subject) {
        Topic first = subject.newTopic();
        try (var client = subject.connect()) {
            ProduceCalls.append(client, first, "old");
            TopicCalls.delete(client, first.name());

            Topic second = TopicCalls.create(client, first.name(), 1, Map.of());

            assertThat(second.id()).isNotEqualTo(first.id());
            int epoch = metadata(client, second.name()).partitions().getFirst().leaderEpoch();
            var fetched =
                    FetchCalls.fetchOne(client, second, from(0, 0).setCurrentLeaderEpoch(epoch));
            assertThat(fetched.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(fetched.highWatermark()).isZero();
        }
    }

    @ContractTest
    @DisplayName("20: only the topics of the coordinators are internal")
    void contract020InternalTopics(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            GroupCalls.coordinatorOf(client, "any");

            assertThat(metadata(client, "__consumer_offsets").isInternal()).isTrue();
            assertThat(metadata(client, topic.name()).isInternal()).isFalse();
            String similar = "__" + Subject.freshName("mine");
            TopicCalls.create(client, similar, 1, Map.of());
            assertThat(metadata(client, similar).isInternal()).isFalse();
        }
    }

    @ContractTest
    @DisplayName("21: every address is that of the listener the request came in on")
    void contract021Addresses(Subject subject) {
        try (var client = subject.connect()) {
            MetadataResponseData metadata = client.call(new MetadataRequestData(), 12);
            FindCoordinatorResponseData found = GroupCalls.coordinatorOf(client, "any");
            DescribeClusterResponseData cluster = client.call(new DescribeClusterRequestData(), 2);

            var broker = metadata.brokers().iterator().next();
            assertThat(broker.host()).isEqualTo("127.0.0.1");
            assertThat(broker.port()).isEqualTo(subject.port());
            var coordinator = found.coordinators().getFirst();
            assertThat(coordinator.nodeId()).isEqualTo(broker.nodeId());
            assertThat(coordinator.host()).isEqualTo("127.0.0.1");
            assertThat(coordinator.port()).isEqualTo(subject.port());
            assertThat(cluster.brokers())
                    .singleElement()
                    .satisfies(described -> {
                        assertThat(described.brokerId()).isEqualTo(broker.nodeId());
                        assertThat(described.host()).isEqualTo("127.0.0.1");
                        assertThat(described.port()).isEqualTo(subject.port());
                        assertThat(described.isFenced()).isFalse();
                    });
            assertThat(cluster.controllerId()).isEqualTo(broker.nodeId());
            assertThat(cluster.clusterId()).isEqualTo(metadata.clusterId());
        }
    }

    @ContractTest
    @DisplayName("31: authorised operations are given only when asked for")
    void contract031AuthorizedOperations(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var plain = TopicCalls.metadataRequest(topic.name());
            MetadataResponseData unasked = client.call(plain, 10);
            MetadataResponseData asked =
                    client.call(
                            plain.duplicate()
                                    .setIncludeClusterAuthorizedOperations(true)
                                    .setIncludeTopicAuthorizedOperations(true),
                            10);
            assertThat(unasked.clusterAuthorizedOperations()).isEqualTo(NOT_ASKED);
            assertThat(unasked.topics().iterator().next().topicAuthorizedOperations())
                    .isEqualTo(NOT_ASKED);
            assertThat(asked.clusterAuthorizedOperations()).isEqualTo(CLUSTER_OPERATIONS);
            assertThat(asked.topics().iterator().next().topicAuthorizedOperations())
                    .isEqualTo(TOPIC_OPERATIONS);

            var cluster = new DescribeClusterRequestData();
            DescribeClusterResponseData quiet = client.call(cluster, 0);
            DescribeClusterResponseData full =
                    client.call(cluster.setIncludeClusterAuthorizedOperations(true), 0);
            assertThat(quiet.clusterAuthorizedOperations()).isEqualTo(NOT_ASKED);
            assertThat(full.clusterAuthorizedOperations()).isEqualTo(CLUSTER_OPERATIONS);

            String group = Subject.freshName("operated");
            GroupCalls.stableAlone(client, group);
            var describing = new DescribeGroupsRequestData().setGroups(List.of(group));
            DescribeGroupsResponseData silent = client.call(describing, 6);
            assertThat(silent.groups().getFirst().authorizedOperations()).isEqualTo(NOT_ASKED);
            DescribeGroupsResponseData told =
                    client.call(describing.setIncludeAuthorizedOperations(true), 6);
            assertThat(told.groups().getFirst().authorizedOperations()).isEqualTo(GROUP_OPERATIONS);
        }
    }

    @ContractTest
    @DisplayName("DescribeTopicPartitions pages through partitions with a cursor")
    void topicPartitionsArePaged(Subject subject) {
        Topic topic = subject.newTopic(5, Map.of());
        var request =
                new DescribeTopicPartitionsRequestData()
                        .setTopics(List.of(new TopicRequest().setName(topic.name())))
                        .setResponsePartitionLimit(3);
        try (var client = subject.connect()) {
            DescribeTopicPartitionsResponseData page = client.call(request, 0);
            var found = page.topics().iterator().next();

            assertThat(found.topicId()).isEqualTo(topic.id());
            assertThat(found.topicAuthorizedOperations()).isEqualTo(TOPIC_OPERATIONS);
            assertThat(found.partitions())
                    .extracting(it -> it.partitionIndex())
                    .containsExactly(0, 1, 2);
            assertThat(page.nextCursor().topicName()).isEqualTo(topic.name());
            assertThat(page.nextCursor().partitionIndex()).isEqualTo(3);

            var next =
                    new DescribeTopicPartitionsRequestData.Cursor()
                            .setTopicName(topic.name())
                            .setPartitionIndex(3);
            DescribeTopicPartitionsResponseData rest =
                    client.call(request.duplicate().setCursor(next), 0);
            assertThat(rest.topics().iterator().next().partitions())
                    .extracting(it -> it.partitionIndex())
                    .containsExactly(3, 4);
            assertThat(rest.nextCursor()).isNull();

            DescribeTopicPartitionsResponseData missing =
                    client.call(
                            new DescribeTopicPartitionsRequestData()
                                    .setTopics(List.of(new TopicRequest().setName("nowhere"))),
                            0);
            assertThat(Errors.forCode(missing.topics().iterator().next().errorCode()))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    @ContractTest
    @DisplayName("DescribeTopicPartitions allows everything on a topic of an illegal name")
    void illegalNamesAreDescribedWithAllOperations(Subject subject) {
        try (var client = subject.connect()) {
            DescribeTopicPartitionsResponseData answer =
                    client.call(
                            new DescribeTopicPartitionsRequestData()
                                    .setTopics(List.of(new TopicRequest().setName("il/legal"))),
                            0);

            var topic = answer.topics().iterator().next();
            assertThat(Errors.forCode(topic.errorCode())).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
            assertThat(topic.topicAuthorizedOperations()).isEqualTo(TOPIC_OPERATIONS);
        }
    }

    private static boolean isRetriable(Errors error) {
        return error.exception() instanceof org.apache.kafka.common.errors.RetriableException;
    }

    private static MetadataResponseTopic creatingMetadata(RawClient client, String name) {
        MetadataResponseData response =
                client.call(TopicCalls.metadataRequest(name).setAllowAutoTopicCreation(true), 12);
        return response.topics().iterator().next();
    }

    private static MetadataResponseTopic askOne(RawClient client, MetadataRequestTopic topic) {
        MetadataResponseData response =
                client.call(
                        new MetadataRequestData()
                                .setAllowAutoTopicCreation(false)
                                .setTopics(List.of(topic)),
                        12);
        return response.topics().iterator().next();
    }

    private static int bits(int... operations) {
        int bits = 0;
        for (int operation : operations) {
            bits |= 1 << operation;
        }
        return bits;
    }
}
