package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.Latency;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.region.link.LagHistory;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LossBound;
import io.tombolo.region.link.MirrorTopic;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What a link says of its lag, against the truth: records flow at a steady rate over a distance of
 * 40 ms each way, and after every event the link is asked.
 */
class LagSimulation {

    private static final int SEEDS = Math.min(Integer.getInteger("seeds", 10), 200);
    private static final int PARTITIONS = 3;
    private static final Duration WARM = Duration.ofSeconds(3);
    private static final Latency WAN =
            new Latency(Duration.ofMillis(40), Duration.ofMillis(44), 0.02, Duration.ofMillis(900));
    private static final Latency EVEN =
            Latency.between(Duration.ofMillis(40), Duration.ofMillis(41));
    private static final long MS = 1_000_000;

    private final List<List<Long>> producedNanos = new ArrayList<>();
    private Simulator simulator;
    private OneBrokerEach link;
    private ModelSource source;
    private ModelRegion region;
    private ModelSource.Topic orders;
    private SimulatedEntropy dice;
    private boolean flowing = true;
    private Duration gap = Duration.ofMillis(12);
    private long checkedCount;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theLagIsNeverBelowTheAgeOfARecordThatIsMissing(long seed) {
        begin(seed, WAN);
        simulator.afterEachEvent(this::checkLag);

        simulator.runFor(Duration.ofSeconds(8));

        assertThat(checkedCount).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theLossIsNeverAboveTheBound(long seed) {
        begin(seed, WAN);
        simulator.runFor(WARM);
        simulator.afterEachEvent(this::checkLoss);

        simulator.runFor(Duration.ofSeconds(3));
        simulator.network().cutBothWays("us", "eu1");
        simulator.runFor(Duration.ofSeconds(20));

        assertThat(checkedCount).isGreaterThan(1_000);
    }

    @Test
    void theBoundIsNearToWhatASilentSourceReallyTook() {
        begin(1, EVEN);
        simulator.runFor(WARM);
        simulator.network().cutBothWays("us", "eu1");
        simulator.runFor(Duration.ofSeconds(4));

        LossBound bound = region.status().lossBound();

        assertThat(bound.recordsMax()).isBetween(missing(), missing() * 5 / 4);
        assertThat(bound.unheardMs()).isBetween(4_000L, 4_200L);
        assertThat(bound.recordsPerSecond()).isBetween(83L, 100L);
        assertThat(bound.silentMs()).isBetween(3_900L, 4_100L);
    }

    @Test
    void theLagOfACopyInContactIsTheWayThereAndBack() {
        begin(1, EVEN);
        simulator.runFor(WARM);
        simulator.afterEachEvent(() ->
                assertThat(region.status().lag().ms())
                        .isBetween(80L, 80L + 82 + 40 + 10)); // and the model's polling

        simulator.runFor(Duration.ofSeconds(2));
    }

    @Test
    void anIdleLinkHasNoLagUntilItsSourceFallsSilent() {
        begin(1, EVEN);
        simulator.runFor(WARM);
        flowing = false;
        simulator.runFor(WARM);
        for (int i = 0; i < 100; i++) {
            assertThat(region.status().lag().ms()).isZero();
            simulator.runFor(Duration.ofMillis(37));
        }

        simulator.network().cutBothWays("us", "eu1");
        simulator.runFor(Duration.ofSeconds(4));

        assertThat(region.status().lag().ms()).isBetween(4_000L, 5_200L);
        simulator.runFor(Duration.ofSeconds(10));
        assertThat(region.status().lag().ms()).isBetween(14_000L, 15_200L);
    }

    @Test
    void aRecordAfterAWhileOfSilenceIsUnnoticedForNoLongerThanItsWay() {
        gap = Duration.ofSeconds(4);
        begin(1, EVEN);
        simulator.afterEachEvent(() -> {
            checkedCount++;
            if (region.status().lag().ms() == 0) {
                // The way here, and the polling of the model.
                assertThat(oldestMissingNanos())
                        .isLessThan(Duration.ofMillis(41 + 40 + 4).toNanos());
            }
        });

        simulator.runFor(Duration.ofSeconds(60));

        assertThat(checkedCount).isGreaterThan(1_000);
    }

    @Test
    void theLagOfTheLastMinutesIsRememberedSecondBySecond() {
        begin(1, EVEN);
        simulator.runFor(WARM);
        simulator.runFor(Duration.ofSeconds(30));
        LagHistory flowing = region.status().recent();

        simulator.network().cutBothWays("us", "eu1");
        simulator.runFor(Duration.ofSeconds(10));
        LagHistory cut = region.status().recent();
        simulator.runFor(Duration.ofMinutes(6));

        assertThat(flowing.percentileMs(50)).isBetween(80L, 212L);
        assertThat(flowing.percentileMs(99)).isBetween(80L, 400L); // its beginning is part of it
        assertThat(cut.percentileMs(50)).isBetween(80L, 212L);
        assertThat(cut.percentileMs(100)).isBetween(9_000L, 11_200L);
        assertThat(region.status().recent().ms()).hasSize(LagHistory.SECONDS_MAX);
    }

    @Test
    void aLinkThatHasStoppedIsInNoTroubleAndItsNumbersStandStill() {
        begin(1, WAN);
        simulator.runFor(WARM);
        simulator.node("eu1").kill();
        simulator.runFor(Duration.ofSeconds(30));
        assertThat(region.status().trouble()).isPresent();

        link.inUs(() -> region.failover(2, Duration.ofSeconds(5).toNanos()));
        simulator.runFor(Duration.ofSeconds(1));

        LinkStatus stopped = region.status();
        assertThat(stopped.state()).isEqualTo(LinkStatus.State.STOPPED);
        assertThat(stopped.trouble()).isEmpty();
        assertThat(stopped.topics()).allMatch(topic -> topic.trouble().isEmpty());
        assertThat(stopped.lag().ms()).isBetween(30_000L, 32_000L);

        simulator.runFor(Duration.ofSeconds(60));

        assertThat(region.status().lag()).isEqualTo(stopped.lag());
        assertThat(region.status().lossBound()).isEqualTo(stopped.lossBound());
    }

    private void begin(long seed, Latency latency) {
        simulator = new Simulator(seed);
        dice = simulator.entropy("traffic");
        simulator.network().latency(latency);
        link = new OneBrokerEach(simulator);
        source = link.source;
        region = link.region;
        orders = source.create("orders", PARTITIONS);
        for (int i = 0; i < PARTITIONS; i++) {
            producedNanos.add(new ArrayList<>());
        }
        link.open();
        simulator.runUntil(this::isMirroring, Duration.ofSeconds(30));
        produce();
    }

    private boolean isMirroring() {
        MirrorTopic mirror = region.mirrors.get("orders");
        return mirror != null
                && region.log.logs.size() == PARTITIONS
                && region.status().lag().ms() >= 0;
    }

    private void produce() {
        if (flowing) {
            int partition = (int) dice.between(0, PARTITIONS - 1);
            source.produce(orders, partition, 1);
            producedNanos.get(partition).add(simulator.nowNanos());
            simulator.after(gap, "produce", this::produce);
        }
    }

    private void checkLag() {
        if (region.link == null || region.log.logs.size() < PARTITIONS) {
            return;
        }
        checkedCount++;
        long told = region.status().lag().ms();
        assertThat(told * MS)
                .as("the lag that is told")
                .isGreaterThanOrEqualTo(oldestMissingNanos());
    }

    /** The age of the oldest record that is not here. */
    private long oldestMissingNanos() {
        long trueNanos = 0;
        for (var entry : region.log.logs.entrySet()) {
            List<Long> times = producedNanos.get(entry.getKey().partition());
            int end = (int) entry.getValue().end;
            if (end < times.size()) {
                trueNanos = Math.max(trueNanos, simulator.nowNanos() - times.get(end));
            }
        }
        return trueNanos;
    }

    private void checkLoss() {
        checkedCount++;
        assertThat(region.status().lossBound().recordsMax())
                .as("the loss that is told")
                .isGreaterThanOrEqualTo(missing());
    }

    private long missing() {
        long missing = 0;
        for (var entry : region.log.logs.entrySet()) {
            missing += orders.parts.get(entry.getKey().partition()).end - entry.getValue().end;
        }
        return missing;
    }
}
