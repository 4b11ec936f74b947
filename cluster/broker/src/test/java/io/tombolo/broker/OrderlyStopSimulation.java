package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.metadata.record.PartitionRegistration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Brokers of three that stop in an orderly way. */
class OrderlyStopSimulation {

    private static final String TOPIC = "orders";

    private final AtomicBoolean stopped = new AtomicBoolean();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatABrokerLedIsLedByOthersWhenItHasStopped(long seed) {
        var region = new SimulatedRegion(seed);
        ReplicatedTopic.create(region, TOPIC, 3);
        int leader = ReplicatedTopic.leaderOf(region, 1, TOPIC);
        int witness = leader % 3 + 1;
        long askedNanos = region.simulator.nowNanos();

        region.stop(leader, () -> stopped.set(true));
        region.run("stopped", stopped::get);

        assertThat(region.simulator.nowNanos() - askedNanos)
                .isLessThan(Duration.ofSeconds(5).toNanos());
        PartitionRegistration partition =
                ReplicatedTopic.registration(region, witness, TOPIC).orElseThrow();
        assertThat(partition.leader()).isPositive().isNotEqualTo(leader);
        assertThat(partition.isr().asList()).hasSize(2).doesNotContain(leader);
    }

    /** Otherwise its leaders would wait for it until its session ends. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aBrokerDoesNotGoBeforeANewControllerHasTakenItOutOfTheInSyncReplicas(long seed) {
        var region = new SimulatedRegion(seed);
        ReplicatedTopic.create(region, TOPIC, 1);
        int controller = region.controllerOf(1);
        int goes = controller % 3 + 1;
        int stays = goes % 3 + 1;

        region.pause(controller);
        region.stop(goes, () -> stopped.set(true));
        region.run("stopped", stopped::get);

        PartitionRegistration partition =
                ReplicatedTopic.registration(region, stays, TOPIC).orElseThrow();
        assertThat(partition.isr().asList()).doesNotContain(goes);
        assertThat(partition.leader()).isNotEqualTo(goes);
    }
}
