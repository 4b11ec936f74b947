package io.tombolo.broker.torn;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.FailoverOutcome.Piece;
import io.tombolo.region.link.LinkPartition;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the metadata know of the transactions that were torn when the topics of a link were taken
 * over. Pure.
 */
public final class TornTransactions {

    static final Comparator<TornTransaction> BY_PRODUCER =
            Comparator.comparingLong(TornTransaction::producerId)
                    .thenComparingInt(TornTransaction::producerEpoch);

    private TornTransactions() {}

    /**
     * The transactions that were found open in some partition; empty as well as long as a partition
     * has not been looked at, or a topic is not taken over.
     */
    public static Set<Suspect> suspects(MetadataImage image, LinkName link) {
        var suspects = new HashSet<Suspect>();
        for (MirrorRegistration mirror : image.movingWith(link)) {
            for (OpenTransactions open : mirror.promotion().transactions().values()) {
                if (open.count() < 0) {
                    return Set.of();
                }
                open.told()
                        .forEach(one ->
                                suspects.add(new Suspect(one.producerId(), one.producerEpoch())));
            }
            if (!mirror.writable()) {
                return Set.of();
            }
        }
        return suspects;
    }

    /** Whether the leaders of some partitions of a link still have to look for them. */
    public static boolean uncompared(MetadataImage image, LinkName link) {
        return image.movingWith(link).stream()
                        .anyMatch(mirror ->
                                image.topics()
                                        .topic(mirror.topicId())
                                        .filter(topic -> uncompared(topic, mirror) > 0)
                                        .isPresent())
                && !suspects(image, link).isEmpty();
    }

    private static int uncompared(TopicImage topic, MirrorRegistration mirror) {
        return topic.partitions().count() - mirror.promotion().compared().size();
    }

    /** Those that are committed in some partitions and aborted in others. */
    public static List<FailoverOutcome.TornTransaction> of(MetadataImage image, LinkName link) {
        Map<Suspect, List<Piece>> committed = order();
        Map<Suspect, List<Piece>> aborted = order();
        for (MirrorRegistration mirror : image.movingWith(link)) {
            Optional<TopicImage> topic = image.topics().topic(mirror.topicId());
            topic.ifPresent(one -> {
                mirror.promotion()
                        .compared()
                        .forEach((index, torn) ->
                                torn.forEach(each -> add(committed, one, index, each)));
                mirror.promotion()
                        .transactions()
                        .forEach((index, open) ->
                                open.told().forEach(each -> add(aborted, one, index, each)));
            });
        }
        var all = new ArrayList<FailoverOutcome.TornTransaction>();
        committed.forEach((who, pieces) ->
                all.add(
                        new FailoverOutcome.TornTransaction(
                                who.producerId(),
                                who.producerEpoch(),
                                pieces,
                                aborted.getOrDefault(who, List.of()))));
        return all;
    }

    private static Map<Suspect, List<Piece>> order() {
        return new TreeMap<>(
                Comparator.comparingLong(Suspect::producerId)
                        .thenComparingInt(Suspect::producerEpoch));
    }

    private static void add(
            Map<Suspect, List<Piece>> to, TopicImage topic, int index, TornTransaction one) {
        add(
                to,
                new Suspect(one.producerId(), one.producerEpoch()),
                new Piece(new LinkPartition(topic.id(), topic.name(), index), one.firstOffset()));
    }

    private static void add(
            Map<Suspect, List<Piece>> to,
            TopicImage topic,
            int index,
            OpenTransactions.OpenTransaction one) {
        add(
                to,
                new Suspect(one.producerId(), one.producerEpoch()),
                new Piece(new LinkPartition(topic.id(), topic.name(), index), one.firstOffset()));
    }

    private static void add(Map<Suspect, List<Piece>> to, Suspect who, Piece piece) {
        to.computeIfAbsent(who, _ -> new ArrayList<>()).add(piece);
    }
}
