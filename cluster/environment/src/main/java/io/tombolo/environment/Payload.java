package io.tombolo.environment;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/** A part of a frame that is to be sent, in memory or in a file. */
public sealed interface Payload {

    /** Length in bytes, ≥ 0. */
    int length();

    /**
     * Reads some of it; of a part in a file this waits for the disk.
     *
     * @param position counted from where the part begins; position + length ≤ {@link #length()}
     * @return a view of bytes in memory, which must not be changed, or bytes that are the caller's
     * @throws IOException when the file cannot be read or has become shorter
     */
    ByteBuffer read(int position, int length) throws IOException;

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
        public ByteBuffer read(int position, int length) {
            return bytes.slice(bytes.position() + position, length);
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
        public ByteBuffer read(int position, int length) throws IOException {
            Objects.checkFromIndexSize(position, length, this.length);
            var bytes = ByteBuffer.allocate(length);
            while (bytes.hasRemaining()) {
                long at = this.position + position + bytes.position();
                if (file.read(bytes, at) < 0) {
                    throw new EOFException("the file ends at " + at);
                }
            }
            return bytes.flip();
        }

        @Override
        public void release() {
            onRelease.run();
        }
    }
}
