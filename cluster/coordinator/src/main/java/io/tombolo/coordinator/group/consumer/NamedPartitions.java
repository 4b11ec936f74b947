package io.tombolo.coordinator.group.consumer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Partitions by the name of their topic, as members of the classic protocol speak of them.
 *
 * @param byTopic not changed any more
 */
public record NamedPartitions(Map<String, List<Integer>> byTopic) {

    /** No partitions. */
    static final NamedPartitions NONE = new NamedPartitions(Map.of());

    /** Kafka's ConsumerProtocolAssignment; empty when the bytes are something else. */
    static Optional<NamedPartitions> readAssignment(byte[] assignment) {
        if (assignment.length == 0) {
            return Optional.of(NONE);
        }
        return EmbeddedReader.read(
                assignment,
                in -> {
                    in.version();
                    return in.partitions();
                });
    }

    /** The names of those that exist. */
    static NamedPartitions of(Assignment assignment, ClusterTopics topics) {
        var named = new TreeMap<String, List<Integer>>();
        assignment
                .byTopic()
                .forEach((id, partitions) ->
                        topics.topic(id)
                                .ifPresent(topic ->
                                        named.put(topic.name(), List.copyOf(partitions.keySet()))));
        return new NamedPartitions(named);
    }

    /** The ids of those that exist, each with this epoch. */
    Assignment identified(ClusterTopics topics, int epoch) {
        Assignment assignment = Assignment.NONE;
        for (var named : byTopic.entrySet()) {
            var topic = topics.topic(named.getKey());
            if (topic.isPresent()) {
                for (int partition : named.getValue()) {
                    assignment = assignment.plus(topic.get().id(), partition, epoch);
                }
            }
        }
        return assignment;
    }

    /** As Kafka's ConsumerProtocolAssignment, without user data. */
    byte[] toAssignment(short version) {
        int bytes = Short.BYTES + 2 * Integer.BYTES;
        for (var topic : byTopic.entrySet()) {
            bytes += Short.BYTES + topic.getKey().getBytes(StandardCharsets.UTF_8).length;
            bytes += Integer.BYTES * (1 + topic.getValue().size());
        }
        ByteBuffer out = ByteBuffer.allocate(bytes).putShort(version).putInt(byTopic.size());
        byTopic.forEach((topic, partitions) -> {
            byte[] name = topic.getBytes(StandardCharsets.UTF_8);
            out.putShort((short) name.length).put(name).putInt(partitions.size());
            partitions.forEach(out::putInt);
        });
        return out.putInt(-1).array();
    }
}
