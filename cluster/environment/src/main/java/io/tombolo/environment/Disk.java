package io.tombolo.environment;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Files. Nothing is durable before it is forced: the content of a file by {@link DiskFile#force},
 * the existence or the name of a file by {@link #forceDirectory} of its directory. Every method
 * blocks and is callable from any thread; the slow ones ({@code force…}, reads of cold data) belong
 * on {@link Offload}.
 */
public interface Disk {

    /** Opens a file for reading and writing, creating it empty when it does not exist. */
    DiskFile open(Path path) throws IOException;

    /**
     * Opens a file of which there are many and of which few are in use at a time: as {@link #open},
     * but it need not hold a descriptor all the time. Its owner tells it when it is renamed.
     */
    default DiskFile openSparing(Path path) throws IOException {
        return open(path);
    }

    /** Opens an existing file for reading only. */
    DiskFile openForReading(Path path) throws IOException;

    /** Whether a file or directory of that name exists. */
    boolean exists(Path path);

    /**
     * The names of the files and directories in a directory, sorted; none when it does not exist.
     */
    List<String> list(Path directory) throws IOException;

    /** Creates a directory and those above it. */
    void createDirectories(Path directory) throws IOException;

    /** Deletes a file, or an empty directory; false when there was none. */
    boolean delete(Path path) throws IOException;

    /** Gives a file or directory a new name in one step, replacing a file of that name. */
    void move(Path from, Path to) throws IOException;

    /** Makes creations, deletions and renames in a directory durable. */
    void forceDirectory(Path directory) throws IOException;

    /** Bytes still free for new data on the volume that holds the path. */
    long usableBytes(Path path) throws IOException;

    /** Bytes that the volume that holds the path has in all, taken or free. */
    long totalBytes(Path path) throws IOException;

    /**
     * Takes the exclusive right to use a directory, across processes, until it is closed or this
     * process ends.
     *
     * @throws LockHeld when another process, or this one, already holds it
     */
    Closeable lock(Path lockFile) throws IOException;

    /** Somebody else has the exclusive right to a directory; the disk itself is sound. */
    final class LockHeld extends IOException {

        private static final long serialVersionUID = 1;

        /**
         * @param message by whom, in words for people
         */
        public LockHeld(String message) {
            super(message);
        }
    }

    /** The whole content of a small file. */
    default byte[] readAll(Path path) throws IOException {
        try (DiskFile file = openForReading(path)) {
            var content = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.readFully(content, 0);
            return content.array();
        }
    }

    /**
     * Replaces a small file so that a crash leaves the old content or the new one; durable when it
     * returns.
     */
    default void writeAtomically(Path path, byte[] content) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
        delete(temporary);
        try (DiskFile file = open(temporary)) {
            file.append(ByteBuffer.wrap(content));
            file.force();
        } catch (IOException failure) {
            delete(temporary); // it may hold all the room there is
            throw failure;
        }
        move(temporary, path);
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            forceDirectory(parent);
        }
    }
}
