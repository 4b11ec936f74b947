package io.tombolo.environment.simulated;

/** A fault and when it happens, in nanoseconds from the start of its schedule. */
public record TimedFault(long atNanos, Fault fault) {

    public TimedFault {
        if (atNanos < 0) {
            throw new IllegalArgumentException("a fault before the beginning");
        }
    }
}
