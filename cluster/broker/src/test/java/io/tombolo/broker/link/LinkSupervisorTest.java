package io.tombolo.broker.link;

import static io.tombolo.broker.Worlds.EU;
import static io.tombolo.broker.Worlds.US;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Images;
import io.tombolo.broker.Worlds;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.MirrorTopic;

import org.junit.jupiter.api.Test;

import java.util.List;

/** What the links of broker 1 are told. */
class LinkSupervisorTest {

    private final StubLink link = new StubLink();
    private final Images images = Worlds.images(MetadataImage.EMPTY);
    private final LinkSupervisor links =
            new LinkSupervisor(
                    new LinkPlace(Worlds.linked(), US, 1, new ManualLoop()),
                    new StubLink.Provider(link),
                    _ -> noHost(),
                    images);
    private MetadataImage image = MetadataImage.EMPTY;

    @Test
    void aLinkCopiesThePartitionsThatItsBrokerLeads() {
        publishMirrors();
        assertThat(link.leadership().partitions()).hasSize(2);

        publish(List.of(ledBy(2, 1)));

        assertThat(link.leadership().partitions())
                .singleElement()
                .satisfies(one -> assertThat(one.partition()).isZero());
    }

    @Test
    void whatDoesNotConcernItsPartitionsIsNotTold() {
        publishMirrors();
        int told = link.specs.size();

        publish(
                List.of(
                        new PartitionChanged(
                                Worlds.idOf("orders"),
                                0,
                                1,
                                List.of(new PartitionChange.LeaderEpoch(4)))));

        assertThat(link.specs).hasSize(told);
    }

    @Test
    void theBrokerOfTheActiveControllerLooksAfterTheLinkAsAWhole() {
        publishMirrors();
        assertThat(link.leadership().coordinates()).isFalse();

        Worlds.controller(images, 1);
        links.controllerChanged();
        assertThat(link.leadership().coordinates()).isTrue();

        Worlds.controller(images, 2);
        links.controllerChanged();
        assertThat(link.leadership().coordinates()).isFalse();
    }

    @Test
    void aLinkWhoseTopicsWereTakenOverIsToldNothingMore() {
        publishMirrors();
        int told = link.specs.size();

        publish(Worlds.owned(US, 2));
        publish(List.of(ledBy(2, 1)));

        assertThat(link.specs).hasSize(told);
        assertThat(links.statuses()).hasSize(1);
    }

    private void publishMirrors() {
        publish(Worlds.topic("orders", 2));
        publish(Worlds.link());
        publish(Worlds.mirror("orders", MirrorTopic.State.MIRRORING));
        publish(Worlds.owned(EU, 1));
    }

    private static PartitionChanged ledBy(int broker, int partition) {
        return new PartitionChanged(
                Worlds.idOf("orders"),
                partition,
                1,
                List.of(
                        new PartitionChange.Replicas(BrokerIds.of(1, 2)),
                        new PartitionChange.InSync(BrokerIds.of(1, 2)),
                        new PartitionChange.Leader(broker),
                        new PartitionChange.LeaderEpoch(4)));
    }

    private void publish(List<? extends MetadataRecord> records) {
        MetadataImage.Applied applied =
                image.apply(
                        List.copyOf(records),
                        new LogPlace(image.place().offset() + records.size(), 1));
        image = applied.image();
        MetadataDelta delta = applied.delta();
        Worlds.publish(images, image);
        links.publish(delta);
    }

    @SuppressWarnings("NullAway")
    private static LinkHost noHost() {
        return null;
    }
}
