package io.tombolo.operation;

import io.tombolo.environment.DelegatingDisk;
import io.tombolo.environment.DiskFile;
import io.tombolo.environment.FileDisk;
import io.tombolo.environment.Payload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The file system of this machine, with faults below chosen folders. */
final class FaultyDisk extends DelegatingDisk {

    private final Map<Operation, String> faults = new ConcurrentHashMap<>();
    private final Map<Operation, String> stalls = new ConcurrentHashMap<>();

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

    void heal() {
        faults.clear();
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
            return super.append(buffers);
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            check(Operation.APPEND, path);
            super.write(bytes, position);
        }

        @Override
        public void force() throws IOException {
            check(Operation.FORCE, path);
            super.force();
        }
    }
}
