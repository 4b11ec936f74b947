package io.tombolo.metadata.image;

import io.tombolo.metadata.record.PartitionId;

import org.apache.kafka.common.Uuid;

/** One topic. */
public record TopicImage(Uuid id, String name, PartitionTable partitions) {

    /** The full name of one of its partitions. */
    public PartitionId partitionId(int index) {
        return new PartitionId(id, index);
    }

    TopicImage with(PartitionTable changed) {
        return new TopicImage(id, name, changed);
    }
}
