package io.tombolo.environment.simulated;

import io.tombolo.environment.DiskFile;
import io.tombolo.environment.Invariant;
import io.tombolo.environment.Payload;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Path;

/** An open file of a simulated disk; slices of it are copies in memory. */
final class SimulatedFile implements DiskFile {

    private final SimulatedDisk disk;
    private final Path path;
    private final FileContent content;
    private final boolean writable;
    private final long diskLife;
    private boolean closed;

    SimulatedFile(
            SimulatedDisk disk, Path path, FileContent content, boolean writable, long diskLife) {
        this.disk = disk;
        this.path = path;
        this.content = content;
        this.writable = writable;
        this.diskLife = diskLife;
    }

    @Override
    public long size() throws IOException {
        checkOpen();
        return content.size();
    }

    @Override
    public long append(ByteBuffer... buffers) throws IOException {
        checkWritable();
        long start = content.size();
        int wanted = 0;
        for (ByteBuffer buffer : buffers) {
            wanted += buffer.remaining();
        }
        var together = ByteBuffer.allocate(wanted);
        for (ByteBuffer buffer : buffers) {
            together.put(buffer);
        }
        disk.write(path, content, together.flip(), start);
        return start;
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        checkWritable();
        Invariant.check(
                position <= content.size(),
                "a write at %d begins beyond the end %d",
                position,
                content.size());
        disk.write(path, content, bytes, position);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        checkOpen();
        disk.check(DiskOperation.Kind.READ, path);
        return content.read(target, position);
    }

    @Override
    public Payload slice(long position, int length) throws IOException {
        checkOpen();
        if (position + length > content.size()) {
            throw new EOFException("the file ends before " + (position + length));
        }
        disk.check(DiskOperation.Kind.READ, path);
        var copy = ByteBuffer.allocate(length);
        content.read(copy, position);
        return new Payload.Memory(copy.flip());
    }

    @Override
    public void truncate(long size) throws IOException {
        checkWritable();
        disk.check(DiskOperation.Kind.TRUNCATE, path);
        content.truncate(Math.toIntExact(size));
    }

    @Override
    public void force() throws IOException {
        checkOpen();
        disk.force(path, content);
    }

    @Override
    public void close() {
        closed = true;
    }

    private void checkWritable() throws IOException {
        checkOpen();
        if (!writable) {
            throw new NonWritableChannelException();
        }
    }

    private void checkOpen() throws IOException {
        if (closed || diskLife != disk.life()) {
            throw new ClosedChannelException();
        }
    }
}
