package io.tombolo.environment.simulated;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;

import java.util.HashMap;
import java.util.Map;

/**
 * A loop in virtual time. A task begins some microseconds after it was handed over, drawn from the
 * seed, and never before a task that the same sender handed over earlier.
 */
final class SimulatedLoop implements EventLoop {

    private static final long HAND_OVER_NANOS_MIN = 100;
    private static final long HAND_OVER_NANOS_MAX = 20_000;
    private static final Object OUTSIDE = new Object();

    private final SimulatedProcess process;
    private final int index;
    private final Map<Object, Long> lastHandOverNanos = new HashMap<>();

    SimulatedLoop(SimulatedProcess process, int index) {
        this.process = process;
        this.index = index;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean inLoop() {
        return process.simulator().currentLoop() == this;
    }

    @Override
    public void execute(Runnable task) {
        if (!process.alive()) {
            return;
        }
        Simulator simulator = process.simulator();
        SimulatedLoop current = simulator.currentLoop();
        Object sender = current == null ? OUTSIDE : current;
        long drawn =
                simulator.nowNanos()
                        + simulator.entropy().between(HAND_OVER_NANOS_MIN, HAND_OVER_NANOS_MAX);
        long atNanos = Math.max(drawn, lastHandOverNanos.getOrDefault(sender, 0L));
        lastHandOverNanos.put(sender, atNanos);
        simulator.plan(atNanos, event("task", task));
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        Invariant.check(
                inLoop() || !process.alive(), "a timer is set from outside its loop " + index);
        return planAfter(delayNanos, "timer", task);
    }

    /** Plans a task of this loop after a delay on the node's own clock; from anywhere. */
    Timer planAfter(long delayNanos, String what, Runnable task) {
        Simulator simulator = process.simulator();
        long virtualNanos = process.node().clock().virtualNanos(delayNanos);
        SimulatedEvent event = event(what, task);
        if (process.alive()) {
            simulator.plan(
                    saturatedSum(simulator.nowNanos(), Math.max(HAND_OVER_NANOS_MIN, virtualNanos)),
                    event);
        }
        return () -> simulator.cancel(event);
    }

    private static long saturatedSum(long now, long delay) {
        long sum = now + delay;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    SimulatedEvent event(String what, Runnable task) {
        return new SimulatedEvent(what, process, this, task);
    }

    SimulatedProcess process() {
        return process;
    }
}
