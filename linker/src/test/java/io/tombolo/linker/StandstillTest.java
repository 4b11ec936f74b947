package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.Simulator;
import io.tombolo.region.link.GroupOffsets.Committed;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Groups that stay where they are at the source, while their copies here come to harm. */
class StandstillTest {

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private final Simulator simulator = new Simulator(1);
    private final OneBrokerEach link = new OneBrokerEach(simulator);
    private final ModelSource source = link.source;
    private final ModelRegion region = link.region;

    @BeforeEach
    void aGroupIsCopied() {
        region.retention = Duration.ofMinutes(1);
        source.produce(source.create("orders", 1), 0, 90);
        source.commit("billing", "orders", 0, 50);
        link.open();
        simulator.runUntil(() -> position() == 50, Duration.ofSeconds(30));
        simulator.runFor(Duration.ofSeconds(5));
    }

    @Test
    void aGroupThatIsDeletedHereComesBack() {
        assertThat(position()).isEqualTo(50);

        link.inUs(region.groups::clear);
        simulator.runFor(Duration.ofSeconds(12));

        assertThat(position()).isEqualTo(50);
    }

    @Test
    void aGroupThatLivesAtTheSourceNeverGetsOldEnoughToExpireHere() {
        simulator.afterEachEvent(() ->
                assertThat(simulator.nowNanos() - region.committedNanos.get("billing"))
                        .isLessThan(region.retention.toNanos()));

        simulator.runFor(Duration.ofMinutes(5));
    }

    @Test
    void aGroupThatWentOnHereIsNeverSetBack() {
        link.inUs(() ->
                region.groups.put(
                        "billing", new HashMap<>(Map.of(ORDERS, new Committed(70, 0, "")))));
        simulator.runFor(Duration.ofSeconds(1));
        simulator.afterEachEvent(() -> assertThat(position()).isEqualTo(70));

        simulator.runFor(Duration.ofMinutes(5));
    }

    private long position() {
        Committed committed = region.groups.getOrDefault("billing", Map.of()).get(ORDERS);
        return committed == null ? -1 : committed.offset();
    }
}
