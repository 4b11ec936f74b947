package io.tombolo.environment.simulated.manual;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.EventLoops;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;

/**
 * One loop with its own time, run by the test: what is given to it runs when the test says so, in
 * the order in which it was given; timers of the same time in the order of their setting. The test
 * itself always counts as being in the loop.
 */
public final class ManualLoop implements EventLoop, EventLoops, Clock {

    private static final long WALL_START_MS = 1_800_000_000_000L;
    private static final int TURNS_MAX = 1_000_000;

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Entry> timers = new PriorityQueue<>();
    private long nowNanos = 1_000_000_000L;
    private long sequence;

    @Override
    public int index() {
        return 0;
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        var entry = new Entry(nowNanos + Math.max(0, delayNanos), sequence++, task);
        timers.add(entry);
        return () -> timers.remove(entry);
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public EventLoop loop(int index) {
        return this;
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public long wallTimeMs() {
        return WALL_START_MS + nowNanos / 1_000_000;
    }

    public int timerCount() {
        return timers.size();
    }

    /** Runs what is ready, and what that makes ready, without letting time pass. */
    public void run() {
        for (int turns = 0; turns < TURNS_MAX; turns++) {
            Runnable task = next();
            if (task == null) {
                return;
            }
            task.run();
        }
        throw new AssertionError("the loop never comes to rest");
    }

    private @Nullable Runnable next() {
        Runnable task = tasks.poll();
        Entry due = timers.peek();
        if (task != null || due == null || due.atNanos > nowNanos) {
            return task;
        }
        timers.remove();
        return due.task;
    }

    /** Lets time pass, timer by timer. */
    public void advance(Duration duration) {
        long endNanos = nowNanos + duration.toNanos();
        run();
        while (!timers.isEmpty() && timers.peek().atNanos <= endNanos) {
            nowNanos = Math.max(nowNanos, timers.peek().atNanos);
            run();
        }
        nowNanos = endNanos;
        run();
    }

    private record Entry(long atNanos, long sequence, Runnable task) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
