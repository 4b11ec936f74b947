package io.tombolo.environment;

import java.util.List;

/** A connection that hands everything on to another; what misbehaves is said in subclasses. */
public class DelegatingConnection implements Connection {

    private final Connection connection;

    protected DelegatingConnection(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void send(List<Payload> frame) {
        connection.send(frame);
    }

    @Override
    public long id() {
        return connection.id();
    }

    @Override
    public EventLoop loop() {
        return connection.loop();
    }

    @Override
    public Endpoint remote() {
        return connection.remote();
    }

    @Override
    public Endpoint local() {
        return connection.local();
    }

    @Override
    public void pauseReading() {
        connection.pauseReading();
    }

    @Override
    public void resumeReading() {
        connection.resumeReading();
    }

    @Override
    public long queuedBytes() {
        return connection.queuedBytes();
    }

    @Override
    public void close(CloseReason reason) {
        connection.close(reason);
    }
}
