package io.tombolo.operation;

import io.tombolo.environment.DelegatingDisk;
import io.tombolo.environment.DiskFile;
import io.tombolo.environment.FileDisk;
import io.tombolo.environment.Payload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The file system of this machine, with faults below chosen folders. */
final class FaultyDisk extends DelegatingDisk {

    private final Map<Operation, String> faults = new ConcurrentHashMap<>();
    private final Map<Operation, String> stalls = new ConcurrentHashMap<>();
    private volatile long capacityBytes = Long.MAX_VALUE;
    private volatile Path volume = Path.of("/");

    FaultyDisk() {
        super(new FileDisk());
    }

    /** What can fail. */
    enum Operation {
        OPEN,
        READ,
        APPEND,
        FORCE
    }

    /** From now on the operation fails for every file whose path contains the text. */
    void breakDown(Operation operation, String within) {
        faults.put(operation, within);
    }

    /** From now on the operation never ends, until the disk is healed. */
    void standStill(Operation operation, String within) {
        stalls.put(operation, within);
    }

    /** All files below a folder may take only so many bytes more; deleted ones give theirs back. */
    void fill(Path folder, long spareBytes) throws IOException {
        volume = folder;
        capacityBytes = usedBytes() + spareBytes;
    }

    private long usedBytes() throws IOException {
        try (var files = Files.walk(volume)) {
            return files.mapToLong(FaultyDisk::sizeOf).sum();
        } catch (UncheckedIOException deletedMeanwhile) {
            return usedBytes();
        }
    }

    private static long sizeOf(Path path) {
        try {
            return Files.isRegularFile(path) ? Files.size(path) : 0;
        } catch (IOException deletedMeanwhile) {
            return 0;
        }
    }

    /** One writer at a time, as long as room is counted. */
    private synchronized void grow(Path path, long bytes, Write write) throws IOException {
        boolean counted = capacityBytes != Long.MAX_VALUE && path.startsWith(volume);
        if (counted && usedBytes() + bytes > capacityBytes) {
            throw new IOException("No space left on device");
        }
        write.carryOut();
    }

    private interface Write {
        void carryOut() throws IOException;
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return capacityBytes == Long.MAX_VALUE
                ? super.usableBytes(path)
                : Math.max(0, capacityBytes - usedBytes());
    }

    void heal() {
        faults.clear();
        capacityBytes = Long.MAX_VALUE;
        synchronized (stalls) {
            stalls.clear();
            stalls.notifyAll();
        }
    }

    private void awaitEndOfStall(Operation operation, Path path) throws IOException {
        synchronized (stalls) {
            while (path.toString().contains(stalls.getOrDefault(operation, "\0"))) {
                try {
                    stalls.wait();
                } catch (InterruptedException ended) {
                    throw new IOException("interrupted", ended);
                }
            }
        }
    }

    private void check(Operation operation, Path path) throws IOException {
        if (!stalls.isEmpty()) {
            awaitEndOfStall(operation, path);
        }
        String within = faults.get(operation);
        if (within != null && path.toString().contains(within)) {
            throw new IOException("Input/output error on " + path.getFileName());
        }
    }

    @Override
    public DiskFile open(Path path) throws IOException {
        check(Operation.OPEN, path);
        return new FaultyFile(path, super.open(path));
    }

    @Override
    public DiskFile openForReading(Path path) throws IOException {
        return new FaultyFile(path, super.openForReading(path));
    }

    private final class FaultyFile extends DelegatingFile {

        private final Path path;

        FaultyFile(Path path, DiskFile file) {
            super(file);
            this.path = path;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            check(Operation.READ, path);
            return super.read(target, position);
        }

        @Override
        public Payload slice(long position, int length) throws IOException {
            check(Operation.READ, path);
            return super.slice(position, length);
        }

        @Override
        public long append(ByteBuffer... buffers) throws IOException {
            check(Operation.APPEND, path);
            long start = size();
            long bytes = 0;
            for (ByteBuffer buffer : buffers) {
                bytes += buffer.remaining();
            }
            if (capacityBytes == Long.MAX_VALUE) {
                return super.append(buffers);
            }
            grow(path, bytes, () -> super.append(buffers));
            return start;
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            check(Operation.APPEND, path);
            if (capacityBytes == Long.MAX_VALUE) {
                super.write(bytes, position);
                return;
            }
            long growth = Math.max(0, position + bytes.remaining() - size());
            grow(path, growth, () -> super.write(bytes, position));
        }

        @Override
        public void force() throws IOException {
            check(Operation.FORCE, path);
            super.force();
        }
    }
}
