package io.tombolo.contract;

import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.List;

/** Requests that move leaders and replicas. */
final class ElectionCalls {

    private static final int TIMEOUT_MS = 30_000;

    private ElectionCalls() {}

    /** Asks until the preferred replica of a topic leads. */
    static void electPreferred(Trio trio, Topic topic) {
        trio.await(
                "the preferred replica of " + topic.name() + " is elected",
                () -> {
                    try (var client = trio.connect(1)) {
                        ElectLeadersResponseData answer = client.call(elect(topic), 2);
                        Errors error = errorOf(answer);
                        return error == Errors.NONE || error == Errors.ELECTION_NOT_NEEDED;
                    }
                });
    }

    /** An election of the preferred replicas; of all partitions when no topic is named. */
    static ElectLeadersRequestData elect(@Nullable Topic topic) {
        var request =
                new ElectLeadersRequestData().setElectionType((byte) 0).setTimeoutMs(TIMEOUT_MS);
        if (topic == null) {
            return request.setTopicPartitions(null);
        }
        request.topicPartitions()
                .add(new TopicPartitions().setTopic(topic.name()).setPartitions(List.of(0)));
        return request;
    }

    static Errors errorOf(ElectLeadersResponseData answer) {
        var partition = answer.replicaElectionResults().getFirst().partitionResult().getFirst();
        return Errors.forCode(partition.errorCode());
    }

    /** Moves the only partition of a topic; no replicas at all cancel a move under way. */
    static AlterPartitionReassignmentsResponseData reassign(
            RawClient client, Topic topic, @Nullable List<Integer> replicas) {
        var partition = new ReassignablePartition().setPartitionIndex(0).setReplicas(replicas);
        var request =
                new AlterPartitionReassignmentsRequestData()
                        .setTimeoutMs(TIMEOUT_MS)
                        .setTopics(
                                List.of(
                                        new ReassignableTopic()
                                                .setName(topic.name())
                                                .setPartitions(List.of(partition))));
        return client.call(request, 0);
    }
}
