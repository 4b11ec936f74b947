package io.tombolo.broker.request.cluster;

import io.tombolo.broker.Images;
import io.tombolo.broker.publish.PartitionPublisher;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.metadata.image.TopicImage;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.protocol.Errors;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** AlterReplicaLogDirs: moves replicas of this broker between its directories. */
public final class AlterReplicaLogDirsHandler
        implements RequestHandler<AlterReplicaLogDirsRequestData> {

    private final Images images;
    private final PartitionPublisher partitions;

    public AlterReplicaLogDirsHandler(Images images, PartitionPublisher partitions) {
        this.images = images;
        this.partitions = partitions;
    }

    @Override
    public void handle(Exchange exchange, AlterReplicaLogDirsRequestData body) {
        Map<TopicPartition, String> wishes = wishes(body);
        var errors = new LinkedHashMap<TopicPartition, Errors>();
        if (wishes.isEmpty()) {
            exchange.answer(response(errors));
        }
        wishes.forEach((name, path) ->
                move(
                        exchange,
                        name,
                        path,
                        error -> {
                            errors.put(name, error);
                            if (errors.size() == wishes.size()) {
                                exchange.answer(response(errors));
                            }
                        }));
    }

    /** The last word on a partition counts. */
    private static Map<TopicPartition, String> wishes(AlterReplicaLogDirsRequestData body) {
        var wishes = new LinkedHashMap<TopicPartition, String>();
        for (AlterReplicaLogDir dir : body.dirs()) {
            for (AlterReplicaLogDirTopic topic : dir.topics()) {
                for (int index : topic.partitions()) {
                    wishes.put(new TopicPartition(topic.name(), index), dir.path());
                }
            }
        }
        return wishes;
    }

    private void move(
            Exchange exchange, TopicPartition name, String path, Consumer<Errors> answered) {
        Path directory;
        try {
            directory = Path.of(path);
        } catch (InvalidPathException impossible) {
            answered.accept(Errors.LOG_DIR_NOT_FOUND);
            return;
        }
        TopicImage topic = images.current().topics().topic(name.topic()).orElse(null);
        if (topic == null
                || name.partition() < 0
                || name.partition() >= topic.partitions().count()) {
            Errors refusal = partitions.refusal(directory);
            boolean there = refusal == Errors.NONE;
            answered.accept(there ? Errors.UNKNOWN_TOPIC_OR_PARTITION : refusal);
        } else {
            partitions.moveReplica(
                    new TopicIdPartition(topic.id(), name), directory, exchange.loop(), answered);
        }
    }

    private static AlterReplicaLogDirsResponseData response(Map<TopicPartition, Errors> errors) {
        var topics = new TreeMap<String, AlterReplicaLogDirTopicResult>();
        errors.forEach((name, error) ->
                topics.computeIfAbsent(
                                name.topic(),
                                topic -> new AlterReplicaLogDirTopicResult().setTopicName(topic))
                        .partitions()
                        .add(
                                new AlterReplicaLogDirPartitionResult()
                                        .setPartitionIndex(name.partition())
                                        .setErrorCode(error.code())));
        var response = new AlterReplicaLogDirsResponseData();
        response.results().addAll(topics.values());
        return response;
    }
}
