package io.tombolo.broker.request.data;

import io.tombolo.metadata.image.TopicsImage;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/** Finds the partitions that requests name. */
record Topics(TopicsImage image) {

    /** The partition of that name; with the zero id when there is none. */
    TopicIdPartition named(String topic, int partition) {
        Uuid id =
                image.topic(topic)
                        .filter(found -> found.partitions().find(partition).isPresent())
                        .map(found -> found.id())
                        .orElse(Uuid.ZERO_UUID);
        return new TopicIdPartition(id, partition, topic);
    }

    /** What to say of a partition that is not hosted here. */
    static Errors errorOfMissing(TopicIdPartition partition) {
        return partition.topicId().equals(Uuid.ZERO_UUID)
                ? Errors.UNKNOWN_TOPIC_OR_PARTITION
                : Errors.NOT_LEADER_OR_FOLLOWER;
    }
}
