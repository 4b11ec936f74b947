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
 * @param byBroker for each broker the topics in which it has replicas, with their number
 * @param partitionCount over all topics
 */
public record TopicsImage(
        PSortedMap<Uuid, TopicImage> byId,
        PSortedMap<String, Uuid> idByName,
        PSortedMap<String, PSortedSet<String>> lookalikes,
        PSortedMap<Integer, PSortedMap<Uuid, Integer>> byBroker,
        long partitionCount) {

    static final TopicsImage EMPTY =
            new TopicsImage(
                    TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), 0);

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

    /** The topics in which a broker has replicas, by id, with the number of its replicas. */
    public PSortedMap<Uuid, Integer> topicsOn(int brokerId) {
        PSortedMap<Uuid, Integer> found = byBroker.get(brokerId);
        return found == null ? TreePMap.empty() : found;
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
                byBroker,
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
                byBroker,
                partitionCount);
    }

    /** The same topics, one of them with other partitions. */
    TopicsImage withPartitions(TopicImage topic) {
        return new TopicsImage(
                byId.plus(topic.id(), topic), idByName, lookalikes, byBroker, partitionCount);
    }

    TopicsImage counting(
            PSortedMap<Integer, PSortedMap<Uuid, Integer>> newByBroker, long newCount) {
        return new TopicsImage(byId, idByName, lookalikes, newByBroker, newCount);
    }

    private static boolean looksAlike(String name) {
        return name.indexOf('.') >= 0 || name.indexOf('_') >= 0;
    }

    private static String unified(String name) {
        return name.replace('.', '_');
    }
}
