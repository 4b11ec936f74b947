package io.tombolo.environment;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of a frame that is to be sent, in memory or in a file. */
public sealed interface Payload {

    /** Length in bytes, ≥ 0. */
    int length();

    /**
     * Gives back what the part holds; exactly once, by the connection or by whoever decides not to
     * send it.
     */
    void release();

    /** Bytes in memory, from position to limit; they must not change until the part is released. */
    record Memory(ByteBuffer bytes) implements Payload {

        @Override
        public int length() {
            return bytes.remaining();
        }

        @Override
        public void release() {}
    }

    /**
     * A stretch of a file, sent without passing through this process where the transport can.
     *
     * @param onRelease runs when the part has been sent or dropped
     */
    record FileRegion(FileChannel file, long position, int length, Runnable onRelease)
            implements Payload {

        @Override
        public void release() {
            onRelease.run();
        }
    }
}
