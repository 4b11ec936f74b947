package io.tombolo.broker.link;

import io.tombolo.broker.group.InternalTopic;
import io.tombolo.broker.torn.TornTransactions;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.Promotion;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.topology.LinkEntry;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one broker has to do so that its region takes over the topics of a link. All of it follows
 * from the metadata, so whoever leads a partition now has its duty, whatever happened before: there
 * is nothing to hand over when a leader moves or a broker dies.
 *
 * @param ownershipEpoch that made the region the owner
 * @param unbegun whether a topic has not even been told to stop mirroring
 * @param settle the partitions led here whose end nobody has told, with their leader epochs
 * @param clamp the partitions of {@code __consumer_offsets} led here whose groups may be beyond
 * @param abort the partitions led here where transactions were left open, or may be
 * @param compare the partitions led here that may have committed what others have open
 */
record PromotionDuty(
        long ownershipEpoch,
        boolean unbegun,
        SortedMap<LinkPartition, Integer> settle,
        List<Clamping> clamp,
        List<Abortion> abort,
        List<OpenTransactionLog.Place> compare) {

    /**
     * One partition of a topic that is stopped.
     *
     * @param known the transactions that the metadata know of
     */
    record Abortion(OpenTransactionLog.Place place, OpenTransactions known) {}

    /**
     * One partition of {@code __consumer_offsets}.
     *
     * @param topicIds the topics that wait for it: all their partitions have ended
     * @param ends where they have
     */
    record Clamping(
            int offsetsPartition,
            int leaderEpoch,
            SortedSet<Uuid> topicIds,
            Map<TopicPartition, Long> ends) {}

    /** Empty when the region does not own the topics of the link, or has taken over all of them. */
    static Optional<PromotionDuty> of(
            MetadataImage image, LinkEntry entry, RegionId region, int brokerId) {
        Optional<OwnershipRecord> owned =
                image.region()
                        .ownershipOf(entry.domain())
                        .filter(record -> record.ownership().owner().equals(region));
        boolean transactions =
                image.movingWith(entry.name()).stream().anyMatch(one -> one.promotion().unaborted())
                        || TornTransactions.uncompared(image, entry.name());
        if (owned.isEmpty() || !LinkSpecs.unfinished(image, entry) && !transactions) {
            return Optional.empty();
        }
        long epoch = owned.get().epoch();
        boolean unbegun = false;
        var settle = new TreeMap<LinkPartition, Integer>();
        var ended = new ArrayList<TopicImage>();
        var abort = new ArrayList<Abortion>();
        for (MirrorRegistration mirror : image.movingWith(entry.name())) {
            TopicImage topic = image.topics().topic(mirror.topicId()).orElseThrow();
            if (mirror.state() == MirrorTopic.State.STOPPED) {
                abort.addAll(abortions(topic, mirror.promotion(), brokerId));
                continue;
            }
            unbegun |= mirror.state() != MirrorTopic.State.STOPPING;
            if (mirror.state() == MirrorTopic.State.STOPPING
                    && unsettled(topic, mirror.promotion(), epoch, brokerId, settle) == 0) {
                ended.add(topic);
            }
        }
        return Optional.of(
                new PromotionDuty(
                        epoch,
                        unbegun,
                        settle,
                        clampings(image, ended, brokerId),
                        abort,
                        comparisons(image, entry, brokerId)));
    }

    private static List<OpenTransactionLog.Place> comparisons(
            MetadataImage image, LinkEntry entry, int brokerId) {
        var places = new ArrayList<OpenTransactionLog.Place>();
        if (!TornTransactions.uncompared(image, entry.name())) {
            return places;
        }
        for (MirrorRegistration mirror : image.movingWith(entry.name())) {
            TopicImage topic = image.topics().topic(mirror.topicId()).orElseThrow();
            topic.partitions()
                    .forEach((index, partition) -> {
                        boolean compared = mirror.promotion().compared().containsKey(index);
                        if (partition.leader() == brokerId && !compared) {
                            places.add(
                                    new OpenTransactionLog.Place(
                                            new LinkPartition(topic.id(), topic.name(), index),
                                            partition.leaderEpoch(),
                                            Integer.MAX_VALUE));
                        }
                    });
        }
        return places;
    }

    /**
     * Who holds writes has nothing but the copy; otherwise what began in epochs of the source is of
     * the copy.
     */
    private static List<Abortion> abortions(TopicImage topic, Promotion promotion, int brokerId) {
        var abortions = new ArrayList<Abortion>();
        for (int index : promotion.transactions().keySet()) {
            Optional<OpenTransactions> known = promotion.toAbort(index);
            var partition = topic.partitions().find(index);
            if (known.isPresent()
                    && partition.filter(one -> one.leader() == brokerId).isPresent()) {
                int copied =
                        promotion.holdsWrites(index)
                                ? Integer.MAX_VALUE
                                : promotion.endOf(index).map(CopyEnd::highestEpoch).orElse(-1);
                var place =
                        new OpenTransactionLog.Place(
                                new LinkPartition(topic.id(), topic.name(), index),
                                partition.get().leaderEpoch(),
                                copied);
                abortions.add(new Abortion(place, known.get()));
            }
        }
        return abortions;
    }

    /** How many partitions have not settled; those led here are noted. */
    private static int unsettled(
            TopicImage topic,
            Promotion promotion,
            long epoch,
            int brokerId,
            SortedMap<LinkPartition, Integer> ledHere) {
        var count = new int[1];
        topic.partitions()
                .forEach((index, partition) -> {
                    boolean settled =
                            promotion.ownershipEpoch() == epoch
                                    && promotion.endOf(index).isPresent();
                    if (!settled) {
                        count[0]++;
                        if (partition.leader() == brokerId) {
                            ledHere.put(
                                    new LinkPartition(topic.id(), topic.name(), index),
                                    partition.leaderEpoch());
                        }
                    }
                });
        return count[0];
    }

    private static List<Clamping> clampings(
            MetadataImage image, List<TopicImage> ended, int brokerId) {
        var clampings = new ArrayList<Clamping>();
        Optional<TopicImage> offsets = image.topics().topic(InternalTopic.OFFSETS);
        if (offsets.isEmpty() || ended.isEmpty()) {
            return clampings;
        }
        offsets.get()
                .partitions()
                .forEach((index, partition) -> {
                    var waiting = new TreeSet<Uuid>();
                    var ends = new HashMap<TopicPartition, Long>();
                    for (TopicImage topic : ended) {
                        Promotion promotion = promotionOf(image, topic.id());
                        if (!promotion.clamped().containsKey(index)) {
                            waiting.add(topic.id());
                            promotion
                                    .ends()
                                    .forEach((number, end) -> put(ends, topic, number, end));
                        }
                    }
                    if (partition.leader() == brokerId && !waiting.isEmpty()) {
                        clampings.add(new Clamping(index, partition.leaderEpoch(), waiting, ends));
                    }
                });
        return clampings;
    }

    private static void put(
            Map<TopicPartition, Long> ends, TopicImage topic, int index, CopyEnd end) {
        ends.put(new TopicPartition(topic.name(), index), end.endOffset());
    }

    private static Promotion promotionOf(MetadataImage image, Uuid topicId) {
        return image.links()
                .mirrorTopic(topicId)
                .map(MirrorRegistration::promotion)
                .orElse(Promotion.NONE);
    }
}
