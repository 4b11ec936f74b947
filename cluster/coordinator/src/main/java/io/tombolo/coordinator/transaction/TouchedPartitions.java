package io.tombolo.coordinator.transaction;

import org.apache.kafka.common.TopicPartition;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A set of partitions; an immutable value.
 *
 * @param byTopic no empty sets in it
 */
public record TouchedPartitions(TreePMap<String, TreePSet<Integer>> byTopic) {

    /** None. */
    public static final TouchedPartitions NONE = new TouchedPartitions(TreePMap.empty());

    /** These. */
    public static TouchedPartitions of(Collection<TopicPartition> partitions) {
        TouchedPartitions touched = NONE;
        for (TopicPartition partition : partitions) {
            touched = touched.plus(partition.topic(), partition.partition());
        }
        return touched;
    }

    public boolean isEmpty() {
        return byTopic.isEmpty();
    }

    public boolean contains(String topic, int partition) {
        var indexes = byTopic.get(topic);
        return indexes != null && indexes.contains(partition);
    }

    boolean containsAll(TouchedPartitions others) {
        for (var entry : others.byTopic.entrySet()) {
            var indexes = byTopic.get(entry.getKey());
            if (indexes == null || !indexes.containsAll(entry.getValue())) {
                return false;
            }
        }
        return true;
    }

    TouchedPartitions plus(String topic, int partition) {
        var indexes = byTopic.get(topic);
        TreePSet<Integer> known = indexes == null ? TreePSet.empty() : indexes;
        return new TouchedPartitions(byTopic.plus(topic, known.plus(partition)));
    }

    TouchedPartitions plus(TouchedPartitions others) {
        TouchedPartitions sum = this;
        for (TopicPartition partition : others.list()) {
            sum = sum.plus(partition.topic(), partition.partition());
        }
        return sum;
    }

    TouchedPartitions minus(TouchedPartitions others) {
        TreePMap<String, TreePSet<Integer>> rest = byTopic;
        for (Map.Entry<String, TreePSet<Integer>> entry : others.byTopic.entrySet()) {
            var indexes = rest.get(entry.getKey());
            if (indexes != null) {
                var left = indexes.minusAll(entry.getValue());
                rest =
                        left.isEmpty()
                                ? rest.minus(entry.getKey())
                                : rest.plus(entry.getKey(), left);
            }
        }
        return new TouchedPartitions(rest);
    }

    /** In order of topics and indexes. */
    public List<TopicPartition> list() {
        var all = new ArrayList<TopicPartition>();
        byTopic.forEach((topic, indexes) ->
                indexes.forEach(index -> all.add(new TopicPartition(topic, index))));
        return all;
    }
}
