package io.tombolo.storage.segment;

import io.tombolo.environment.Disk;

import java.io.IOException;
import java.nio.file.Path;

/** Tells a disk that is full from one that fails. */
public final class NoRoom {

    /** A disk with less counts as full, whatever language its errors are in. */
    private static final long ROOM_BYTES_MIN = 16 << 10;

    private NoRoom() {}

    /** Whether an operation failed for want of room, so that it may succeed when there is some. */
    public static boolean explains(IOException failure, Disk disk, Path directory) {
        String text = String.valueOf(failure.getMessage());
        return text.contains("No space left on device")
                || text.contains("Disk quota exceeded")
                || on(disk, directory);
    }

    /** Whether there is next to none. */
    public static boolean on(Disk disk, Path directory) {
        try {
            return disk.usableBytes(directory) < ROOM_BYTES_MIN;
        } catch (IOException unknown) {
            return false;
        }
    }
}
