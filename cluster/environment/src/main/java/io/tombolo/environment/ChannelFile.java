package io.tombolo.environment;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file of this machine. The channel stays open until the file and every slice of it have been
 * given back, so that a response under way survives the deletion of its segment.
 */
final class ChannelFile implements DiskFile {

    private final FileChannel channel;
    private final AtomicInteger holders = new AtomicInteger(1);
    private boolean closed;

    ChannelFile(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public long append(ByteBuffer... buffers) throws IOException {
        long start = channel.size();
        channel.position(start);
        long wanted = 0;
        for (ByteBuffer buffer : buffers) {
            wanted += buffer.remaining();
        }
        long written = 0;
        while (written < wanted) {
            written += channel.write(buffers);
        }
        return start;
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int count = channel.read(target, position + total);
            if (count < 0) {
                break;
            }
            total += count;
        }
        return total;
    }

    @Override
    public Payload slice(long position, int length) throws IOException {
        if (position + length > channel.size()) {
            throw new EOFException("the file ends before " + (position + length));
        }
        holders.incrementAndGet();
        return new Payload.FileRegion(channel, position, length, this::releaseQuietly);
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            release();
        }
    }

    private void release() throws IOException {
        if (holders.decrementAndGet() == 0) {
            channel.close();
        }
    }

    private void releaseQuietly() {
        try {
            release();
        } catch (IOException unusable) {
            // Only reads were under way: whatever was written has been forced, or failed, through
            // the file itself.
            throw new java.io.UncheckedIOException(unusable);
        }
    }
}
