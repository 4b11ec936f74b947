package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;

import java.util.List;
import java.util.Map;

/** Leaders and replicas, as far as one broker can show. */
class ReplicaContractEndToEnd {

    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;
    private static final int UNKNOWN_BROKER = 99;

    @ContractTest
    @DisplayName("28: ElectLeaders tells whom it need not elect, but not when all were meant")
    void contract028ElectLeaders(Subject subject) {
        Topic topic = subject.newTopic(2, Map.of());
        try (var client = subject.connect()) {
            for (byte type : new byte[] {PREFERRED, UNCLEAN}) {
                ElectLeadersResponseData named = client.call(elect(type, topic.name(), 0, 1, 2), 2);
                assertThat(Errors.forCode(named.errorCode())).isEqualTo(Errors.NONE);
                assertThat(named.replicaElectionResults())
                        .singleElement()
                        .satisfies(result -> {
                            assertThat(result.topic()).isEqualTo(topic.name());
                            assertThat(errors(result))
                                    .containsExactly(
                                            Errors.ELECTION_NOT_NEEDED,
                                            Errors.ELECTION_NOT_NEEDED,
                                            Errors.UNKNOWN_TOPIC_OR_PARTITION);
                        });

                ElectLeadersResponseData all =
                        client.call(elect(type, null).setTopicPartitions(null), 2);
                assertThat(Errors.forCode(all.errorCode())).isEqualTo(Errors.NONE);
                assertThat(all.replicaElectionResults())
                        .filteredOn(result -> result.topic().equals(topic.name()))
                        .singleElement()
                        .satisfies(result -> assertThat(result.partitionResult()).isEmpty());
            }
            ElectLeadersResponseData nowhere = client.call(elect(PREFERRED, "nowhere", 0), 2);
            assertThat(errors(nowhere.replicaElectionResults().getFirst()))
                    .containsExactly(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    @ContractTest
    @DisplayName("ElectLeaders knows two kinds of elections; version 0 has no error of its own")
    void unknownElectionsAreRefused(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            ElectLeadersResponseData odd = client.call(elect((byte) 7, topic.name(), 0), 2);
            assertThat(Errors.forCode(odd.errorCode())).isEqualTo(Errors.INVALID_REQUEST);

            ElectLeadersResponseData old = client.call(elect(PREFERRED, topic.name(), 0), 0);
            assertThat(errors(old.replicaElectionResults().getFirst()))
                    .containsExactly(Errors.ELECTION_NOT_NEEDED);
        }
    }

    @ContractTest
    @DisplayName("29: what is not under way cannot be cancelled, and is not listed")
    void contract029CancelWithoutReassignment(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            ReassignablePartitionResponse cancelled = reassigned(client, topic.name(), 0, null, 1);
            assertThat(Errors.forCode(cancelled.errorCode()))
                    .isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS);

            var all = new ListPartitionReassignmentsRequestData().setTopics(null);
            ListPartitionReassignmentsResponseData listed = client.call(all, 0);
            assertThat(Errors.forCode(listed.errorCode())).isEqualTo(Errors.NONE);
            assertThat(listed.topics()).isEmpty();
            var some =
                    new ListPartitionReassignmentsRequestData()
                            .setTopics(List.of(wanted(topic.name()), wanted("nowhere")));
            listed = client.call(some, 0);
            assertThat(Errors.forCode(listed.errorCode())).isEqualTo(Errors.NONE);
            assertThat(listed.topics()).isEmpty();
        }
    }

    @ContractTest
    @DisplayName("a reassignment is checked: brokers, repetitions, their number; no change is done")
    void reassignmentsAreChecked(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            assertThat(error(client, topic.name(), 0, List.of(1), 1)).isEqualTo(Errors.NONE);
            assertThat(error(client, topic.name(), 0, List.of(UNKNOWN_BROKER), 1))
                    .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
            assertThat(error(client, topic.name(), 0, List.of(1, 1), 1))
                    .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
            assertThat(error(client, topic.name(), 0, List.of(-1), 1))
                    .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
            assertThat(error(client, topic.name(), 0, List.of(), 1))
                    .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
            assertThat(error(client, topic.name(), 9, List.of(1), 1))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(error(client, "nowhere", 0, List.of(1), 0))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    @ContractTest
    @DisplayName("a broker that is not registered cannot be unregistered")
    void unknownBrokersAreNotUnregistered(Subject subject) {
        try (var client = subject.connect()) {
            UnregisterBrokerResponseData answer =
                    client.call(new UnregisterBrokerRequestData().setBrokerId(UNKNOWN_BROKER), 0);

            assertThat(Errors.forCode(answer.errorCode()))
                    .isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
            assertThat(answer.errorMessage()).isEqualTo("Broker ID 99 is not currently registered");
        }
    }

    static ElectLeadersRequestData elect(byte type, @Nullable String topic, Integer... partitions) {
        var request = new ElectLeadersRequestData().setElectionType(type).setTimeoutMs(30_000);
        if (topic != null) {
            request.topicPartitions()
                    .add(new TopicPartitions().setTopic(topic).setPartitions(List.of(partitions)));
        }
        return request;
    }

    static AlterPartitionReassignmentsRequestData reassign(
            String topic, int partition, @Nullable List<Integer> replicas) {
        var wanted = new ReassignablePartition().setPartitionIndex(partition).setReplicas(replicas);
        return new AlterPartitionReassignmentsRequestData()
                .setTimeoutMs(30_000)
                .setTopics(
                        List.of(
                                new ReassignableTopic()
                                        .setName(topic)
                                        .setPartitions(List.of(wanted))));
    }

    static ListPartitionReassignmentsTopics wanted(String topic) {
        return new ListPartitionReassignmentsTopics()
                .setName(topic)
                .setPartitionIndexes(List.of(0, 9));
    }

    private static Errors error(
            RawClient client, String topic, int partition, List<Integer> replicas, int version) {
        return Errors.forCode(reassigned(client, topic, partition, replicas, version).errorCode());
    }

    private static ReassignablePartitionResponse reassigned(
            RawClient client,
            String topic,
            int partition,
            @Nullable List<Integer> replicas,
            int version) {
        AlterPartitionReassignmentsResponseData answer =
                client.call(reassign(topic, partition, replicas), version);
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
        var told = answer.responses().getFirst();
        assertThat(told.name()).isEqualTo(topic);
        return told.partitions().getFirst();
    }

    private static List<Errors> errors(ReplicaElectionResult result) {
        return result.partitionResult().stream()
                .map(PartitionResult::errorCode)
                .map(Errors::forCode)
                .toList();
    }
}
