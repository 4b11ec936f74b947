package io.tombolo.coordinator.runtime;

import io.tombolo.environment.EventLoop;

import org.jspecify.annotations.Nullable;

/**
 * At most one timer of the loop for one purpose. A timer that is set already and comes earlier than
 * wanted stays: whoever it calls looks again. Mutable; loop-confined.
 */
final class OneTimer {

    private final EventLoop loop;
    private EventLoop.@Nullable Timer timer;
    private long atNanos;

    OneTimer(EventLoop loop) {
        this.loop = loop;
    }

    void setAt(long wantedNanos, long nowNanos, Runnable task) {
        if (timer != null && atNanos <= wantedNanos) {
            return;
        }
        cancel();
        atNanos = wantedNanos;
        timer =
                loop.schedule(
                        Math.max(0, wantedNanos - nowNanos),
                        () -> {
                            timer = null;
                            task.run();
                        });
    }

    void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
