package io.tombolo.environment;

import java.nio.ByteBuffer;

/** A received frame and the memory it is charged for. */
public interface Frame {

    /** The bytes of the frame, big-endian, position 0 to limit; valid until {@link #release()}. */
    ByteBuffer bytes();

    /** Gives the memory back to the budget of the loop; exactly once, on the connection's loop. */
    void release();
}
