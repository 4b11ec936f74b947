package io.tombolo.metadata.image;

import io.tombolo.metadata.record.BrokerRecord.BrokerDrain;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LinkRecord.DivergenceExported;
import io.tombolo.metadata.record.LinkRecord.DivergenceFound;
import io.tombolo.metadata.record.LinkRecord.GapRecorded;
import io.tombolo.metadata.record.LinkRecord.LineageExtended;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.LinkRecord.LinkPaused;
import io.tombolo.metadata.record.LinkRecord.MirrorConfigsFollowed;
import io.tombolo.metadata.record.LinkRecord.MirrorOffsetsClamped;
import io.tombolo.metadata.record.LinkRecord.MirrorPartitionSettled;
import io.tombolo.metadata.record.LinkRecord.MirrorReturned;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicDefined;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicStateChanged;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsAborted;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsCompared;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsFound;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.metadata.record.LinkRecord.ReplicasToCut;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.RegionRecord.FeatureLevel;
import io.tombolo.metadata.record.RegionRecord.PartitionFenced;
import io.tombolo.metadata.record.RegionRecord.ProducerIdsAllocated;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.region.link.MirrorTopic;

import org.apache.kafka.common.Uuid;
import org.pcollections.PSortedMap;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The way from an image to records and back. */
public final class MetadataSnapshot {

    private MetadataSnapshot() {}

    /**
     * The records that make an image out of nothing, in an order that {@link Reader} accepts. They
     * are made while they are drawn, on any thread; the image's place is not among them: it names
     * the snapshot.
     */
    public static Iterator<MetadataRecord> records(MetadataImage image) {
        return Stream.of(
                        regionRecords(image.region()),
                        image.brokers().byId().values().stream().map(BrokerRegistered::new),
                        image.brokers().drains().entrySet().stream()
                                .map(drain -> new BrokerDrain(drain.getKey(), drain.getValue())),
                        image.topics().byId().values().stream()
                                .flatMap(MetadataSnapshot::topicRecords),
                        image.configs().byResource().entrySet().stream()
                                .flatMap(MetadataSnapshot::configRecords),
                        image.links().byName().values().stream()
                                .flatMap(MetadataSnapshot::linkRecords),
                        image.links().mirrorTopics().values().stream()
                                .flatMap(MetadataSnapshot::mirrorRecords),
                        image.links().lineages().entrySet().stream()
                                .flatMap(MetadataSnapshot::lineageRecords),
                        image.links().gaps().entrySet().stream()
                                .flatMap(MetadataSnapshot::gapRecords))
                .<Stream<? extends MetadataRecord>>map(part -> part)
                .reduce(Stream.empty(), Stream::concat)
                .<MetadataRecord>map(record -> record)
                .iterator();
    }

    private static Stream<MetadataRecord> regionRecords(RegionImage region) {
        var records = new ArrayList<MetadataRecord>();
        region.identity().ifPresent(records::add);
        records.addAll(region.controllers().values());
        region.features().forEach((name, level) -> records.add(new FeatureLevel(name, level)));
        if (region.nextProducerId() >= 0) {
            records.add(new ProducerIdsAllocated(0, 0, region.nextProducerId()));
        }
        records.addAll(region.ownership().values());
        records.addAll(region.handovers().history());
        return Stream.concat(
                records.stream(),
                region.ownership().values().stream()
                        .flatMap(owned -> fences(owned, region.handovers())));
    }

    private static Stream<MetadataRecord> fences(OwnershipRecord owned, Handovers handovers) {
        return handovers.fencesOf(owned.domain()).entrySet().stream()
                .map(one ->
                        new PartitionFenced(
                                owned.domain(), owned.epoch(), one.getKey(), one.getValue()));
    }

    private static Stream<MetadataRecord> topicRecords(TopicImage topic) {
        Stream<MetadataRecord> created = Stream.of(new TopicCreated(topic.name(), topic.id()));
        PartitionTable partitions = topic.partitions();
        return Stream.concat(
                created,
                IntStream.range(0, partitions.count())
                        .mapToObj(index ->
                                new PartitionCreated(topic.id(), index, partitions.get(index))));
    }

    private static Stream<MetadataRecord> configRecords(
            Map.Entry<ConfigResource, PSortedMap<String, String>> configs) {
        return configs.getValue().entrySet().stream()
                .map(one -> new ConfigSet(configs.getKey(), one.getKey(), one.getValue()));
    }

    private static Stream<MetadataRecord> linkRecords(LinkRegistration link) {
        LinkDefined defined = link.definition();
        return link.paused()
                ? Stream.of(defined, new LinkPaused(defined.link(), true))
                : Stream.of(defined);
    }

