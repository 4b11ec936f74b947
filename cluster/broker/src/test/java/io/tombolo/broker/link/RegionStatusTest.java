package io.tombolo.broker.link;

import static io.tombolo.broker.Worlds.LINK;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Worlds;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LagHistory;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkStatus.PartitionStatus;
import io.tombolo.region.link.LinkStatus.Progress;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.LinkStatus.TopicStatus;
import io.tombolo.region.link.LossBound;
import io.tombolo.region.link.MirrorTopic;

import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

class RegionStatusTest {

    private static final MetadataImage TWO_PARTITIONS =
            Worlds.image(
                    Worlds.topic("orders", 2),
                    Worlds.link(),
                    Worlds.mirror("orders", MirrorTopic.State.MIRRORING));

    @Test
    void aLinkIsWhatAllItsBrokersTell() {
        LinkStatus whole =
                region(of(0, State.ACTIVE, 3, 40), of(1, State.SYNCING, 5, 900)).orElseThrow();

        assertThat(whole.lag()).isEqualTo(new Lag(8, 80, 900, false));
        assertThat(whole.state()).isEqualTo(State.SYNCING);
        assertThat(whole.lossBound().recordsMax()).isEqualTo(28);
        assertThat(whole.topics())
                .singleElement()
                .satisfies(topic -> assertThat(topic.partitions()).hasSize(2))
                .satisfies(topic -> assertThat(topic.lag().records()).isEqualTo(8));
    }

    @Test
    void noLagIsClaimedOfAPartitionThatNobodyTellsOf() {
        LinkStatus part = region(of(0, State.ACTIVE, 3, 40)).orElseThrow();

        assertThat(part.lag()).isEqualTo(new Lag(3, -1, -1, true));
        assertThat(part.lossBound().recordsMax()).isEqualTo(-1);
        assertThat(part.state()).isEqualTo(State.PREPARING);
    }

    @Test
    void aTopicThatIsNotCopiedIsToldWhoeverKnowsOfIt() {
        var bills = new TreeSet<>(Set.of("bills"));
        LinkStatus idle =
                new LinkStatus(
                        LINK,
                        State.ACTIVE,
                        Lag.NONE,
                        LagHistory.NONE,
                        LossBound.UNKNOWN.without(bills),
                        Optional.empty(),
                        List.of(
                                new TopicStatus(
                                        "bills",
                                        State.PREPARING,
                                        Lag.UNKNOWN,
                                        Optional.empty(),
                                        List.of())),
                        List.of());

        LinkStatus whole =
                region(of(0, State.ACTIVE, 3, 40), of(1, State.ACTIVE, 5, 900), idle).orElseThrow();

        assertThat(whole.lag().records()).isEqualTo(8);
        assertThat(whole.state()).isEqualTo(State.PREPARING);
        assertThat(whole.topics())
                .extracting(TopicStatus::topic)
                .containsExactly("bills", "orders");
        assertThat(whole.lossBound().uncountedTopics()).containsExactly("bills");
        assertThat(whole.lossBound().recordsMax()).isEqualTo(-1);
        assertThat(whole.lossBound().unheardRecords()).isEqualTo(20);
    }

    @Test
    void theRegionWasAsFarBehindAsTheBrokerThatWasFurthest() {
        LinkStatus whole =
                region(of(0, State.ACTIVE, 3, 40), of(1, State.ACTIVE, 5, 900)).orElseThrow();

        assertThat(whole.recent().ms()).containsExactly(900L, 7L);
    }

    @Test
    void aLinkThatRunsNowhereHasNoStatus() {
        assertThat(region()).isEmpty();
    }

    @Test
    void aSourceIsCutOffWhenNoBrokerReachesIt() {
        var one = of(0, State.SOURCE_UNAVAILABLE, 0, 0);

        assertThat(
                        new RegionStatus(List.of(one, of(1, State.ACTIVE, 0, 0)), TWO_PARTITIONS)
                                .cut(LINK))
                .isFalse();
        assertThat(new RegionStatus(List.of(one), TWO_PARTITIONS).cut(LINK)).isTrue();
    }

    private static Optional<LinkStatus> region(LinkStatus... parts) {
        return new RegionStatus(List.of(parts), TWO_PARTITIONS).of(LINK);
    }

    private static LinkStatus of(int partition, State state, long records, long ms) {
        var lag = new Lag(records, records * 10, ms, false);
        var one =
                new PartitionStatus(
                        new LinkPartition(Worlds.idOf("orders"), "orders", partition),
                        state,
                        lag,
                        new Progress(10, 10, 0, 10 + records, 0),
                        Optional.empty());
        return new LinkStatus(
                LINK,
                state,
                lag,
                new LagHistory(List.of(ms, 7L)),
                new LossBound(records, records * 10, 100, 10, 50, 0, Collections.emptySortedSet()),
                Optional.empty(),
                List.of(new TopicStatus("orders", state, lag, Optional.empty(), List.of(one))),
                List.of());
    }
}
