package io.tombolo.environment.simulated;

import io.tombolo.environment.Clock;

import java.time.Duration;

/**
 * The clocks of one node: they begin anywhere, run a little fast or slow, and the wall one jumps.
 */
public final class SimulatedClock implements Clock {

    private static final long WALL_BEGIN_MS = 1_767_225_600_000L; // 2026-01-01T00:00:00Z
    private static final long PARTS = 1_000_000;

    private final Simulator simulator;
    private long wallOffsetMs;
    private long baseVirtualNanos;
    private long baseNanos;
    private int driftPpm;

    SimulatedClock(Simulator simulator, long originNanos) {
        this.simulator = simulator;
        this.baseVirtualNanos = simulator.nowNanos();
        this.baseNanos = originNanos;
    }

    @Override
    public long nanoTime() {
        long passed = simulator.nowNanos() - baseVirtualNanos;
        return baseNanos + passed + Math.floorDiv(passed / 1000 * driftPpm, PARTS / 1000);
    }

    @Override
    public long wallTimeMs() {
        return WALL_BEGIN_MS + wallOffsetMs + simulator.nowNanos() / 1_000_000;
    }

    /** Moves the wall clock, forward or back; the monotonic clock does not notice. */
    public void jumpWall(Duration by) {
        wallOffsetMs += by.toMillis();
    }

    /** Lets the monotonic clock run fast (above 0) or slow, in millionths, within ±100,000. */
    public void drift(int ppm) {
        if (Math.abs(ppm) > 100_000) {
            throw new IllegalArgumentException("a drift of " + ppm + " ppm is not a clock");
        }
        baseNanos = nanoTime();
        baseVirtualNanos = simulator.nowNanos();
        driftPpm = ppm;
    }

    /** How much virtual time passes while this clock counts so many nanoseconds, rounded up. */
    long virtualNanos(long nanos) {
        if (driftPpm == 0 || nanos <= 0 || nanos > Long.MAX_VALUE / 2) {
            return nanos;
        }
        return (long) Math.ceil(nanos * ((double) PARTS / (PARTS + driftPpm))) + 1000;
    }
}
