package io.tombolo.environment.simulated;

import java.nio.file.Path;

/**
 * Something that is about to be done to a simulated disk.
 *
 * @param number counts the operations of this disk from 1
 */
public record DiskOperation(long number, Kind kind, Path path) {

    /** The kinds of operations. */
    public enum Kind {
        OPEN,
        READ,
        WRITE,
        TRUNCATE,
        FORCE,
        LIST,
        CREATE_DIRECTORIES,
        DELETE,
        MOVE,
        FORCE_DIRECTORY,
        LOCK
    }
}
