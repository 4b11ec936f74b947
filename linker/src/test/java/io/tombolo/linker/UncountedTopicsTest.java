package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.Simulator;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.LinkStatus.TopicStatus;
import io.tombolo.region.link.LossBound;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.Reason;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Topics of which a link cannot tell how much of them is missing: it says so, and never a number.
 */
class UncountedTopicsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Simulator simulator = new Simulator(1);
    private final OneBrokerEach link = new OneBrokerEach(simulator);
    private final ModelSource source = link.source;
    private final ModelRegion region = link.region;
    private ModelSource.Topic orders;

    @BeforeEach
    void aTopicIsCopied() {
        orders = source.create("orders", 1);
        source.produce(orders, 0, 40);
        source.produce(orders, 0, 50);
    }

    @Test
    void aTopicWhoseNameIsTakenHereIsNamedWithTheReason() {
        aLocalTopicHasTheName();

        LinkStatus status = region.status();

        assertThat(topic("mine").state()).isEqualTo(State.PREPARING);
        assertThat(topic("mine").lag()).isEqualTo(Lag.UNKNOWN);
        assertThat(topic("mine").trouble().map(it -> it.reason().code()))
                .contains(Reason.Code.NAME_TAKEN);
        assertThat(status.lossBound().uncountedTopics()).containsExactly("mine");
        assertThat(status.lossBound().recordsMax()).isEqualTo(-1);
        assertThat(status.lossBound().records()).isZero();
        assertThat(status.lag().records()).isZero();
    }

    @Test
    void aLinkThatCouldNotCopyATopicIsStoppedAfterAFailover() {
        aLocalTopicHasTheName();

        link.inUs(() -> region.failover(2, Duration.ofSeconds(10).toNanos()));
        until(() -> region.outcome != null);

        assertThat(region.status().state()).isEqualTo(State.STOPPED);
        assertThat(region.status().lossBound().uncountedTopics()).containsExactly("mine");
    }

    @Test
    void aTopicIsCountedOnceTheNameIsFree() {
        aLocalTopicHasTheName();

        link.inUs(region.locals::clear);
        until(() -> region.status().lossBound().uncountedTopics().isEmpty());

        until(() -> region.mirrors.containsKey("mine"));
        until(() -> topic("mine").lag().records() == 0);
        assertThat(topic("mine").trouble()).isEmpty();
    }

    @Test
    void aTopicThatIsGoneAtTheSourceBeforeItCouldBeCopiedIsForgotten() {
        aLocalTopicHasTheName();

        source.topics.remove("mine");

        until(() -> region.status().topics().stream().noneMatch(it -> it.topic().equals("mine")));
        assertThat(region.status().lossBound().uncountedTopics()).isEmpty();
    }

    @Test
    void whatTheSourceHasLostHasNeitherALagNorABound() {
        link.open();
        until(this::copied);

        source.truncate(orders.parts.getFirst(), 1);
        source.produce(orders, 0, 3);
        until(() -> topic("orders").state() == State.FAILED);

        assertThat(topic("orders").lag()).isEqualTo(Lag.UNKNOWN);
        assertThat(region.status().lossBound().uncountedTopics()).containsExactly("orders");
        assertThat(region.status().lossBound().recordsMax()).isEqualTo(-1);
        link.inUs(() -> region.failover(2, Duration.ofSeconds(10).toNanos()));
        until(() -> region.outcome != null);
        assertThat(Optional.ofNullable(region.outcome).orElseThrow().partitions())
                .singleElement()
                .satisfies(partition -> assertThat(partition.lossBound()).isEqualTo(-1));
        assertThat(region.status().lossBound().uncountedTopics()).containsExactly("orders");
    }

    /** Once, the bound was for no time at all while the source had been silent for seconds. */
    @Test
    void whereNoTopicIsCountedTheBoundIsForTheSilenceOfTheSource() {
        link.open();
        until(this::copied);
        source.truncate(orders.parts.getFirst(), 1);
        source.produce(orders, 0, 3);
        until(() -> topic("orders").state() == State.FAILED);

        simulator.node("eu1").kill();
        simulator.runFor(Duration.ofSeconds(6));

        LossBound bound = region.status().lossBound();
        assertThat(bound.silentMs()).isGreaterThan(4_000);
        assertThat(bound.unheardMs()).isBetween(bound.silentMs(), bound.silentMs() + 1);
    }

    @Test
    void aTopicThatTheFilterLeavesOutDoesNotMakeTheLinkLag() {
        link.open();
        until(this::copied);
        source.produce(source.create("old", 1), 0, 5);
        until(() -> region.mirrors.containsKey("old") && topic("old").lag().records() == 0);

        link.inUs(() -> region.select("*", "!old"));
        source.produce(source.topics.get("old"), 0, 7);

        until(() -> topic("old").lag().records() == 7);
        assertThat(region.status().lag().records()).isZero();
        assertThat(region.status().lossBound().uncountedTopics()).isEmpty();
    }

    private void aLocalTopicHasTheName() {
        region.locals.add("mine");
        source.produce(source.create("mine", 1), 0, 7);
        link.open();
        until(() -> copied() && topic("mine").trouble().isPresent());
    }

    private boolean copied() {
        return Optional.ofNullable(region.mirrors.get("orders"))
                .filter(mirror -> mirror.state() == MirrorTopic.State.MIRRORING)
                .filter(_ -> topic("orders").lag().records() == 0)
                .isPresent();
    }

    private TopicStatus topic(String name) {
        return region.status().topics().stream()
                .filter(it -> it.topic().equals(name))
                .findFirst()
                .orElse(
                        new TopicStatus(
                                name, State.PREPARING, Lag.UNKNOWN, Optional.empty(), List.of()));
    }

    private void until(BooleanSupplier condition) {
        assertThat(simulator.runUntil(condition, PATIENCE)).isTrue();
    }
}
