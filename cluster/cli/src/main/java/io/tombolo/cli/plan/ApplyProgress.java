package io.tombolo.cli.plan;

import io.tombolo.cli.output.Amounts;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** How far a plan is, told now and then to whoever waits for it; used by one thread. */
final class ApplyProgress {

    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final int steps;
    private final long beganNanos;
    private long toldNanos;

    ApplyProgress(int steps, long nowNanos) {
        this.steps = steps;
        beganNanos = nowNanos;
        toldNanos = nowNanos;
    }

    /** What to tell after so many steps; nothing when it was told a moment ago, or at the end. */
    Optional<String> after(int done, long nowNanos) {
        if (done == 0 || done == steps || nowNanos - toldNanos < EVERY_NANOS) {
            return Optional.empty();
        }
        toldNanos = nowNanos;
        double nanosEach = (double) (nowNanos - beganNanos) / done;
        long leftMs = Math.round(nanosEach * (steps - done) / 1e6);
        return Optional.of(
                "%d of %s, about %s left"
                        .formatted(done, Amounts.of(steps, "step"), Amounts.ms(leftMs)));
    }
}
