package io.tombolo.environment.simulated;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** Blocking work that happens at a later virtual time; work of one lane keeps its order. */
final class SimulatedOffload implements Offload {

    private final SimulatedProcess process;
    private final Map<Integer, Long> laneFreeNanos = new HashMap<>();

    SimulatedOffload(SimulatedProcess process) {
        this.process = process;
    }

    @Override
    public <T> void submit(
            int lane, Callable<T> work, EventLoop replyTo, Consumer<Outcome<T>> done) {
        Simulator simulator = process.simulator();
        long begin = Math.max(simulator.nowNanos(), laneFreeNanos.getOrDefault(lane, 0L));
        long end = begin + process.node().offloadLatency().drawNanos(simulator.entropy());
        laneFreeNanos.put(lane, end);
        Runnable task =
                () -> {
                    Outcome<T> outcome = outcomeOf(work);
                    replyTo.execute(() -> done.accept(outcome));
                };
        simulator.plan(end, new SimulatedEvent("offload", process, null, task));
    }

    private static <T> Outcome<T> outcomeOf(Callable<T> work) {
        try {
            return new Outcome.Done<>(work.call());
        } catch (Exception failure) {
            return new Outcome.Failed<>(failure);
        }
    }
}
