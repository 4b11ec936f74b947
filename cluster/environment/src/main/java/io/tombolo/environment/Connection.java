package io.tombolo.environment;

import java.util.List;

/** One open connection. Every method is called on {@link #loop()} unless it says otherwise. */
public interface Connection {

    /** A number unique among the connections of this process; callable from any thread. */
    long id();

    /** The loop that owns this connection; callable from any thread. */
    EventLoop loop();

    /** The address at the other end; callable from any thread. */
    Endpoint remote();

    /** The address at this end; callable from any thread. */
    Endpoint local();

    /**
     * Queues one frame; the 4-byte size is put before it here. Frames leave in the order of the
     * calls and are flushed together at the end of the loop's turn. Ownership of every part passes
     * to the connection, also when it has been closed meanwhile: then the parts are released and
     * the frame is dropped.
     */
    void send(List<Payload> frame);

    /**
     * Stops delivering frames after the one being delivered, so that a slow answer holds back only
     * its own client.
     */
    void pauseReading();

    /** Delivers frames again. */
    void resumeReading();

    /** Bytes queued and not yet handed to the operating system. */
    long queuedBytes();

    /** Closes the connection once; frames already queued are given up. Callable repeatedly. */
    void close(CloseReason reason);
}
