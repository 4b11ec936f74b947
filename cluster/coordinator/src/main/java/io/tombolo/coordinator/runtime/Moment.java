package io.tombolo.coordinator.runtime;

/**
 * When a step happens.
 *
 * @param nanos monotonic nanoseconds, for timeouts
 * @param wallMs milliseconds since the Unix epoch, for timestamps that outlive the process
 */
public record Moment(long nanos, long wallMs) {

    /** The monotonic time this many milliseconds from now; saturates. */
    public long plusMs(long ms) {
        long delayNanos = Math.min(ms, Long.MAX_VALUE / 4_000_000L) * 1_000_000L;
        return nanos + delayNanos;
    }
}
