package io.tombolo.environment;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.List;

/**
 * A connection whose two directions each pass a delay line. It stands between the real connection
 * and the handler, and is both to each of them.
 */
final class WanConnection implements Connection, ConnectionHandler {

    private final EventLoop loop;
    private final ConnectionHandler handler;
    private final DelayLine outbound;
    private final DelayLine inbound;
    private @Nullable Connection connection;
    private long delayedBytes;
    private boolean paused;
    private boolean closed;

    WanConnection(EventLoop loop, Clock clock, long oneWayNanos, ConnectionHandler handler) {
        this.loop = loop;
        this.handler = handler;
        this.outbound = new DelayLine(loop, clock, oneWayNanos);
        this.inbound = new DelayLine(loop, clock, oneWayNanos);
    }

    @Override
    public void opened(Connection opened) {
        connection = opened;
        inbound.add(2, () -> handler.opened(this));
    }

    @Override
    public void received(Frame frame) {
        inbound.add(1, () -> deliver(frame));
    }

    private void deliver(Frame frame) {
        if (closed) {
            frame.release();
        } else {
            handler.received(frame);
        }
    }

    @Override
    public void closed(CloseReason reason) {
        boolean travels = !closed && connection != null;
        if (closed) {
            inbound.letGo();
        }
        inbound.add(travels ? 1 : 0, () -> handler.closed(reason));
    }

    @Override
    public void send(List<Payload> frame) {
        long length = 0;
        for (Payload part : frame) {
            length += part.length();
        }
        long bytes = length;
        delayedBytes += bytes;
        outbound.add(
                1,
                () -> {
                    delayedBytes -= bytes;
                    real().send(frame);
                });
    }

    @Override
    public void pauseReading() {
        paused = true;
        inbound.hold();
        real().pauseReading();
    }

    @Override
    public void resumeReading() {
        if (paused) {
            paused = false;
            inbound.letGo();
            real().resumeReading();
        }
    }

    @Override
    public long queuedBytes() {
        return delayedBytes + real().queuedBytes();
    }

    @Override
    public void close(CloseReason reason) {
        closed = true;
        real().close(reason);
    }

    @Override
    public long id() {
        return real().id();
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public Endpoint remote() {
        return real().remote();
    }

    @Override
    public Endpoint local() {
        return real().local();
    }

    private Connection real() {
        if (connection == null) {
            throw new IllegalStateException("the connection has not been opened");
        }
        return connection;
    }

    /**
     * Runs what it is given a fixed time later, in order, on one loop; with one timer at a time.
     */
    private static final class DelayLine {

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
}
