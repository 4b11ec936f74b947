package io.tombolo.environment;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** An open file. One thread writes; any thread reads below what was written. */
public interface DiskFile extends AutoCloseable {

    /** Length in bytes. */
    long size() throws IOException;

    /**
     * Writes all remaining bytes of the buffers at the end of the file, in order, in as few system
     * calls as possible.
     *
     * @return the position of the first byte written
     * @throws IOException when not all of it was written; the file may then hold a part of it
     */
    long append(ByteBuffer... buffers) throws IOException;

    /** Overwrites bytes at a position ≤ size, growing the file when they reach beyond its end. */
    void write(ByteBuffer bytes, long position) throws IOException;

    /**
     * Reads up to {@code target.remaining()} bytes.
     *
     * @return bytes read; less than asked, or 0, only at the end of the file
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** Fills the buffer and flips it, or throws {@link EOFException}. */
    default void readFully(ByteBuffer target, long position) throws IOException {
        int wanted = target.remaining();
        if (read(target, position) < wanted) {
            throw new EOFException(
                    "the file ends within " + wanted + " bytes at position " + position);
        }
        target.flip();
    }

    /**
     * A part to send: a file region where the platform can send it without copying, else its bytes.
     */
    Payload slice(long position, int length) throws IOException;

    /** Cuts the file to a size ≤ its length. */
    void truncate(long size) throws IOException;

    /**
     * Makes all content written so far durable. After a failure the file must not be trusted any
     * more.
     */
    void force() throws IOException;

    /**
     * The file has another name now, its own or that of a directory above it. To be told of files
     * opened with {@link Disk#openSparing}; others do not mind.
     */
    default void movedTo(Path renamed) {}

    /** Closes the file; slices handed out before stay readable until they are released. */
    @Override
    void close() throws IOException;
}
