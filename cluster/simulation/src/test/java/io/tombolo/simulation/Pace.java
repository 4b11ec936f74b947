package io.tombolo.simulation;

import io.tombolo.environment.SystemClock;

import java.time.Duration;

/** How much time worlds live through while the test takes some. */
final class Pace {

    private final SystemClock clock = new SystemClock();
    private final long beganNanos = clock.nanoTime();
    private long livedNanos;

    void lived(long nanos) {
        livedNanos += nanos;
    }

    @Override
    public String toString() {
        long tookNanos = Math.max(1, clock.nanoTime() - beganNanos);
        return "%d virtual minutes in %.1f s, %d simulated minutes per real minute"
                .formatted(
                        Duration.ofNanos(livedNanos).toMinutes(),
                        tookNanos / 1e9,
                        livedNanos / tookNanos);
    }
}
