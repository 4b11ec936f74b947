package io.tombolo.environment.simulated;

import org.jspecify.annotations.Nullable;

/** Something that will happen at a virtual time, unless it is cancelled or its process ends. */
final class SimulatedEvent implements Comparable<SimulatedEvent> {

    private static final Runnable NOTHING = () -> {};

    final String what;
    final @Nullable SimulatedProcess process;
    final @Nullable SimulatedLoop loop;
    private long atNanos;
    private long sequence;
    private Runnable action;

    SimulatedEvent(
            String what,
            @Nullable SimulatedProcess process,
            @Nullable SimulatedLoop loop,
            Runnable action) {
        this.what = what;
        this.process = process;
        this.loop = loop;
        this.action = action;
    }

    void place(long newAtNanos, long newSequence) {
        atNanos = newAtNanos;
        sequence = newSequence;
    }

    long atNanos() {
        return atNanos;
    }

    long sequence() {
        return sequence;
    }

    void run() {
        action.run();
    }

    void cancel() {
        action = NOTHING;
    }

    /** Whether it will be passed over in silence. */
    boolean dead() {
        return action == NOTHING || (process != null && !process.alive());
    }

    @Override
    public int compareTo(SimulatedEvent other) {
        int byTime = Long.compare(atNanos, other.atNanos);
        return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
}
