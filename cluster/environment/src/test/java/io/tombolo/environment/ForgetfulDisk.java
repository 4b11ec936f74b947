package io.tombolo.environment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** A disk on which somebody forgot to force some files: a broken variant of whoever writes them. */
public record ForgetfulDisk(Disk disk, Predicate<Path> forgotten) implements Disk {

    @Override
    public DiskFile open(Path path) throws IOException {
        return new ForgetfulFile(disk.open(path), forgotten.test(path));
    }

    @Override
    public DiskFile openForReading(Path path) throws IOException {
        return disk.openForReading(path);
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override
    public boolean delete(Path path) throws IOException {
        return disk.delete(path);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        disk.move(from, to);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (!forgotten.test(directory)) {
            disk.forceDirectory(directory);
        }
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return disk.usableBytes(path);
    }

    @Override
    public long totalBytes(Path path) throws IOException {
        return disk.totalBytes(path);
    }

    @Override
    public AutoCloseable lock(Path lockFile) throws IOException {
        return disk.lock(lockFile);
    }

    private record ForgetfulFile(DiskFile file, boolean forgotten) implements DiskFile {

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public long append(ByteBuffer... buffers) throws IOException {
            return file.append(buffers);
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
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
            if (!forgotten) {
                file.force();
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
