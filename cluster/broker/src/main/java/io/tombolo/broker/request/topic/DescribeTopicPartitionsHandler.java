package io.tombolo.broker.request.topic;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.AuthorizedOperations;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.Errors;

import java.util.Optional;
import java.util.TreeSet;

/** DescribeTopicPartitions (KIP-966): topics by name, a page of partitions at a time. */
public final class DescribeTopicPartitionsHandler
        implements RequestHandler<DescribeTopicPartitionsRequestData> {

    private final Images images;
    private final int partitionsMax;

    /**
     * @param partitionsMax {@code max.request.partition.size.limit}
     */
    public DescribeTopicPartitionsHandler(Images images, int partitionsMax) {
        this.images = images;
        this.partitionsMax = partitionsMax;
    }

    @Override
    public void handle(Exchange exchange, DescribeTopicPartitionsRequestData body) {
        MetadataImage image = images.current();
        var cursor = body.cursor();
        if (cursor != null && cursor.partitionIndex() < 0) {
            // Kafka fails the request as a whole; it has no error field, so the topic carries it.
            exchange.close("a cursor at partition " + cursor.partitionIndex());
            return;
        }
        var names = new TreeSet<String>();
        if (body.topics().isEmpty()) {
            names.addAll(image.topics().idByName().keySet());
        } else {
            body.topics().stream().map(TopicRequest::name).forEach(names::add);
        }
        if (cursor != null) {
            names.removeIf(name -> name.compareTo(cursor.topicName()) < 0);
        }
        var response = new DescribeTopicPartitionsResponseData();
        int left = Math.clamp(body.responsePartitionLimit(), 1, partitionsMax);
        for (String name : names) {
            int from =
                    cursor != null && name.equals(cursor.topicName()) ? cursor.partitionIndex() : 0;
            if (left == 0) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(from));
                break;
            }
            left -= describe(image, name, from, left, response);
            if (response.nextCursor() != null) {
                break;
            }
        }
        exchange.answer(response);
    }

    /** Adds one topic; returns how many partitions were described. */
    private static int describe(
            MetadataImage image,
            String name,
            int from,
            int limit,
            DescribeTopicPartitionsResponseData response) {
        Optional<TopicImage> found = image.topics().topic(name);
        boolean legal = TopicNames.legal(name);
        var topic =
                new DescribeTopicPartitionsResponseTopic()
                        .setName(name)
                        .setTopicId(found.map(TopicImage::id).orElse(Uuid.ZERO_UUID))
                        .setIsInternal(TopicDescriptions.internal(name))
                        .setTopicAuthorizedOperations(AuthorizedOperations.onTopic(true));
        response.topics().add(topic);
        if (found.isEmpty()) {
            topic.setErrorCode(
                    (legal ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.INVALID_TOPIC_EXCEPTION)
                            .code());
            return 0;
        }
        int count = found.get().partitions().count();
        int to = Math.min(count, from + limit);
        for (int index = from; index < to; index++) {
            topic.partitions().add(partition(image, index, found.get().partitions().get(index)));
        }
        if (to < count) {
            response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(to));
        }
        return Math.max(0, to - from);
    }

    private static DescribeTopicPartitionsResponsePartition partition(
            MetadataImage image, int index, PartitionRegistration partition) {
        return new DescribeTopicPartitionsResponsePartition()
                .setPartitionIndex(index)
                .setErrorCode(TopicDescriptions.error(partition, image.brokers()).code())
                .setLeaderId(TopicDescriptions.leader(partition, image.brokers()))
                .setLeaderEpoch(partition.leaderEpoch())
                .setReplicaNodes(partition.replicas().asList())
                .setIsrNodes(partition.isr().asList())
                .setEligibleLeaderReplicas(partition.elr().asList())
                .setLastKnownElr(partition.lastKnownElr().asList())
                .setOfflineReplicas(TopicDescriptions.offline(partition, image.brokers()));
    }
}
