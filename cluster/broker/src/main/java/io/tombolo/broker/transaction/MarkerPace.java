package io.tombolo.broker.transaction;

import io.tombolo.environment.Entropy;

import java.time.Duration;

/**
 * How long a marker waits that could not be written: 50 ms, doubling up to 1.6 s, and of that a
 * random part between a half and all, so that what failed together does not come back together. A
 * region without a leader for a while is not asked ten times a second for each transaction.
 */
final class MarkerPace {

    /** From here on the pause grows no more. */
    static final int FAILURES_MAX = 6;

    static final long FIRST_NANOS = Duration.ofMillis(50).toNanos();
    static final long MAX_NANOS = FIRST_NANOS << FAILURES_MAX - 1;

    private static final int GRAIN_NANOS = 1_000;

    private MarkerPace() {}

    /**
     * @param failures in a row, ≥ 1
     */
    static long delayNanos(int failures, Entropy entropy) {
        long full = FIRST_NANOS << Math.min(failures, FAILURES_MAX) - 1;
        int grains = (int) (full / 2 / GRAIN_NANOS);
        return full / 2 + (long) entropy.nextInt(grains + 1) * GRAIN_NANOS;
    }
}
