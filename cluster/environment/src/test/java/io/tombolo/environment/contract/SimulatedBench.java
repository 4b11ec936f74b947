package io.tombolo.environment.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.Simulator;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** One simulated node with two loops. */
public final class SimulatedBench implements Bench {

    private final Simulator simulator;
    private final Environment environment;

    public SimulatedBench(long seed) {
        simulator = new Simulator(seed);
        var node = simulator.addNode("node", 2);
        node.disk().mount(Path.of("/contract"));
        environment = node.start(started -> {});
    }

    @Override
    public Environment environment() {
        return environment;
    }

    @Override
    public void until(BooleanSupplier condition) {
        assertThat(simulator.runUntil(condition, Duration.ofMinutes(1)))
                .as("seed %d: it happens within a virtual minute", simulator.seed())
                .isTrue();
    }

    @Override
    public void settle() {
        simulator.runFor(Duration.ofMillis(100));
    }

    @Override
    public void close() {
        simulator.node("node").kill();
    }
}
