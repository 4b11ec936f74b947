package io.tombolo.metadata.image;

import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.Uuid;
import org.pcollections.PSortedMap;
import org.pcollections.PSortedSet;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

import java.util.Optional;

/**
 * Topics and partitions.
 *
 * @param idByName the id of each topic, ordered by name
 * @param lookalikes names that contain '.' or '_', by their form with all of them as '_': Kafka's
 *     metrics cannot tell such topics apart
 * @param indexes which partitions concern a broker or a task
 * @param partitionCount over all topics
 */
public record TopicsImage(
        PSortedMap<Uuid, TopicImage> byId,
        PSortedMap<String, Uuid> idByName,
        PSortedMap<String, PSortedSet<String>> lookalikes,
        PartitionIndexes indexes,
        long partitionCount) {

    static final TopicsImage EMPTY =
            new TopicsImage(
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    PartitionIndexes.EMPTY,
                    0);

    public Optional<TopicImage> topic(Uuid topicId) {
        return Optional.ofNullable(byId.get(topicId));
    }

    public Optional<TopicImage> topic(String name) {
        Uuid id = idByName.get(name);
        return id == null ? Optional.empty() : topic(id);
    }

    public Optional<PartitionRegistration> partition(PartitionId partition) {
        return topic(partition.topicId())
                .flatMap(topic -> topic.partitions().find(partition.index()));
    }

    /** The partitions that have a replica on a broker. */
    public PartitionSet replicasOn(int brokerId) {
        return PartitionIndexes.of(indexes.byReplica(), brokerId);
    }

    /** The partitions that a broker leads. */
    public PartitionSet ledBy(int brokerId) {
        return PartitionIndexes.of(indexes.byLeader(), brokerId);
    }

    /** The partitions that nobody leads. */
    public PartitionSet leaderless() {
        return ledBy(PartitionRegistration.NO_LEADER);
    }

    /** The partitions whose preferred leader a broker is, and which it does not lead. */
    public PartitionSet awayFrom(int preferredLeader) {
        return PartitionIndexes.of(indexes.awayFrom(), preferredLeader);
    }

    /** The partitions with a reassignment under way: what ListPartitionReassignments shows. */
    public PartitionSet reassigning() {
        return indexes.reassigning();
    }

    /** A topic with another name that Kafka's metrics could not tell from this name. */
    public Optional<String> lookalikeOf(String name) {
        PSortedSet<String> found = lookalikes.get(unified(name));
        return found == null
                ? Optional.empty()
                : found.stream().filter(other -> !other.equals(name)).findFirst();
    }

    TopicsImage withTopic(TopicImage topic) {
        String name = topic.name();
        var newLookalikes = lookalikes;
        if (looksAlike(name)) {
            PSortedSet<String> alike = lookalikes.get(unified(name));
            newLookalikes =
                    lookalikes.plus(
                            unified(name),
                            alike == null ? TreePSet.singleton(name) : alike.plus(name));
        }
        return new TopicsImage(
                byId.plus(topic.id(), topic),
                idByName.plus(name, topic.id()),
                newLookalikes,
                indexes,
                partitionCount);
    }

    TopicsImage withoutTopic(TopicImage topic) {
        String name = topic.name();
        var newLookalikes = lookalikes;
        PSortedSet<String> alike = lookalikes.get(unified(name));
        if (looksAlike(name) && alike != null) {
            PSortedSet<String> left = alike.minus(name);
            newLookalikes =
                    left.isEmpty()
                            ? lookalikes.minus(unified(name))
                            : lookalikes.plus(unified(name), left);
        }
        return new TopicsImage(
                byId.minus(topic.id()),
                idByName.minus(name),
                newLookalikes,
                indexes,
                partitionCount);
    }

    /** The same topics, one of them with other partitions. */
    TopicsImage withPartitions(TopicImage topic) {
        return new TopicsImage(
                byId.plus(topic.id(), topic), idByName, lookalikes, indexes, partitionCount);
    }

    TopicsImage with(PartitionIndexes newIndexes, long newCount) {
        return new TopicsImage(byId, idByName, lookalikes, newIndexes, newCount);
    }

    private static boolean looksAlike(String name) {
        return name.indexOf('.') >= 0 || name.indexOf('_') >= 0;
    }

    private static String unified(String name) {
        return name.replace('.', '_');
    }
}
