package io.tombolo.region.link;

import org.apache.kafka.common.Uuid;

import java.util.Comparator;

/**
 * A partition of a mirror topic, by its local topic id, so that a topic that was deleted and made
 * again is never taken for the old one. Ordered by name, then number.
 */
public record LinkPartition(Uuid topicId, String topic, int partition)
        implements Comparable<LinkPartition> {

    private static final Comparator<LinkPartition> ORDER =
            Comparator.comparing(LinkPartition::topic)
                    .thenComparingInt(LinkPartition::partition)
                    .thenComparing(LinkPartition::topicId);

    public LinkPartition {
        if (partition < 0) {
            throw new IllegalArgumentException("partition " + partition + " is negative");
        }
    }

    @Override
    public int compareTo(LinkPartition other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
