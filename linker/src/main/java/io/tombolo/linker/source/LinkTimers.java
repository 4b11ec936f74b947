package io.tombolo.linker.source;

import io.tombolo.environment.EventLoop;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The timers of one link, so that closing it leaves none behind. Mutable; owned by the loop of the
 * link.
 */
public final class LinkTimers {

    private final EventLoop loop;
    private final Set<Pending> pending = new LinkedHashSet<>();
    private boolean closed;

    public LinkTimers(EventLoop loop) {
        this.loop = loop;
    }

    /** Runs a task after a delay, unless the timers are closed before. */
    public Pending after(long delayNanos, Runnable task) {
        var entry = new Pending(this, task);
        if (!closed) {
            pending.add(entry);
            entry.timer = loop.schedule(Math.max(0, delayNanos), entry::run);
        }
        return entry;
    }

    /** A task that will never run. */
    public Pending none() {
        return new Pending(this, () -> {});
    }

    /** How many tasks wait. */
    public int count() {
        return pending.size();
    }

    /** Cancels every task, and every one to come. */
    public void close() {
        closed = true;
        for (Pending entry : Set.copyOf(pending)) {
            entry.cancel();
        }
    }

    /** A task that waits. */
    public static final class Pending implements EventLoop.Timer {

        private final LinkTimers owner;
        private final Runnable task;
        private EventLoop.@Nullable Timer timer;

        private Pending(LinkTimers owner, Runnable task) {
            this.owner = owner;
            this.task = task;
        }

        @Override
        public void cancel() {
            if (owner.pending.remove(this) && timer != null) {
                timer.cancel();
            }
        }

        private void run() {
            if (owner.pending.remove(this)) {
                task.run();
            }
        }
    }
}
