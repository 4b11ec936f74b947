package io.tombolo.environment;

import java.util.function.Function;

/**
 * Moves length-prefixed frames (a 4-byte big-endian size, then that many bytes) over connections.
 * It never looks inside a frame.
 */
public interface Network {

    /**
     * Starts to accept connections.
     *
     * @param bind where to listen; port 0 picks a free one
     * @param acceptor called on the loop of each new connection, once, before anything is read from
     *     it
     * @return the open listener, bound when this returns
     * @throws java.io.UncheckedIOException when the address cannot be bound
     */
    Listener listen(
            Endpoint bind, FrameLimits limits, Function<Connection, ConnectionHandler> acceptor);

    /**
     * Opens a connection; returns at once. The handler hears {@link ConnectionHandler#opened} or,
     * when it cannot be made, {@link ConnectionHandler#closed}, both on {@code loop}.
     */
    void connect(EventLoop loop, Endpoint remote, FrameLimits limits, ConnectionHandler handler);

    /** An address that accepts connections. */
    interface Listener extends AutoCloseable {

        /** The address with the port really bound. */
        Endpoint address();

        /** Stops accepting; open connections stay. */
        @Override
        void close();
    }
}
