package io.tombolo.metadata.image;

import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;

import org.apache.kafka.common.Uuid;

import java.util.TreeMap;
import java.util.TreeSet;

/** Collects what a batch changes, while it is replayed. Mutable until the delta is made. */
final class Changes {

    final TreeSet<Uuid> topicsCreated = new TreeSet<>();
    final TreeMap<Uuid, TopicImage> topicsDeleted = new TreeMap<>();
    final TreeSet<PartitionId> partitions = new TreeSet<>();
    final TreeSet<Integer> brokers = new TreeSet<>();
    final TreeSet<ConfigResource> configs = new TreeSet<>();
    final TreeSet<String> features = new TreeSet<>();
    final TreeSet<LinkName> links = new TreeSet<>();
    final TreeSet<Uuid> mirrorTopics = new TreeSet<>();
    final TreeSet<DomainName> ownership = new TreeSet<>();

    /** Forgets a topic that is gone; {@code before} is empty when the batch itself had made it. */
    void topicDeleted(TopicImage topic) {
        partitions
                .subSet(
                        new PartitionId(topic.id(), 0),
                        new PartitionId(topic.id(), Integer.MAX_VALUE))
                .clear();
        if (!topicsCreated.remove(topic.id())) {
            topicsDeleted.put(topic.id(), topic);
        }
    }
}
