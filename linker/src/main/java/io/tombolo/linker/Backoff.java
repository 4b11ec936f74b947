package io.tombolo.linker;

import io.tombolo.environment.Entropy;

import java.util.concurrent.TimeUnit;

/**
 * How long to wait before the next attempt: doubling from {@code baseNanos} to {@code capNanos},
 * and a random half of it, so that many links do not come back at the same moment.
 */
record Backoff(long baseNanos, long capNanos) {

    /** For partitions and connections: 100 ms to 10 s. */
    static final Backoff STANDARD =
            new Backoff(TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.SECONDS.toNanos(10));

    /**
     * The delay after so many failures in a row.
     *
     * @param failures ≥ 1
     */
    long delayNanos(int failures, Entropy entropy) {
        int doublings = Math.min(Math.max(failures, 1) - 1, 20);
        long full = Math.min(capNanos, baseNanos << doublings);
        return full / 2 + entropy.nextInt((int) (full / 2_000) + 1) * 1_000L;
    }
}
