package io.tombolo.controller;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;

import java.util.PriorityQueue;

/** A loop and its clock; time passes when the test says so. */
final class StepLoop implements EventLoop, Clock {

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private long nowNanos;
    private long sequence;

    private record Task(long nanos, long order, Runnable action) implements Comparable<Task> {

        @Override
        public int compareTo(Task other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    void pass(long nanos) {
        long until = nowNanos + nanos;
        while (!tasks.isEmpty() && tasks.element().nanos() <= until) {
            Task next = tasks.remove();
            nowNanos = Math.max(nowNanos, next.nanos());
            next.action().run();
        }
        nowNanos = until;
    }

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
        schedule(0, task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        var scheduled = new Task(nowNanos + delayNanos, sequence++, task);
        tasks.add(scheduled);
        return () -> tasks.remove(scheduled);
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public long wallTimeMs() {
        return nowNanos / 1_000_000;
    }
}
