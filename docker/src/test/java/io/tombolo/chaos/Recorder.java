package io.tombolo.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Collects what clients see while they see it; thread-safe. */
final class Recorder {

    private final AtomicLong ticks = new AtomicLong();
    private final List<Sent> sent = new ArrayList<>();
    private final List<Reading> readings = new ArrayList<>();
    private final List<GroupStep> group = new ArrayList<>();
    private final List<Throwable> deaths = new ArrayList<>();
    private long acknowledged;
    private long lastAcknowledgedNanos = System.nanoTime();
    private long longestGapNanos;

    /** A moment before or after others of this history. */
    long tick() {
        return ticks.incrementAndGet();
    }

    synchronized void add(Sent record) {
        sent.add(record);
        if (record.outcome() instanceof Sent.Outcome.Acknowledged) {
            acknowledged++;
            long now = System.nanoTime();
            longestGapNanos = Math.max(longestGapNanos, now - lastAcknowledgedNanos);
            lastAcknowledgedNanos = now;
        }
    }

    synchronized void add(Reading reading) {
        readings.add(reading);
    }

    synchronized void add(GroupStep step) {
        group.add(step);
    }

    /** A client ended by itself, which none should. */
    synchronized void died(Throwable cause) {
        deaths.add(cause);
    }

    synchronized List<Throwable> deaths() {
        return List.copyOf(deaths);
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    synchronized long unanswered() {
        return sent.size() - acknowledged;
    }

    /** The longest time without any acknowledgement since this was last asked. */
    synchronized long longestGapMs() {
        long gap = Math.max(longestGapNanos, System.nanoTime() - lastAcknowledgedNanos);
        longestGapNanos = 0;
        return gap / 1_000_000;
    }

    /** Everything, to be called when no client runs any more. */
    synchronized History history(Map<Integer, List<Reading.Seen>> log) {
        return new History(sent, log, readings, group);
    }
}