    private static Stream<MetadataRecord> mirrorRecords(MirrorRegistration mirror) {
        var defined = new MirrorTopicDefined(mirror.topicId(), mirror.link(), mirror.origin());
        if (mirror.equals(MirrorRegistration.of(defined))) {
            return Stream.of(defined);
        }
        var state = new MirrorTopicStateChanged(mirror.topicId(), mirror.state(), mirror.reason());
        var followed = new MirrorConfigsFollowed(mirror.topicId(), mirror.followed());
        return Stream.of(
                        Stream.of(
                                mirror.restoration().equals(Restoration.NONE)
                                        ? defined
                                        : returned(mirror),
                                followed),
                        restorationRecords(mirror.topicId(), mirror.restoration()),
                        promotionRecords(mirror.topicId(), mirror.promotion()),
                        Stream.of(state))
                .flatMap(one -> one);
    }

    private static Stream<MetadataRecord> lineageRecords(
            Map.Entry<PartitionId, ? extends List<Reign>> lineage) {
        PartitionId id = lineage.getKey();
        return lineage.getValue().stream()
                .map(reign -> new LineageExtended(id.topicId(), id.index(), reign));
    }

    private static Stream<MetadataRecord> gapRecords(
            Map.Entry<PartitionId, ? extends List<MirrorTopic.Gap>> gaps) {
        PartitionId id = gaps.getKey();
        return gaps.getValue().stream().map(gap -> new GapRecorded(id.topicId(), id.index(), gap));
    }

    private static MirrorReturned returned(MirrorRegistration mirror) {
        Restoration restoration = mirror.restoration();
        return new MirrorReturned(
                mirror.topicId(),
                mirror.link(),
                restoration.ownershipEpoch(),
                restoration.copies());
    }

    private static Stream<MetadataRecord> restorationRecords(
            Uuid topicId, Restoration restoration) {
        Stream<MetadataRecord> found =
                restoration.divergences().entrySet().stream()
                        .map(one -> new DivergenceFound(topicId, one.getKey(), one.getValue()));
        Stream<MetadataRecord> exported =
                restoration.exported().entrySet().stream()
                        .map(one -> new DivergenceExported(topicId, one.getKey(), one.getValue()));
        Stream<MetadataRecord> cuts =
                restoration.cuts().entrySet().stream()
                        .map(one ->
                                new ReplicasToCut(
                                        topicId,
                                        one.getKey(),
                                        one.getValue().offset(),
                                        one.getValue().pending()));
        return Stream.of(found, exported, cuts).flatMap(one -> one);
    }

    private static Stream<MetadataRecord> promotionRecords(Uuid topicId, Promotion promotion) {
        long epoch = promotion.ownershipEpoch();
        Stream<MetadataRecord> ends =
                promotion.ends().entrySet().stream()
                        .map(one ->
                                new MirrorPartitionSettled(
                                        topicId, one.getKey(), epoch, one.getValue()));
        Stream<MetadataRecord> clamped =
                promotion.clamped().entrySet().stream()
                        .map(one ->
                                new MirrorOffsetsClamped(
                                        new TreeSet<>(List.of(topicId)),
                                        one.getKey(),
                                        one.getValue()));
        Stream<MetadataRecord> found =
                promotion.transactions().entrySet().stream()
                        .map(one ->
                                new MirrorTransactionsFound(
                                        topicId, one.getKey(), epoch, one.getValue()));
        Stream<MetadataRecord> aborted =
                promotion.aborted().stream()
                        .map(index -> new MirrorTransactionsAborted(topicId, index));
        Stream<MetadataRecord> compared =
                promotion.compared().entrySet().stream()
                        .map(one ->
                                new MirrorTransactionsCompared(
                                        topicId, one.getKey(), one.getValue()));
        return Stream.of(ends, clamped, found, aborted, compared).flatMap(one -> one);
    }

    /** Makes an image from the records of a snapshot. Mutable, used once, by one thread. */
    public static final class Reader {

        /** Records applied at once: many enough to be quick, few enough to be forgotten soon. */
        private static final int CHUNK = 10_000;

        private final List<MetadataRecord> chunk = new ArrayList<>();
        private MetadataImage image = MetadataImage.EMPTY;

        /** Takes the next record. */
        public void add(MetadataRecord record) {
            chunk.add(record);
            if (chunk.size() == CHUNK) {
                applyChunk(image.place());
            }
        }

        /**
         * Ends the snapshot.
         *
         * @param place the last record of the log that is in the snapshot
         */
        public MetadataImage finish(LogPlace place) {
            applyChunk(place);
            return image;
        }

        private void applyChunk(LogPlace place) {
            image = image.apply(chunk, place).image();
            chunk.clear();
        }
    }
}
