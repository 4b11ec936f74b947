package io.tombolo.controller.command;

import org.apache.kafka.common.Uuid;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Topics and partitions. Each topic named in a command has its own answer. What another region owns
 * or a link fills is refused with POLICY_VIOLATION.
 */
public sealed interface TopicCommand<A> extends Command<A> {

    /**
     * Creates topics; each is created as a whole or not at all. A name that occurs twice is refused
     * with INVALID_REQUEST.
     *
     * @param validateOnly whether everything is checked and nothing changed
     */
    record CreateTopics(List<NewTopic> topics, boolean validateOnly)
            implements TopicCommand<Map<String, Answer<CreatedTopic>>> {

        public CreateTopics {
            topics = List.copyOf(topics);
        }
    }

    /** Deletes topics. Missing ones: UNKNOWN_TOPIC_OR_PARTITION by name, UNKNOWN_TOPIC_ID by id. */
    record DeleteTopics(List<TopicKey> topics)
            implements TopicCommand<Map<TopicKey, Answer<DeletedTopic>>> {

        public DeleteTopics {
            topics = List.copyOf(topics);
        }
    }

    /** Adds partitions to topics. */
    record CreatePartitions(List<Growth> topics, boolean validateOnly)
            implements TopicCommand<Map<String, Answer<Applied>>> {

        public CreatePartitions {
            topics = List.copyOf(topics);
        }
    }

    /**
     * A topic to be created.
     *
     * @param partitionCount -1 for the default, and when there are assignments
     * @param replicationFactor -1 for the default, and when there are assignments
     * @param assignments the replicas of each partition, preferred leader first; empty when the
     *     controller shall choose
     */
    record NewTopic(
            String name,
            int partitionCount,
            int replicationFactor,
            SortedMap<Integer, List<Integer>> assignments,
            SortedMap<String, String> configs) {

        /** Asks for the default partition count or replication factor. */
        public static final int BY_DEFAULT = -1;

        public NewTopic {
            assignments = Collections.unmodifiableSortedMap(new TreeMap<>(assignments));
            configs = Collections.unmodifiableSortedMap(new TreeMap<>(configs));
        }

        /** A topic that the controller places. */
        public static NewTopic of(
                String name,
                int partitionCount,
                int replicationFactor,
                SortedMap<String, String> configs) {
            return new NewTopic(name, partitionCount, replicationFactor, new TreeMap<>(), configs);
        }
    }

    /** A created topic; with {@code validateOnly} its id means nothing. */
    record CreatedTopic(Uuid topicId, int partitionCount, int replicationFactor) {}

    /** A deleted topic. */
    record DeletedTopic(String name, Uuid topicId) {}

    /**
     * A topic that gets more partitions.
     *
     * @param partitionCount what it shall have then
     * @param assignments the replicas of each added partition; empty when the controller shall
     *     choose
     */
    record Growth(String topic, int partitionCount, List<List<Integer>> assignments) {

        public Growth {
            assignments = assignments.stream().map(List::copyOf).toList();
        }
    }

    /** How a client names a topic. */
    sealed interface TopicKey {

        record ByName(String name) implements TopicKey {}

        record ById(Uuid topicId) implements TopicKey {}
    }
}
