package io.tombolo.broker.quorum;

import io.tombolo.environment.EventLoop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;

/**
 * Who waits here until this broker has published metadata up to an offset. Mutable; owned by the
 * controller's loop.
 */
public final class Published {

    static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    private final EventLoop loop;
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();
    private long publishedOffset = -1;
    private long lastNumber;

    private static final class Waiting implements Comparable<Waiting> {

        private final long offset;
        private final long number;
        private final Runnable then;
        private EventLoop.Timer patience = () -> {};

        private Waiting(long offset, long number, Runnable then) {
            this.offset = offset;
            this.number = number;
            this.then = then;
        }

        @Override
        public int compareTo(Waiting other) {
            int byOffset = Long.compare(offset, other.offset);
            return byOffset != 0 ? byOffset : Long.compare(number, other.number);
        }
    }

    public Published(EventLoop loop) {
        this.loop = loop;
    }

    /** Everything up to this offset is published. */
    public void reached(long offset) {
        publishedOffset = offset;
        var due = new ArrayDeque<Waiting>();
        while (!waiting.isEmpty() && waiting.peek().offset <= offset) {
            due.add(waiting.remove());
        }
        due.forEach(each -> {
            each.patience.cancel();
            each.then.run();
        });
    }

    /**
     * Runs something when the offset has been reached, perhaps before this returns. A broker that
     * gets no metadata any more does it all the same after a while: what was done is done.
     */
    void await(long offset, Runnable then) {
        if (offset <= publishedOffset) {
            then.run();
            return;
        }
        var one = new Waiting(offset, ++lastNumber, then);
        waiting.add(one);
        one.patience =
                loop.schedule(
                        PATIENCE_NANOS,
                        () -> {
                            waiting.remove(one);
                            then.run();
                        });
    }
}
