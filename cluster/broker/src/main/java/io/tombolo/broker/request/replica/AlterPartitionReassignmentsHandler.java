package io.tombolo.broker.request.replica;

import io.tombolo.broker.Commands;
import io.tombolo.broker.request.Answers;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.ReplicaCommand.AlterReassignments;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** AlterPartitionReassignments: each partition is answered by itself. */
final class AlterPartitionReassignmentsHandler
        implements RequestHandler<AlterPartitionReassignmentsRequestData> {

    private final Commands commands;

    AlterPartitionReassignmentsHandler(Commands commands) {
        this.commands = commands;
    }

    @Override
    public void handle(Exchange exchange, AlterPartitionReassignmentsRequestData body) {
        var targets = new LinkedHashMap<TopicPartition, Optional<List<Integer>>>();
        for (var topic : body.topics()) {
            for (var partition : topic.partitions()) {
                targets.put(
                        new TopicPartition(topic.name(), partition.partitionIndex()),
                        Optional.ofNullable(partition.replicas()).map(List::copyOf));
            }
        }
        commands.submit(
                new AlterReassignments(targets, body.allowReplicationFactorChange()),
                exchange.loop(),
                answer -> exchange.answer(response(body, answer)));
    }

    private static AlterPartitionReassignmentsResponseData response(
            AlterPartitionReassignmentsRequestData body,
            Answer<Map<TopicPartition, Answer<Applied>>> answer) {
        var response =
                new AlterPartitionReassignmentsResponseData()
                        .setAllowReplicationFactorChange(body.allowReplicationFactorChange())
                        .setErrorMessage(null);
        if (answer instanceof Answer.Refused<Map<TopicPartition, Answer<Applied>>>(Refusal whole)) {
            response.setErrorCode(whole.error().code()).setErrorMessage(whole.message());
        }
        for (var topic : body.topics()) {
            var told = new ReassignableTopicResponse().setName(topic.name());
            for (var partition : topic.partitions()) {
                var name = new TopicPartition(topic.name(), partition.partitionIndex());
                told.partitions().add(told(name, Answers.part(answer, name)));
            }
            response.responses().add(told);
        }
        return response;
    }

    private static ReassignablePartitionResponse told(TopicPartition name, Answer<Applied> answer) {
        var partition =
                new ReassignablePartitionResponse()
                        .setPartitionIndex(name.partition())
                        .setErrorMessage(null);
        return answer instanceof Answer.Refused<Applied>(Refusal refusal)
                ? partition.setErrorCode(refusal.error().code()).setErrorMessage(refusal.message())
                : partition;
    }
}
