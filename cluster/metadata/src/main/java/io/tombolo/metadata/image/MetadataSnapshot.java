package io.tombolo.metadata.image;

import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.LinkRecord.LinkPaused;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicDefined;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicStateChanged;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.RegionRecord.FeatureLevel;
import io.tombolo.metadata.record.RegionRecord.ProducerIdsAllocated;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.region.link.MirrorTopic;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The way from an image to records and back. */
public final class MetadataSnapshot {

    private MetadataSnapshot() {}

    /**
     * Hands over the records that make an image out of nothing, in an order that {@link Reader}
     * accepts. May run on any thread; holds one record at a time. The image's place is not among
     * them: it names the snapshot.
     */
    public static void write(MetadataImage image, Consumer<MetadataRecord> to) {
        writeRegion(image.region(), to);
        image.brokers().byId().values().forEach(broker -> to.accept(new BrokerRegistered(broker)));
        image.topics().byId().values().forEach(topic -> writeTopic(topic, to));
        image.configs()
                .byResource()
                .forEach((resource, configs) ->
                        configs.forEach(
                                (key, value) -> to.accept(new ConfigSet(resource, key, value))));
        image.links().byName().values().forEach(link -> writeLink(link, to));
        image.links().mirrorTopics().values().forEach(mirror -> writeMirror(mirror, to));
    }

    private static void writeRegion(RegionImage region, Consumer<MetadataRecord> to) {
        region.identity().ifPresent(to);
        region.features().forEach((name, level) -> to.accept(new FeatureLevel(name, level)));
        if (region.nextProducerId() >= 0) {
            to.accept(new ProducerIdsAllocated(0, 0, region.nextProducerId()));
        }
        region.ownership().values().forEach(to);
    }

    private static void writeTopic(TopicImage topic, Consumer<MetadataRecord> to) {
        to.accept(new TopicCreated(topic.name(), topic.id()));
        topic.partitions()
                .forEach((index, partition) ->
                        to.accept(new PartitionCreated(topic.id(), index, partition)));
    }

    private static void writeLink(LinkRegistration link, Consumer<MetadataRecord> to) {
        to.accept(link.definition());
        if (link.paused()) {
            to.accept(new LinkPaused(link.definition().link(), true));
        }
    }

    private static void writeMirror(MirrorRegistration mirror, Consumer<MetadataRecord> to) {
        to.accept(new MirrorTopicDefined(mirror.topicId(), mirror.link(), mirror.sourceTopicId()));
        if (mirror.state() != MirrorTopic.State.MIRRORING || !mirror.reason().isEmpty()) {
            to.accept(
                    new MirrorTopicStateChanged(mirror.topicId(), mirror.state(), mirror.reason()));
        }
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
