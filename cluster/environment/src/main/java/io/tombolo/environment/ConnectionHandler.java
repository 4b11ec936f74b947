package io.tombolo.environment;

/**
 * What the owner of a connection hears, always on the connection's loop and never after {@link
 * #closed}.
 */
public interface ConnectionHandler {

    /** The connection is open; called once and first. */
    default void opened(Connection connection) {}

    /**
     * A whole frame has arrived, without its size prefix. The handler owns it and releases it
     * exactly once.
     */
    void received(Frame frame);

    /** The connection is gone, or could not be opened; called once and last. */
    void closed(CloseReason reason);
}
