package io.tombolo.environment;

import org.jspecify.annotations.Nullable;

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
}
