package io.tombolo.broker.link;

import io.tombolo.broker.group.InternalTopic;
import io.tombolo.broker.torn.TornTransactions;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.FailoverOutcome.AbortedTransaction;
import io.tombolo.region.link.FailoverOutcome.AbortedTransactions;
import io.tombolo.region.link.FailoverOutcome.ClampedGroup;
import io.tombolo.region.link.FailoverOutcome.PartitionOutcome;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.topology.LinkEntry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * How far a region is with taking over the topics of a link, as the metadata has it; the same on
 * every broker that has come as far in the log.
 *
 * @param topicCount of the link, without those that its filter leaves out
 * @param stoppedCount of them: they have ended, with their groups, and are ordinary topics
 * @param obstacles what is waited for, in words; empty when nothing is left and all take writes
 * @param compared whether it is known which of the aborted transactions are torn
 * @param outcome what there is to tell so far
 */
record PromotionStanding(
        int topicCount,
        int stoppedCount,
        List<String> obstacles,
        boolean compared,
        FailoverOutcome outcome) {

    /** How many obstacles are told one by one. */
    private static final int TOLD_MAX = 5;

    static PromotionStanding of(MetadataImage image, LinkEntry entry, long ownershipEpoch) {
        var partitions = new ArrayList<PartitionOutcome>();
        var groups = new ArrayList<ClampedGroup>();
        var obstacles = new ArrayList<String>();
        var unclamped = new TreeSet<Integer>();
        var aborted = new ArrayList<AbortedTransactions>();
        int count = 0;
        int stopped = 0;
        for (MirrorRegistration mirror : image.movingWith(entry.name())) {
            Optional<TopicImage> topic = image.topics().topic(mirror.topicId());
            if (topic.isEmpty()) {
                continue;
            }
            count++;
            stopped += mirror.writable() ? 1 : 0;
            tell(topic.get(), mirror, partitions, groups);
            aborted.addAll(transactions(topic.get(), mirror));
            if (mirror.writable()) {
                unaborted(topic.get(), mirror, obstacles);
            } else {
                int before = obstacles.size();
                unsettled(topic.get(), mirror, obstacles);
                if (obstacles.size() == before) {
                    unclamped.addAll(unclamped(image, mirror));
                }
            }
        }
        unclamped.forEach(index -> obstacles.add(groupsOf(image, index)));
        return new PromotionStanding(
                count,
                stopped,
                obstacles,
                !TornTransactions.uncompared(image, entry.name()),
                new FailoverOutcome(
                        ownershipEpoch,
                        Optional.empty(),
                        partitions,
                        groups,
                        aborted,
                        TornTransactions.of(image, entry.name())));
    }

    private static List<AbortedTransactions> transactions(
            TopicImage topic, MirrorRegistration mirror) {
        var all = new ArrayList<AbortedTransactions>();
        mirror.promotion()
                .transactions()
                .forEach((index, open) -> {
                    if (open.count() > 0) {
                        all.add(
                                new AbortedTransactions(
                                        new LinkPartition(topic.id(), topic.name(), index),
                                        open.count(),
                                        open.told().stream()
                                                .map(PromotionStanding::told)
                                                .toList()));
                    }
                });
        return all;
    }

    private static AbortedTransaction told(OpenTransactions.OpenTransaction one) {
        return new AbortedTransaction(
                one.producerId(), one.producerEpoch(), one.firstOffset(), one.recordCount());
    }

    private static void unaborted(
            TopicImage topic, MirrorRegistration mirror, List<String> obstacles) {
        topic.partitions()
                .forEach((index, partition) -> {
                    if (mirror.promotion().holdsWrites(index)) {
                        String name = topic.name() + "-" + index;
                        obstacles.add(
                                partition.hasLeader()
                                        ? "broker %d has not aborted the open transactions of %s"
                                                .formatted(partition.leader(), name)
                                        : name + " has no leader");
                    }
                });
    }

    private static void tell(
            TopicImage topic,
            MirrorRegistration mirror,
            List<PartitionOutcome> partitions,
            List<ClampedGroup> groups) {
        mirror.promotion()
                .ends()
                .forEach((index, end) ->
                        partitions.add(
                                new PartitionOutcome(
                                        new LinkPartition(topic.id(), topic.name(), index),
                                        end.endOffset(),
                                        end.highestEpoch(),
                                        end.missing(),
                                        end.complete())));
        mirror.promotion()
                .clamped()
                .values()
                .forEach(positions ->
                        positions.forEach(one ->
                                groups.add(
                                        new ClampedGroup(
                                                one.group(),
                                                new LinkPartition(
                                                        topic.id(), topic.name(), one.index()),
                                                one.from(),
                                                one.to(),
                                                Optional.empty()))));
    }

    private static void unsettled(
            TopicImage topic, MirrorRegistration mirror, List<String> obstacles) {
        topic.partitions()
                .forEach((index, partition) -> {
                    if (mirror.promotion().endOf(index).isEmpty()) {
                        String name = topic.name() + "-" + index;
                        obstacles.add(
                                partition.hasLeader()
                                        ? "broker %d has not settled %s"
                                                .formatted(partition.leader(), name)
                                        : name + " has no leader");
                    }
                });
    }

    private static List<Integer> unclamped(MetadataImage image, MirrorRegistration mirror) {
        var open = new ArrayList<Integer>();
        image.topics()
                .topic(InternalTopic.OFFSETS)
                .ifPresent(offsets ->
                        offsets.partitions()
                                .forEach((index, _) -> {
                                    if (!mirror.promotion().clamped().containsKey(index)) {
                                        open.add(index);
                                    }
                                }));
        return open;
    }

    private static String groupsOf(MetadataImage image, int offsetsPartition) {
        int leader =
                image.topics()
                        .topic(InternalTopic.OFFSETS)
                        .map(topic -> topic.partitions().get(offsetsPartition).leader())
                        .orElse(-1);
        return leader < 0
                ? "%s-%d has no leader, so its groups cannot be read"
                        .formatted(InternalTopic.OFFSETS, offsetsPartition)
                : "the offsets of groups are still being loaded by broker %d (%s-%d)"
                        .formatted(leader, InternalTopic.OFFSETS, offsetsPartition);
    }

    /** Whether all topics are ordinary ones, though some of their partitions may hold writes. */
    boolean stopped() {
        return stoppedCount == topicCount;
    }

    /** Whether every partition takes writes. */
    boolean finished() {
        return stopped() && obstacles.isEmpty();
    }

    /** What keeps it from its end, in one line. */
    String problem() {
        String told = String.join("; ", obstacles.stream().limit(TOLD_MAX).toList());
        int more = obstacles.size() - TOLD_MAX;
        return more > 0 ? told + "; and %d more".formatted(more) : told;
    }
}
