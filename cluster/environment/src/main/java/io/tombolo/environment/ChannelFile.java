package io.tombolo.environment;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file of this machine. The channel stays open until the file and every slice of it have been
 * given back, so that a response under way survives the deletion of its segment.
 *
 * <p>Only one thread writes, and only through here, so the length is known without asking the
 * operating system on each append and each slice; after a failed write it is asked again.
 */
final class ChannelFile implements DiskFile {

    private static final long UNKNOWN = -1;

    private final FileChannel channel;
    private final AtomicInteger holders = new AtomicInteger(1);
    private volatile long size;
    private boolean positionedAtEnd;
    private boolean closed;

    ChannelFile(FileChannel channel) throws IOException {
        this.channel = channel;
        this.size = channel.size();
    }

    @Override
    public long size() throws IOException {
        // Not remembered here: a reader may look in the middle of a write.
        long known = size;
        return known == UNKNOWN ? channel.size() : known;
    }

    @Override
    public long append(ByteBuffer... buffers) throws IOException {
        long start = size();
        if (!positionedAtEnd) {
            channel.position(start);
        }
        forgetEnd();
        long wanted = 0;
        for (ByteBuffer buffer : buffers) {
            wanted += buffer.remaining();
        }
        long written = 0;
        while (written < wanted) {
            written += channel.write(buffers);
        }
        size = start + written;
        positionedAtEnd = true;
        return start;
    }

    /** Until a write has gone through, nothing is known about how much of it has. */
    private void forgetEnd() {
        size = UNKNOWN;
        positionedAtEnd = false;
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        long before = size();
        long at = position;
        size = UNKNOWN;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
        size = Math.max(before, at);
        positionedAtEnd &= at <= before;
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
        if (position + length > size()) {
            throw new EOFException("the file ends before " + (position + length));
        }
        holders.incrementAndGet();
        return new Payload.FileRegion(channel, position, length, this::releaseQuietly);
    }

    @Override
    public void truncate(long size) throws IOException {
        forgetEnd();
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
            size = UNKNOWN;
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
