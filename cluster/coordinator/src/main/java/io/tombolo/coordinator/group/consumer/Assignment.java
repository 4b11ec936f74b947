package io.tombolo.coordinator.group.consumer;

import org.apache.kafka.common.Uuid;
import org.pcollections.TreePMap;

import java.util.Map;
import java.util.SortedMap;

/**
 * Partitions by topic id, each with the member epoch in which it was assigned; an immutable value.
 * Targets have no such epochs: theirs are 0.
 *
 * @param byTopic no empty maps in it
 */
public record Assignment(TreePMap<Uuid, TreePMap<Integer, Integer>> byTopic) {

    /** No partitions. */
    public static final Assignment NONE = new Assignment(TreePMap.empty());

    /** What is to be done with each partition. */
    interface Visitor {
        void visit(Uuid topic, int partition, int epoch);
    }

    boolean isEmpty() {
        return byTopic.isEmpty();
    }

    int count() {
        int count = 0;
        for (var partitions : byTopic.values()) {
            count += partitions.size();
        }
        return count;
    }

    boolean contains(Uuid topic, int partition) {
        var partitions = byTopic.get(topic);
        return partitions != null && partitions.containsKey(partition);
    }

    /** The partitions of a topic, with their epochs. */
    SortedMap<Integer, Integer> of(Uuid topic) {
        var partitions = byTopic.get(topic);
        return partitions == null ? TreePMap.empty() : partitions;
    }

    void forEach(Visitor visitor) {
        for (var topic : byTopic.entrySet()) {
            for (var partition : topic.getValue().entrySet()) {
                visitor.visit(topic.getKey(), partition.getKey(), partition.getValue());
            }
        }
    }

    Assignment plus(Uuid topic, int partition, int epoch) {
        var present = byTopic.get(topic);
        TreePMap<Integer, Integer> partitions = present == null ? TreePMap.empty() : present;
        return new Assignment(byTopic.plus(topic, partitions.plus(partition, epoch)));
    }

    Assignment minus(Uuid topic, int partition) {
        var partitions = byTopic.get(topic);
        if (partitions == null) {
            return this;
        }
        var rest = partitions.minus(partition);
        return new Assignment(rest.isEmpty() ? byTopic.minus(topic) : byTopic.plus(topic, rest));
    }

    /** Those of these partitions that are among the others, or are not. */
    Assignment among(Assignment others, boolean wanted) {
        Assignment kept = this;
        for (var topic : byTopic.entrySet()) {
            for (int partition : topic.getValue().keySet()) {
                if (others.contains(topic.getKey(), partition) != wanted) {
                    kept = kept.minus(topic.getKey(), partition);
                }
            }
        }
        return kept;
    }

    /** The same as a target. */
    Assignment asTarget() {
        Assignment target = NONE;
        for (var topic : byTopic.entrySet()) {
            for (int partition : topic.getValue().keySet()) {
                target = target.plus(topic.getKey(), partition, 0);
            }
        }
        return target;
    }

    boolean hasAnyOf(Assignment others) {
        return !among(others, true).isEmpty();
    }

    boolean hasAllOf(Assignment others) {
        return others.among(this, false).isEmpty();
    }

    /** Whether the partitions are the same, whatever their epochs. */
    boolean sameAs(Assignment other) {
        if (!byTopic.keySet().equals(other.byTopic.keySet())) {
            return false;
        }
        for (Map.Entry<Uuid, TreePMap<Integer, Integer>> topic : byTopic.entrySet()) {
            if (!topic.getValue().keySet().equals(other.of(topic.getKey()).keySet())) {
                return false;
            }
        }
        return true;
    }
}
