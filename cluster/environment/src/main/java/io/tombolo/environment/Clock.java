package io.tombolo.environment;

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
}
