package io.tombolo.metadata.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.metadata.image.MetadataImage.Writability;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.ConfigRecord.ConfigRemoved;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LinkRecord.GapRecorded;
import io.tombolo.metadata.record.LinkRecord.LineageExtended;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.LinkRecord.LinkPaused;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicDefined;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicStateChanged;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.RegionRecord.FeatureLevel;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.metadata.record.TopicRecord.TopicDeleted;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.MirrorTopic.Gap;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class MetadataImageTest {

    private static final Uuid ORDERS = new Uuid(1, 1);
    private static final LinkName LINK = new LinkName("eu-to-us");
    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");

    @Test
    void aTopicIsFoundByNameAndById() {
        MetadataImage image = applied(orders(), partition(0), partition(1));

        assertThat(image.topics().topic("orders")).isEqualTo(image.topics().topic(ORDERS));
        assertThat(image.topics().partition(new PartitionId(ORDERS, 1))).isPresent();
        assertThat(image.topics().partition(new PartitionId(ORDERS, 2))).isEmpty();
        assertThat(image.place()).isEqualTo(new LogPlace(2, 1));
    }

    @Test
    void aDeletedTopicTakesItsConfigsAndItsMirrorStateWithIt() {
        MetadataImage image = applied(orders(), partition(0), retention(), link(), mirror());

        MetadataImage.Applied deleted =
                image.apply(List.of(new TopicDeleted(ORDERS)), new LogPlace(5, 1));

        assertThat(deleted.image().topics()).isEqualTo(TopicsImage.EMPTY);
        assertThat(deleted.image().configs()).isEqualTo(ConfigsImage.EMPTY);
        assertThat(deleted.image().links().mirrorTopics()).isEmpty();
        assertThat(deleted.delta().topicsDeleted()).containsKey(ORDERS);
        assertThat(deleted.delta().configs()).containsExactly(ConfigResource.topic("orders"));
        assertThat(deleted.delta().mirrorTopics()).containsExactly(ORDERS);
        assertThat(deleted.delta().partitions()).isEmpty();
    }

    @Test
    void aTopicThatDoesNotOutliveItsBatchIsNotInTheDelta() {
        MetadataDelta delta =
                MetadataImage.EMPTY
                        .apply(
                                List.of(orders(), partition(0), new TopicDeleted(ORDERS)),
                                new LogPlace(2, 1))
                        .delta();

        assertThat(delta.topicsCreated()).isEmpty();
        assertThat(delta.topicsDeleted()).isEmpty();
        assertThat(delta.partitions()).isEmpty();
    }

    @Test
    void aDeltaListsNewTopicsAndTheirPartitions() {
        MetadataDelta delta =
                MetadataImage.EMPTY
                        .apply(List.of(orders(), partition(0), partition(1)), new LogPlace(2, 1))
                        .delta();

        assertThat(delta.topicsCreated()).containsExactly(ORDERS);
        assertThat(delta.partitions())
                .containsExactly(new PartitionId(ORDERS, 0), new PartitionId(ORDERS, 1));
        assertThat(delta.topic(ORDERS)).map(TopicImage::name).contains("orders");
    }

    @Test
    void anImageIsNotChangedByWhatIsAppliedToIt() {
        MetadataImage image = applied(orders(), partition(0));

        image.apply(List.of(partition(1), retention()), new LogPlace(9, 1));

        assertThat(image).isEqualTo(applied(orders(), partition(0)));
    }

    @Test
    void theLastRemovedConfigRemovesTheResource() {
        MetadataImage image =
                applied(
                        orders(),
                        retention(),
                        new ConfigRemoved(ConfigResource.topic("orders"), "retention.ms"));

        assertThat(image.configs()).isEqualTo(ConfigsImage.EMPTY);
    }

    @Test
    void aFeatureAtLevelZeroIsAbsent() {
        MetadataImage image =
                applied(new FeatureLevel("f", (short) 1), new FeatureLevel("f", (short) 0));

        assertThat(image.region().features()).isEmpty();
    }

    @Test
    void namesThatDifferInDotsAndUnderscoresAreLookalikes() {
        MetadataImage image = applied(new TopicCreated("a.b", ORDERS));

        assertThat(image.topics().lookalikeOf("a_b")).contains("a.b");
        assertThat(image.topics().lookalikeOf("a.b")).isEmpty();
        assertThat(image.topics().lookalikeOf("ab")).isEmpty();
    }

    @Test
    void aMirrorTopicIsWritableOnceItIsStopped() {
        MetadataImage mirroring = applied(identity(US), orders(), link(), mirror());
        MetadataImage stopping = with(mirroring, state(MirrorTopic.State.STOPPING));
        MetadataImage stopped = with(stopping, state(MirrorTopic.State.STOPPED));

        assertThat(mirroring.writability(ORDERS)).isEqualTo(Writability.MIRROR);
        assertThat(stopping.writability(ORDERS)).isEqualTo(Writability.MIRROR);
        assertThat(stopped.writability(ORDERS)).isEqualTo(Writability.WRITABLE);
    }

    @Test
    void aStoppedMirrorTopicIsFencedWhenItsDomainGoesElsewhere() {
        MetadataImage stopped =
                applied(
                        identity(US),
                        orders(),
                        link(),
                        mirror(),
                        state(MirrorTopic.State.STOPPED),
                        owned(US, 1));

        assertThat(stopped.writability(ORDERS)).isEqualTo(Writability.WRITABLE);
        assertThat(with(stopped, owned(EU, 2)).writability(ORDERS)).isEqualTo(Writability.FENCED);
    }

    @Test
    void aTopicThatALinkCopiesFromHereIsFencedWhenItsDomainGoesElsewhere() {
        MetadataImage source = applied(identity(EU), orders(), linkOf("orders*"), owned(EU, 1));
        MetadataImage lost = with(source, owned(US, 2));

        assertThat(source.writability(ORDERS)).isEqualTo(Writability.WRITABLE);
        assertThat(lost.writability(ORDERS)).isEqualTo(Writability.FENCED);
        assertThat(lost.fencing("orders.not.made.yet")).isPresent();
        assertThat(lost.fencing("local")).isEmpty();
        assertThat(applied(identity(US), linkOf("orders*"), owned(EU, 2)).fencing("orders"))
                .isEmpty();
    }

    @Test
    void whatWasTakenOverStaysFencedWithoutALinkThatSaysSo() {
        var taken = new Takeover(EU, NameFilter.of("orders*", "!orders.old"));
        var owned = new Ownership(new DomainName("gone"), US, 2, Ownership.Mode.FORCED);
        var record = new OwnershipRecord(owned.with(taken), "test");
        MetadataImage lost = applied(identity(EU), orders(), record);

        assertThat(lost.writability(ORDERS)).isEqualTo(Writability.FENCED);
        assertThat(lost.fencing("orders.new")).isPresent();
        assertThat(lost.fencing("orders.old")).isEmpty();
        assertThat(applied(identity(US), record).fencing("orders")).isEmpty();
        assertThat(applied(identity(new RegionId("ap")), record).fencing("orders")).isEmpty();
    }

    @Test
    void ownershipNeverGoesBack() {
        MetadataImage image = applied(identity(US), owned(US, 5));

        assertThatThrownBy(() -> with(image, owned(EU, 4)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("goes back");
    }

    @Test
    void redefiningALinkKeepsItPaused() {
        MetadataImage image = applied(link(), new LinkPaused(LINK, true), link());

        assertThat(image.links().link(LINK)).map(LinkRegistration::paused).contains(true);
    }

    @Test
    void contradictionsAreRefused() {
        assertThatThrownBy(() -> applied(partition(0))).hasMessageContaining("unknown topic");
        assertThatThrownBy(() -> applied(orders(), orders())).hasMessageContaining("exists");
        assertThatThrownBy(() -> applied(orders(), partition(1)))
                .hasMessageContaining("after 0 others");
        assertThatThrownBy(() -> applied(new LinkPaused(LINK, true)))
                .hasMessageContaining("unknown link");
        assertThatThrownBy(() -> applied(identity(EU), identity(US)))
                .hasMessageContaining("the region is not");
    }

    @Test
    void inSyncReplicasThatEqualTheReplicasAreTheSameObject() {
        var partition =
                new PartitionRegistration(
                        BrokerIds.of(1, 2), BrokerIds.of(1, 2), 1, 0, 0, List.of());

        assertThat(partition.isr()).isSameAs(partition.replicas());
    }

    @Test
    void theOldestEntriesOfALineageAreForgottenAndTheTopicTakesItsLineageWithIt() {
        MetadataImage image = applied(orders(), partition(0));
        for (int epoch = 1; epoch <= LinksImage.LINEAGE_MAX + 2; epoch++) {
            image = with(image, reign(epoch));
        }
        var lineage = image.links().lineageOf(new PartitionId(ORDERS, 0));

        assertThat(lineage).hasSize(LinksImage.LINEAGE_MAX);
        assertThat(lineage.getFirst().ownershipEpoch()).isEqualTo(3);
        MetadataImage full = image;
        assertThatThrownBy(() -> with(full, reign(LinksImage.LINEAGE_MAX)))
                .hasMessageContaining("does not follow");
        assertThat(with(image, new TopicDeleted(ORDERS)).links().lineages()).isEmpty();
    }

    @Test
    void gapsThatOverlapAreOneAndTheOldestAreForgotten() {
        var image = applied(orders(), partition(0), gap(3, 9), gap(3, 12), gap(5, 10), gap(20, 30));
        var id = new PartitionId(ORDERS, 0);
        assertThat(image.links().gapsOf(id)).containsExactly(new Gap(3, 12), new Gap(20, 30));

        MetadataImage full = image;
        for (int index = 0; index < LinksImage.GAPS_MAX; index++) {
            full = with(full, gap(100 + 2 * index, 101 + 2 * index));
        }

        assertThat(full.links().gapsOf(id))
                .hasSize(LinksImage.GAPS_MAX)
                .doesNotContain(new Gap(20, 30));
        assertThat(with(full, new TopicDeleted(ORDERS)).links().gaps()).isEmpty();
    }

    private static MetadataRecord gap(long from, long to) {
        return new GapRecorded(ORDERS, 0, new Gap(from, to));
    }

    private static MetadataRecord reign(int epoch) {
        return new LineageExtended(ORDERS, 0, new Reign(epoch, US, epoch, epoch));
    }

    private static MetadataImage applied(MetadataRecord... records) {
        return MetadataImage.EMPTY
                .apply(List.of(records), new LogPlace(records.length - 1, 1))
                .image();
    }

    private static MetadataImage with(MetadataImage image, MetadataRecord record) {
        return image.apply(List.of(record), new LogPlace(image.place().offset() + 1, 1)).image();
    }

    private static MetadataRecord orders() {
        return new TopicCreated("orders", ORDERS);
    }

    private static MetadataRecord partition(int index) {
        return new PartitionCreated(
                ORDERS, index, PartitionRegistration.created(BrokerIds.of(1), List.of()));
    }

    private static MetadataRecord retention() {
        return new ConfigSet(ConfigResource.topic("orders"), "retention.ms", "1000");
    }

    private static MetadataRecord link() {
        return linkOf("");
    }

    private static LinkDefined linkOf(String topics) {
        return new LinkDefined(
                LINK, new Uuid(8, 8), EU, US, new TreeMap<>(Map.of(LinkDefined.TOPICS, topics)));
    }

    private static MetadataRecord mirror() {
        return new MirrorTopicDefined(ORDERS, LINK, ORDERS);
    }

    private static MetadataRecord state(MirrorTopic.State state) {
        return new MirrorTopicStateChanged(ORDERS, state, "");
    }

    private static MetadataRecord identity(RegionId region) {
        return new RegionIdentity(new Uuid(3, 3), region);
    }

    private static MetadataRecord owned(RegionId region, long epoch) {
        return new OwnershipRecord(
                new Ownership(new DomainName(LINK.name()), region, epoch, Ownership.Mode.FORCED),
                "test");
    }
}
