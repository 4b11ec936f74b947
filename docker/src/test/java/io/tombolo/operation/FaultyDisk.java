package io.tombolo.operation;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;
import io.tombolo.environment.FileDisk;
import io.tombolo.environment.Payload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The file system of this machine, with faults below chosen folders. */
final class FaultyDisk implements Disk {

    private final Disk real = new FileDisk();
    private final Map<Operation, String> faults = new ConcurrentHashMap<>();

    /** What can fail. */
    enum Operation {
        OPEN,
        APPEND,
        FORCE
    }

    /** From now on the operation fails for every file whose path contains the text. */
    void breakDown(Operation operation, String within) {
        faults.put(operation, within);
    }

    void heal() {
        faults.clear();
    }

    private void check(Operation operation, Path path) throws IOException {
        String within = faults.get(operation);
        if (within != null && path.toString().contains(within)) {
            throw new IOException("Input/output error on " + path.getFileName());
        }
    }

    @Override
    public DiskFile open(Path path) throws IOException {
        check(Operation.OPEN, path);
        return new FaultyFile(path, real.open(path));
    }

    @Override
    public DiskFile openForReading(Path path) throws IOException {
        return new FaultyFile(path, real.openForReading(path));
    }

    @Override
    public boolean exists(Path path) {
        return real.exists(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return real.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        real.createDirectories(directory);
    }

    @Override
    public boolean delete(Path path) throws IOException {
        return real.delete(path);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        real.move(from, to);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        real.forceDirectory(directory);
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return real.usableBytes(path);
    }

    @Override
    public long totalBytes(Path path) throws IOException {
        return real.totalBytes(path);
    }

    @Override
    public AutoCloseable lock(Path lockFile) throws IOException {
        return real.lock(lockFile);
    }

    private final class FaultyFile implements DiskFile {

        private final Path path;
        private final DiskFile file;

        FaultyFile(Path path, DiskFile file) {
            this.path = path;
            this.file = file;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public long append(ByteBuffer... buffers) throws IOException {
            check(Operation.APPEND, path);
            return file.append(buffers);
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            check(Operation.APPEND, path);
            file.write(bytes, position);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public Payload slice(long position, int length) throws IOException {
            return file.slice(position, length);
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void force() throws IOException {
            check(Operation.FORCE, path);
            file.force();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
