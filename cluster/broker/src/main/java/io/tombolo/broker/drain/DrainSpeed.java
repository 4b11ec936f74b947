package io.tombolo.broker.drain;

import io.tombolo.broker.drain.DrainReport.Speed;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.OptionalLong;

/**
 * How fast a broker gets empty, from what was left when somebody looked. Mutable, owned by the loop
 * of its desk.
 */
final class DrainSpeed {

    /** What is older does not say how fast it goes now. */
    static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

    /** Who looks more often learns nothing more. */
    static final int SIGHTS_MAX = 120;

    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    private final ArrayDeque<Sight> sights = new ArrayDeque<>();

    private record Sight(long nanos, long bytesLeft) {}

    /**
     * Notes what is left now.
     *
     * @return the speed since the oldest sight of the last minute; more than before may be left,
     *     since clients write: then it is 0 and there is no end in sight
     */
    Speed seen(long bytesLeft, long nowNanos) {
        while (!sights.isEmpty()
                && (nowNanos - sights.element().nanos > WINDOW_NANOS
                        || sights.size() >= SIGHTS_MAX)) {
            sights.remove();
        }
        sights.add(new Sight(nowNanos, bytesLeft));
        Sight first = sights.element();
        long passedNanos = nowNanos - first.nanos;
        if (passedNanos < SECOND_NANOS) {
            return Speed.UNKNOWN;
        }
        double copied = Math.max(0, first.bytesLeft - bytesLeft);
        long bytesPerSecond = Math.round(copied * SECOND_NANOS / passedNanos);
        return new Speed(
                OptionalLong.of(bytesPerSecond),
                bytesPerSecond == 0
                        ? OptionalLong.empty()
                        : OptionalLong.of(Math.ceilDiv(bytesLeft, bytesPerSecond)));
    }
}
