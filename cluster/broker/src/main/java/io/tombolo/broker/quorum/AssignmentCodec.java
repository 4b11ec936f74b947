package io.tombolo.broker.quorum;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.ReplicaCommand.AssignReplicasToDirs;
import io.tombolo.metadata.record.PartitionId;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** AssignReplicasToDirs, version 0 (KIP-858). Pure. */
final class AssignmentCodec {

    private AssignmentCodec() {}

    static AssignReplicasToDirsRequestData encode(AssignReplicasToDirs command) {
        var byDirectory =
                new LinkedHashMap<Uuid, Map<Uuid, AssignReplicasToDirsRequestData.TopicData>>();
        command.directories()
                .forEach((id, directory) ->
                        byDirectory
                                .computeIfAbsent(directory, _ -> new LinkedHashMap<>())
                                .computeIfAbsent(
                                        id.topicId(),
                                        topic ->
                                                new AssignReplicasToDirsRequestData.TopicData()
                                                        .setTopicId(topic))
                                .partitions()
                                .add(
                                        new AssignReplicasToDirsRequestData.PartitionData()
                                                .setPartitionIndex(id.index())));
        var request =
                new AssignReplicasToDirsRequestData()
                        .setBrokerId(command.brokerId())
                        .setBrokerEpoch(command.brokerEpoch());
        byDirectory.forEach((id, topics) ->
                request.directories()
                        .add(
                                new AssignReplicasToDirsRequestData.DirectoryData()
                                        .setId(id)
                                        .setTopics(new ArrayList<>(topics.values()))));
        return request;
    }

    static AssignReplicasToDirs decode(AssignReplicasToDirsRequestData request) {
        var directories = new TreeMap<PartitionId, Uuid>();
        for (var directory : request.directories()) {
            for (var topic : directory.topics()) {
                for (var partition : topic.partitions()) {
                    directories.put(
                            new PartitionId(topic.topicId(), partition.partitionIndex()),
                            directory.id());
                }
            }
        }
        return new AssignReplicasToDirs(request.brokerId(), request.brokerEpoch(), directories);
    }

    /** The response: what was asked, each with its error. */
    static AssignReplicasToDirsResponseData encode(
            AssignReplicasToDirsRequestData asked,
            Answer<Map<PartitionId, Answer<Applied>>> answer) {
        return switch (answer) {
            case Answer.Refused<Map<PartitionId, Answer<Applied>>>(var refusal) ->
                    new AssignReplicasToDirsResponseData().setErrorCode(refusal.error().code());
            case Answer.Done<Map<PartitionId, Answer<Applied>>>(var parts) -> {
                var response = new AssignReplicasToDirsResponseData();
                for (var directory : asked.directories()) {
                    response.directories().add(told(directory, parts));
                }
                yield response;
            }
        };
    }

    private static AssignReplicasToDirsResponseData.DirectoryData told(
            AssignReplicasToDirsRequestData.DirectoryData asked,
            Map<PartitionId, Answer<Applied>> parts) {
        var directory = new AssignReplicasToDirsResponseData.DirectoryData().setId(asked.id());
        for (var topic : asked.topics()) {
            var told = new AssignReplicasToDirsResponseData.TopicData().setTopicId(topic.topicId());
            for (var partition : topic.partitions()) {
                var id = new PartitionId(topic.topicId(), partition.partitionIndex());
                told.partitions()
                        .add(
                                new AssignReplicasToDirsResponseData.PartitionData()
                                        .setPartitionIndex(id.index())
                                        .setErrorCode(code(parts.get(id))));
            }
            directory.topics().add(told);
        }
        return directory;
    }

    private static short code(@Nullable Answer<Applied> answer) {
        return answer instanceof Answer.Refused<Applied> refused ? refused.error().code() : 0;
    }

    /** The answers in a response without an error of its own. */
    static Map<PartitionId, Answer<Applied>> decode(AssignReplicasToDirsResponseData response) {
        var parts = new LinkedHashMap<PartitionId, Answer<Applied>>();
        for (var directory : response.directories()) {
            for (var topic : directory.topics()) {
                for (var partition : topic.partitions()) {
                    Errors error = Errors.forCode(partition.errorCode());
                    parts.put(
                            new PartitionId(topic.topicId(), partition.partitionIndex()),
                            error == Errors.NONE
                                    ? new Answer.Done<>(new Applied())
                                    : new Refusal(error, String.valueOf(error.message())).answer());
                }
            }
        }
        return parts;
    }
}
