package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.consumer.ClusterTopics;

import org.apache.kafka.common.Uuid;

import java.util.Optional;

/** What the metadata image knows of topics. Callable from any thread; never blocks. */
public interface TopicLookup {

    /** The id of a topic; empty when there is no such topic. */
    Optional<Uuid> idOf(String topic);

    /** The name of a topic; empty when there is no such topic. */
    Optional<String> nameOf(Uuid topicId);

    /** All topics at this moment. */
    ClusterTopics now();

    /** How many partitions the topic has; 0 when there is no such topic. */
    int partitionCount(String topic);
}
