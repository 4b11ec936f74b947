package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Endpoint;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.region.link.LinkSpec;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Configurations of a mirror topic whose link begins anew, as after a restart. */
class FollowedConfigsTest {

    private static final String RETENTION = "retention.ms";

    private final Simulator simulator = new Simulator(1);
    private final ModelSource source = new ModelSource();
    private final SimulatedNode us = simulator.addNode("us", 1);
    private ModelRegion region;

    @BeforeEach
    void aTopicIsMirrored() {
        source.brokerHosts.put(1, "eu1");
        simulator
                .addNode("eu1", 1)
                .start(environment -> new ModelSourceBroker(1, source, environment).listen());
        us.start(_ -> {});
        region =
                new ModelRegion(
                        us.environment(),
                        List.of(new Endpoint("eu1", 9092)),
                        LinkSpec.Settings.standard(),
                        () -> 300_000,
                        () -> false);
        source.create("orders", 1);
        inUs(() -> region.open(Safeguard.ALL));
        simulator.runUntil(() -> region.mirrors.containsKey("orders"), Duration.ofSeconds(30));
    }

    @Test
    void aConfigThatChangedAtTheSourceWhileNobodyLookedIsFollowed() {
        assertThat(retention()).isEqualTo("60000");

        restart(() -> source.retentionMs = "70000");

        assertThat(retention()).isEqualTo("70000");
    }

    @Test
    void aConfigThatWasChosenHereOutlivesARestart() {
        choose("9");

        restart(() -> {});

        assertThat(retention()).isEqualTo("9");
    }

    private void restart(Runnable meanwhile) {
        inUs(() -> Objects.requireNonNull(region.link).close());
        simulator.runFor(Duration.ofSeconds(1));
        meanwhile.run();
        inUs(() -> region.open(Safeguard.ALL));
        simulator.runFor(Duration.ofSeconds(30));
    }

    private void choose(String value) {
        inUs(() -> region.choose("orders", RETENTION, value));
        simulator.runFor(Duration.ofSeconds(1));
    }

    private String retention() {
        return region.mirrors.get("orders").configs().get(RETENTION);
    }

    private void inUs(Runnable action) {
        us.environment().loops().loop(0).execute(action);
    }
}
