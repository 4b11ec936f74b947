package io.tombolo.environment;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/** Runs what it is given a fixed time later, in order, on one loop; with one timer at a time. */
final class DelayLine {

    private final EventLoop loop;
    private final Clock clock;
    private final long delayNanos;
    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private EventLoop.@Nullable Timer timer;
    private boolean held;

    DelayLine(EventLoop loop, Clock clock, long delayNanos) {
        this.loop = loop;
        this.clock = clock;
        this.delayNanos = delayNanos;
    }

    private record Item(long dueNanos, Runnable action) {}

    /** Runs the action after the delay, or after so many times the delay. */
    void add(int times, Runnable action) {
        items.add(new Item(clock.nanoTime() + times * delayNanos, action));
        watch();
    }

    /** Keeps everything back, also what is due, until {@link #letGo}. */
    void hold() {
        held = true;
    }

    /** Runs what has become due meanwhile, in a later turn. */
    void letGo() {
        held = false;
        watch();
    }

    private void watch() {
        Item first = items.peek();
        if (timer == null && first != null && !held) {
            timer = loop.schedule(first.dueNanos - clock.nanoTime(), this::runDue);
        }
    }

    private void runDue() {
        timer = null;
        Item first = items.peek();
        while (first != null && !held && first.dueNanos - clock.nanoTime() <= 0) {
            items.remove();
            first.action.run();
            first = items.peek();
        }
        watch();
    }
}
