package io.tombolo.metadata.image;

import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;

import org.apache.kafka.common.Uuid;

import java.util.Map;
import java.util.Optional;
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

    static Changes between(MetadataImage before, MetadataImage after) {
        var changes = new Changes();
        collect(before.topics().byId(), after.topics().byId(), changes::topicChanged);
        collect(
                before.brokers().byId(),
                after.brokers().byId(),
                (id, _, _) -> changes.brokers.add(id));
        collect(
                before.brokers().drains(),
                after.brokers().drains(),
                (id, _, _) -> changes.brokers.add(id));
        collect(
                before.configs().byResource(),
                after.configs().byResource(),
                (resource, _, _) -> changes.configs.add(resource));
        collect(
                before.region().features(),
                after.region().features(),
                (name, _, _) -> changes.features.add(name));
        collect(
                before.links().byName(),
                after.links().byName(),
                (link, _, _) -> changes.links.add(link));
        collect(
                before.links().mirrorTopics(),
                after.links().mirrorTopics(),
                (id, _, _) -> changes.mirrorTopics.add(id));
        collect(
                before.region().ownership(),
                after.region().ownership(),
                (domain, _, _) -> changes.ownership.add(domain));
        return changes;
    }

    private static <K, V> void collect(Map<K, V> before, Map<K, V> after, Difference<K, V> found) {
        before.forEach((key, old) -> {
            V now = after.get(key);
            if (!old.equals(now)) {
                found.see(key, Optional.of(old), Optional.ofNullable(now));
            }
        });
        after.forEach((key, now) -> {
            if (!before.containsKey(key)) {
                found.see(key, Optional.empty(), Optional.of(now));
            }
        });
    }

    private void topicChanged(Uuid id, Optional<TopicImage> before, Optional<TopicImage> after) {
        if (after.isEmpty()) {
            before.ifPresent(topic -> topicsDeleted.put(id, topic));
            return;
        }
        if (before.isEmpty()) {
            topicsCreated.add(id);
        }
        PartitionTable old = before.map(TopicImage::partitions).orElse(PartitionTable.EMPTY);
        after.get()
                .partitions()
                .forEach((index, partition) -> {
                    if (index >= old.count() || !old.get(index).equals(partition)) {
                        partitions.add(new PartitionId(id, index));
                    }
                });
    }

    private interface Difference<K, V> {

        void see(K key, Optional<V> before, Optional<V> after);
    }

    /** Forgets a topic that is gone, entirely when the batch itself had made it. */
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
