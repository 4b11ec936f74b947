package io.tombolo.metadata.image;

import static io.tombolo.metadata.image.Replay.check;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.ReplicaStanding;
import io.tombolo.metadata.record.TopicRecord;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.metadata.record.TopicRecord.TopicDeleted;

import org.apache.kafka.common.Uuid;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Applies the topic records of one batch. Topics that the batch touches are held aside and put back
 * once, and equal lists of replicas become one object, so that a topic with thousands of partitions
 * is cheap to create and to keep.
 */
final class TopicReplay {

    private final Changes changes;
    private final Map<Uuid, TopicImage> touched = new TreeMap<>();
    private final IndexReplay indexes;
    private final Map<BrokerIds, BrokerIds> brokerIds = new HashMap<>();
    private final Map<ReplicaStanding, ReplicaStanding> standings = new HashMap<>();
    private TopicsImage topics;
    private long partitionCount;

    TopicReplay(TopicsImage topics, Changes changes) {
        this.topics = topics;
        this.changes = changes;
        this.indexes = new IndexReplay(topics.indexes());
        this.partitionCount = topics.partitionCount();
    }

    boolean has(Uuid topicId) {
        return topics.byId().containsKey(topicId);
    }

    void apply(TopicRecord record) {
        switch (record) {
            case TopicCreated created -> create(created);
            case TopicDeleted deleted -> delete(deleted.topicId());
            case PartitionCreated created -> create(created);
            case PartitionChanged changed -> change(changed);
        }
    }

    TopicImage delete(Uuid topicId) {
        TopicImage topic = topic(topicId);
        topic.partitions()
                .forEach(
                        (index, partition) -> indexes.deleted(topic.partitionId(index), partition));
        partitionCount -= topic.partitions().count();
        touched.remove(topicId);
        topics = topics.withoutTopic(topic);
        changes.topicDeleted(topic);
        return topic;
    }

    TopicsImage finish() {
        touched.values().forEach(topic -> topics = topics.withPartitions(topic));
        return topics.with(indexes.finish(), partitionCount);
    }

    private void create(TopicCreated record) {
        check(!has(record.topicId()), "topic id %s exists", record.topicId());
        check(!topics.idByName().containsKey(record.name()), "topic %s exists", record.name());
        topics =
                topics.withTopic(
                        new TopicImage(record.topicId(), record.name(), PartitionTable.EMPTY));
        changes.topicsCreated.add(record.topicId());
    }

    private void create(PartitionCreated record) {
        TopicImage topic = topic(record.topicId());
        check(
                record.index() == topic.partitions().count(),
                "partition %d of %s is created after %d others",
                record.index(),
                topic.name(),
                topic.partitions().count());
        PartitionRegistration partition = lean(record.registration());
        touched.put(topic.id(), topic.with(topic.partitions().plus(partition)));
        PartitionId id = topic.partitionId(record.index());
        indexes.created(id, partition);
        partitionCount++;
        changes.partitions.add(id);
    }

    private void change(PartitionChanged record) {
        TopicImage topic = topic(record.topicId());
        check(
                record.index() < topic.partitions().count(),
                "no partition %s",
                new PartitionId(topic.id(), record.index()));
        PartitionRegistration old = topic.partitions().get(record.index());
        PartitionRegistration changed =
                lean(old.changed(record.partitionEpoch(), record.changes()));
        check(
                changed.partitionEpoch() == old.partitionEpoch() + 1
                        && changed.leaderEpoch() >= old.leaderEpoch(),
                "%s cannot follow %s",
                changed,
                old);
        touched.put(topic.id(), topic.with(topic.partitions().with(record.index(), changed)));
        PartitionId id = topic.partitionId(record.index());
        indexes.changed(id, old, changed);
        changes.partitions.add(id);
    }

    private TopicImage topic(Uuid topicId) {
        TopicImage topic = touched.get(topicId);
        if (topic == null) {
            topic = topics.byId().get(topicId);
        }
        if (topic == null) {
            throw new IllegalStateException("metadata record names the unknown topic " + topicId);
        }
        return topic;
    }

    private PartitionRegistration lean(PartitionRegistration partition) {
        return new PartitionRegistration(
                shared(brokerIds, partition.replicas()),
                shared(brokerIds, partition.isr()),
                partition.leader(),
                partition.leaderEpoch(),
                partition.partitionEpoch(),
                shared(standings, partition.standing()));
    }

    private static <T> T shared(Map<T, T> known, T value) {
        T first = known.putIfAbsent(value, value);
        return first == null ? value : first;
    }
}
