package io.tombolo.broker.link;

import static io.tombolo.broker.Worlds.EU;
import static io.tombolo.broker.Worlds.LINK;
import static io.tombolo.broker.Worlds.US;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Worlds;
import io.tombolo.environment.Endpoint;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.LinkRecord.LinkPaused;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class LinkSpecsTest {

    private final Topology topology = Worlds.linked();

    @Test
    void aLinkThatTheMetadataDoNotKnowYetDoesNotRun() {
        assertThat(spec(Worlds.image(Worlds.owned(EU, 1)))).isEmpty();
        assertThat(spec(Worlds.image(Worlds.link()))).isEmpty();
    }

    @Test
    void aLinkCopiesFromTheAddressesOfItsSource() {
        LinkSpec spec = spec(Worlds.image(Worlds.link(), Worlds.owned(EU, 4))).orElseThrow();

        assertThat(spec.name()).isEqualTo(LINK);
        assertThat(spec.source().bootstrap()).containsExactly(new Endpoint("127.0.0.1", 29092));
        assertThat(spec.intent()).isEqualTo(new LinkSpec.Intent(false, 4));
    }

    @Test
    void aPauseIsKeptInTheMetadata() {
        MetadataImage image =
                Worlds.image(
                        Worlds.link(), Worlds.owned(EU, 4), List.of(new LinkPaused(LINK, true)));

        assertThat(spec(image).orElseThrow().intent()).isEqualTo(new LinkSpec.Intent(true, 4));
    }

    @Test
    void aRegionThatOwnsTheTopicsCopiesNothing() {
        assertThat(spec(mirrored(MirrorTopic.State.STOPPED))).isEmpty();
    }

    @Test
    void aRegionThatIsStillTakingOverCopiesNothing() {
        assertThat(spec(mirrored(MirrorTopic.State.MIRRORING))).isEmpty();
        assertThat(spec(mirrored(MirrorTopic.State.STOPPING))).isEmpty();
    }

    private static MetadataImage mirrored(MirrorTopic.State state) {
        return Worlds.image(
                Worlds.topic("orders", 1),
                Worlds.link(),
                Worlds.mirror("orders", state),
                Worlds.owned(US, 5));
    }

    private Optional<LinkSpec> spec(MetadataImage image) {
        LinkEntry entry = topology.linksInto(US).iterator().next();
        return new LinkSpecs(topology, US).of(image, entry);
    }
}
