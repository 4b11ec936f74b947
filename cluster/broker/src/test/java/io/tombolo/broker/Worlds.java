package io.tombolo.broker;

import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicDefined;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicStateChanged;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Topologies and images for tests: {@code eu} is copied to {@code us}. */
public final class Worlds {

    public static final RegionId EU = new RegionId("eu");
    public static final RegionId US = new RegionId("us");
    public static final LinkName LINK = new LinkName("eu-to-us");

    private Worlds() {}

    /** Both regions and the link between them, with more lines below it. */
    public static Topology linked(String... more) {
        String text =
                """
                tombolo: 1
                name: world
                regions:
                  eu: { kafka: "127.0.0.1:29092", admin: "127.0.0.1:28080" }
                  us: { kafka: "127.0.0.1:29192", admin: "127.0.0.1:28180" }
                links:
                  eu-to-us: { from: eu, to: us, topics: ["orders*"], groups: ["*"] }
                """
                        + String.join("\n", more);
        if (TopologyFile.parse("world.yaml", text) instanceof TopologyFile.Valid valid) {
            return valid.topology();
        }
        throw new IllegalStateException(TopologyFile.parse("world.yaml", text).toString());
    }

    /** The image after these records. */
    @SafeVarargs
    public static MetadataImage image(List<? extends MetadataRecord>... batches) {
        var records = new ArrayList<MetadataRecord>();
        for (List<? extends MetadataRecord> batch : batches) {
            records.addAll(batch);
        }
        return MetadataImage.EMPTY.apply(records, new LogPlace(records.size(), 1)).image();
    }

    /** What a broker looks at when this is its newest image. */
    public static Images images(MetadataImage image) {
        var images = new Images();
        images.publish(image);
        return images;
    }

    /** The broker looks at another image from now on. */
    public static void publish(Images images, MetadataImage image) {
        images.publish(image);
    }

    /** The broker has heard that another node is the active controller. */
    public static void controller(Images images, int nodeId) {
        images.controllerIs(nodeId);
    }

    public static Uuid idOf(String topic) {
        return new Uuid(7, topic.hashCode());
    }

    /** A topic whose partitions broker 1 leads in epoch 3. */
    public static List<MetadataRecord> topic(String name, int partitions) {
        return topic(name, idOf(name), partitions);
    }

    public static List<MetadataRecord> topic(String name, Uuid id, int partitions) {
        var records = new ArrayList<MetadataRecord>();
        records.add(new TopicCreated(name, id));
        for (int index = 0; index < partitions; index++) {
            records.add(new PartitionCreated(id, index, ledBy(1)));
        }
        return records;
    }

    private static PartitionRegistration ledBy(int broker) {
        return new PartitionRegistration(
                BrokerIds.of(broker), BrokerIds.of(broker), broker, 3, 0, List.of());
    }

    public static List<MetadataRecord> link() {
        var settings = new TreeMap<>(Map.of(LinkDefined.TOPICS, "orders*,payments"));
        return List.of(new LinkDefined(LINK, new Uuid(3, 3), EU, US, settings));
    }

    /** A topic as a mirror of the link. */
    public static List<MetadataRecord> mirror(String topic, MirrorTopic.State state) {
        return List.of(
                new MirrorTopicDefined(idOf(topic), LINK, idOf(topic)),
                new MirrorTopicStateChanged(idOf(topic), state, ""));
    }

    /** The link's topics belong to a region. */
    public static List<MetadataRecord> owned(RegionId owner, long epoch) {
        var domain = new DomainName(LINK.name());
        var ownership = new Ownership(domain, owner, epoch, Ownership.Mode.STEADY);
        return List.of(new OwnershipRecord(ownership, "a test"));
    }
}
