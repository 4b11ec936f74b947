package io.tombolo.metadata.record;

import org.apache.kafka.common.Uuid;

/** A partition, by its topic's id and its index there. Ordered by both. */
public record PartitionId(Uuid topicId, int index) implements Comparable<PartitionId> {

    @Override
    public int compareTo(PartitionId other) {
        int byTopic = topicId.compareTo(other.topicId);
        return byTopic != 0 ? byTopic : Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
        return topicId + "-" + index;
    }
}
