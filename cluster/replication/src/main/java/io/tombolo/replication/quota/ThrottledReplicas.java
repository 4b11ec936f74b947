package io.tombolo.replication.quota;

import org.apache.kafka.common.TopicPartition;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The replicas of one broker that are copied within a limit. Immutable.
 *
 * @param byTopic partitions by topic; an empty set stands for all of them
 */
public record ThrottledReplicas(SortedMap<String, Set<Integer>> byTopic) {

    /** None. */
    public static final ThrottledReplicas NONE = new ThrottledReplicas(new TreeMap<>());

    private static final String ALL = "*";

    /** All there are. */
    public static final ThrottledReplicas EVERY =
            new ThrottledReplicas(new TreeMap<>(Map.of(ALL, Set.of())));

    public ThrottledReplicas {
        byTopic = Collections.unmodifiableSortedMap(new TreeMap<>(byTopic));
    }

    /**
     * As topics say it in {@code leader.replication.throttled.replicas} and {@code
     * follower.replication.throttled.replicas}: {@code *} or a list of {@code partition:broker}.
     *
     * @param texts by topic; legal ones
     */
    public static ThrottledReplicas of(Map<String, String> texts, int brokerId) {
        var byTopic = new TreeMap<String, Set<Integer>>();
        texts.forEach((topic, text) -> {
            if (text.strip().equals(ALL)) {
                byTopic.put(topic, Set.of());
                return;
            }
            var partitions = new TreeSet<Integer>();
            for (String entry : text.split(",")) {
                String[] parts = entry.strip().split(":");
                if (parts.length == 2 && Integer.parseInt(parts[1].strip()) == brokerId) {
                    partitions.add(Integer.valueOf(parts[0].strip()));
                }
            }
            if (!partitions.isEmpty()) {
                byTopic.put(topic, Collections.unmodifiableSet(partitions));
            }
        });
        return new ThrottledReplicas(byTopic);
    }

    /** Whether a replica of the partition is one of them. */
    public boolean has(TopicPartition partition) {
        Set<Integer> partitions = byTopic.get(partition.topic());
        return this == EVERY
                || partitions != null
                        && (partitions.isEmpty() || partitions.contains(partition.partition()));
    }
}
