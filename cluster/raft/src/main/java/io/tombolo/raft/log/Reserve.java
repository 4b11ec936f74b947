package io.tombolo.raft.log;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;
import io.tombolo.storage.segment.NoRoom;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file without content that holds room on the disk for this log alone. When a write finds the
 * disk full, the file gives room back piece by piece, so that little of it goes to others; when
 * there is plenty again, it takes it back. Used on the lane of the log only, save {@link #whole}.
 */
final class Reserve {

    static final String NAME = "reserve";

    /** Pieces that a whole reserve consists of. */
    private static final int PIECES = 64;

    private static final int WRITE_BYTES = 64 << 10;

    private final Disk disk;
    private final Path directory;
    private final Path path;
    private final long wholeBytes;
    private volatile boolean whole = true;

    /**
     * @param wholeBytes 0 for none
     */
    Reserve(Disk disk, Path directory, long wholeBytes) {
        this.disk = disk;
        this.directory = directory;
        this.path = directory.resolve(NAME);
        this.wholeBytes = wholeBytes;
    }

    /** False from the first piece that was given up until all are there again; any thread. */
    boolean whole() {
        return whole;
    }

    /** Gives some room back to the disk; false when there is none left to give. */
    boolean giveUp() throws IOException {
        whole = false;
        if (!disk.exists(path)) {
            return false;
        }
        try (DiskFile file = disk.open(path)) {
            long left = file.size();
            if (left == 0) {
                return false;
            }
            file.truncate(Math.max(0, left - Math.max(1, wholeBytes / PIECES)));
            return true;
        }
    }

    /** Takes what is missing, if the disk has that and as much again to spare. */
    void tend() throws IOException {
        if (wholeBytes == 0) {
            whole = !NoRoom.on(disk, directory);
            return;
        }
        long missing = wholeBytes - (disk.exists(path) ? sizeBytes() : 0);
        if (missing <= 0) {
            whole = true;
        } else if (disk.usableBytes(directory) < missing + wholeBytes) {
            whole = false;
        } else {
            whole = fill();
        }
    }

    private long sizeBytes() throws IOException {
        try (DiskFile file = disk.openForReading(path)) {
            return file.size();
        }
    }

    private boolean fill() throws IOException {
        try (DiskFile file = disk.open(path)) {
            for (long size = file.size(); size < wholeBytes; size = file.size()) {
                file.append(noise((int) Math.min(WRITE_BYTES, wholeBytes - size), size));
            }
            file.force();
            return true;
        } catch (IOException failure) {
            if (NoRoom.explains(failure, disk, directory)) {
                return false;
            }
            throw failure;
        }
    }

    /** Bytes that no file system stores in less room than they take. */
    private static ByteBuffer noise(int bytes, long seed) {
        var noise = ByteBuffer.allocate(bytes);
        long state = seed + 1;
        while (noise.hasRemaining()) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            noise.put((byte) (state >>> 56));
        }
        return noise.flip();
    }
}
