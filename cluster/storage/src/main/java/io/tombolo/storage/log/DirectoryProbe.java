package io.tombolo.storage.log;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Finds out whether files can be made in a directory. */
record DirectoryProbe(Disk disk, Path directory) implements Callable<DirectoryProbe.Finding> {

    /** What probes are called. */
    static final String FILE = ".probe";

    private static final int BYTES = 4096;

    /** Below so little room a disk counts as full. */
    private static final long ROOM_BYTES_MIN = 64 << 10;

    /** Whether it went well, and whether there is next to no room. */
    record Finding(boolean sound, boolean full) {}

    @Override
    public Finding call() {
        try {
            write();
            return new Finding(true, full());
        } catch (IOException failure) {
            return new Finding(false, full());
        }
    }

    void write() throws IOException {
        Path path = directory.resolve(FILE);
        disk.delete(path);
        try (DiskFile file = disk.open(path)) {
            file.write(ByteBuffer.allocate(BYTES), 0);
            file.force();
        }
        disk.delete(path);
    }

    private boolean full() {
        try {
            return disk.usableBytes(directory) < ROOM_BYTES_MIN;
        } catch (IOException unknown) {
            return false;
        }
    }
}
