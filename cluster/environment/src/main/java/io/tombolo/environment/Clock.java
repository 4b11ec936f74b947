package io.tombolo.environment;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;

/** The two times a broker knows. Callable from any thread. */
public interface Clock {

    /**
     * Monotonic time in nanoseconds from an arbitrary origin; never goes back. For timeouts, leases
     * and durations.
     */
    long nanoTime();

    /**
     * Wall-clock time in milliseconds since the Unix epoch; may jump. Only for timestamps that
     * users see.
     */
    long wallTimeMs();

    /**
     * {@link #nanoTime} in the shape that libraries want. Its instants begin anywhere: only their
     * distances mean something.
     */
    default java.time.Clock monotonic() {
        InstantSource source = () -> Instant.ofEpochSecond(0, nanoTime());
        return source.withZone(ZoneOffset.UTC);
    }
}
