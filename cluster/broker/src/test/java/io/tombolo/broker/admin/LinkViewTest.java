package io.tombolo.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LagHistory;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.LinkStatus.TopicStatus;
import io.tombolo.region.link.LinkStatus.Trouble;
import io.tombolo.region.link.LossBound;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

class LinkViewTest {

    private static final LossBound WITHOUT_MINE =
            LossBound.UNKNOWN.without(new TreeSet<>(Set.of("mine")));

    @Test
    void aLinkIsInTroubleWhenOneOfItsTopicsIs() {
        assertThat(LinkView.worst(Optional.of(status(State.PREPARING))))
                .containsEntry("code", "NAME_TAKEN")
                .containsEntry("topic", "mine");
        assertThat(LinkView.worst(Optional.of(status(State.STOPPED)))).isNull();
        assertThat(LinkView.worst(Optional.empty())).isNull();
    }

    @Test
    void aLinkHasNoLagBesideTopicsOfWhichNothingIsKnown() {
        assertThat(LinkView.whole(Lag.NONE, LossBound.UNKNOWN)).isEqualTo(Lag.NONE);
        assertThat(LinkView.whole(Lag.NONE, WITHOUT_MINE)).isEqualTo(Lag.UNKNOWN);
    }

    @Test
    void aLinkThatIsInNoFileIsTheMetadatasAndDoesNotRun() {
        var eu = new RegionId("eu");
        var us = new RegionId("us");
        var link = new LinkDefined(new LinkName("gone"), new Uuid(1, 1), eu, us, new TreeMap<>());

        assertThat(LinkView.withoutCopies(new LinkRegistration(link, true)))
                .containsEntry("name", "gone")
                .containsEntry("from", "eu")
                .containsEntry("to", "us")
                .containsEntry("state", "PAUSED");
        assertThat(LinkView.withoutCopies(new LinkRegistration(link, false)))
                .containsEntry("state", "STOPPED");
    }

    private static LinkStatus status(State state) {
        var taken = new Reason(Reason.Code.NAME_TAKEN, "a topic of that name is here");
        return new LinkStatus(
                new LinkName("eu-to-us"),
                state,
                Lag.NONE,
                LagHistory.NONE,
                WITHOUT_MINE,
                Optional.empty(),
                List.of(
                        new TopicStatus(
                                "mine",
                                State.PREPARING,
                                Lag.UNKNOWN,
                                Optional.of(new Trouble(taken, 1, Optional.empty())),
                                List.of())),
                List.of());
    }
}
