package io.tombolo.raft.log;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;
import io.tombolo.raft.core.LogBatch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** One file of the log: batches one after the other from a base offset on. */
final class LogSegment implements AutoCloseable {

    static final String SUFFIX = ".log";
    private static final int INDEX_STRIDE_BYTES = 4096;

    private final Path path;
    private final long baseOffset;
    private final DiskFile file;
    private final TreeMap<Long, Long> positions = new TreeMap<>();
    private long sizeBytes;
    private long endOffset;

    private LogSegment(Path path, long baseOffset, DiskFile file) {
        this.path = path;
        this.baseOffset = baseOffset;
        this.file = file;
        this.endOffset = baseOffset;
    }

    static String nameOf(long baseOffset) {
        return "%020d".formatted(baseOffset) + SUFFIX;
    }

    static long baseOffsetOf(String name) throws IOException {
        try {
            return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
        } catch (NumberFormatException foreign) {
            throw new IOException(name + " is no segment of this log", foreign);
        }
    }

    /** A new, empty segment; its name is durable when this returns. */
    static LogSegment create(Disk disk, Path directory, long baseOffset) throws IOException {
        Path path = directory.resolve(nameOf(baseOffset));
        disk.delete(path);
        var segment = new LogSegment(path, baseOffset, disk.open(path));
        try {
            disk.forceDirectory(directory);
        } catch (IOException failure) {
            segment.close();
            throw failure;
        }
        return segment;
    }

    /**
     * Opens a segment and shows every whole batch of it, in order.
     *
     * @param last whether a tail that is not whole may be cut off, as a crash leaves it; in an
     *     earlier segment it is damage
     */
    static LogSegment open(Disk disk, Path path, boolean last, Consumer<LogBatch> seen)
            throws IOException {
        DiskFile file = disk.open(path);
        var segment = new LogSegment(path, baseOffsetOf(path.getFileName().toString()), file);
        long fileBytes = file.size();
        int epoch = 0;
        while (segment.sizeBytes < fileBytes) {
            try {
                LogBatch batch = segment.readAt(segment.sizeBytes, fileBytes);
                if (batch.baseOffset() != segment.endOffset || batch.epoch() < epoch) {
                    throw new CorruptBatchException(batch + " does not follow");
                }
                epoch = batch.epoch();
                segment.index(batch, segment.encodedBytes);
                seen.accept(batch);
            } catch (CorruptBatchException torn) {
                if (!last) {
                    throw new IOException(
                            path + " is damaged at position " + segment.sizeBytes, torn);
                }
                file.truncate(segment.sizeBytes);
                break;
            }
        }
        // What was read may have been written just before the power went, or never forced at all.
        file.force();
        return segment;
    }

    private int encodedBytes;

    private LogBatch readAt(long position, long limit) throws IOException {
        if (limit - position < BatchCodec.HEADER_BYTES) {
            throw new CorruptBatchException("a batch is cut off in its header");
        }
        ByteBuffer header = ByteBuffer.allocate(BatchCodec.HEADER_BYTES);
        file.readFully(header, position);
        int size = BatchCodec.sizeBytes(header);
        if (size < BatchCodec.HEADER_BYTES || size > limit - position) {
            throw new CorruptBatchException("a batch of " + size + " bytes is cut off");
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        file.readFully(bytes, position);
        encodedBytes = size;
        return BatchCodec.decode(bytes);
    }

    private void index(LogBatch batch, int size) {
        Map.Entry<Long, Long> before = positions.lastEntry();
        if (before == null || sizeBytes - before.getValue() >= INDEX_STRIDE_BYTES) {
            positions.put(batch.baseOffset(), sizeBytes);
        }
        sizeBytes += size;
        endOffset = batch.endOffset();
    }

    Path path() {
        return path;
    }

    long baseOffset() {
        return baseOffset;
    }

    long endOffset() {
        return endOffset;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** Writes a batch behind the end; when that fails, the file ends where it did before. */
    void append(LogBatch batch) throws IOException {
        ByteBuffer bytes = BatchCodec.encode(batch);
        int size = bytes.remaining();
        try {
            file.append(bytes);
        } catch (IOException failure) {
            file.truncate(sizeBytes);
            throw failure;
        }
        index(batch, size);
    }

    /**
     * Shows the batches from an offset on, as long as they are wanted.
     *
     * @param offset the base offset of a batch of this segment, or its end
     */
    void read(long offset, java.util.function.Predicate<LogBatch> wanted) throws IOException {
        long position = positionBefore(offset);
        while (position < sizeBytes) {
            LogBatch batch = readAt(position, sizeBytes);
            position += encodedBytes;
            if (batch.baseOffset() >= offset && !wanted.test(batch)) {
                return;
            }
        }
    }

    private long positionBefore(long offset) {
        Map.Entry<Long, Long> floor = positions.floorEntry(offset);
        return floor == null ? 0 : floor.getValue();
    }

    /** Cuts the segment at the base offset of one of its batches, durably. */
    void truncate(long offset) throws IOException {
        long position = positionBefore(offset);
        long at = Math.min(offset, endOffset);
        while (position < sizeBytes) {
            LogBatch batch = readAt(position, sizeBytes);
            if (batch.endOffset() > offset) {
                at = batch.baseOffset();
                break;
            }
            position += encodedBytes;
        }
        if (at != offset) {
            throw new IOException("offset " + offset + " lies within a batch of " + path);
        }
        file.truncate(position);
        file.force();
        sizeBytes = position;
        endOffset = offset;
        positions.tailMap(offset, true).clear();
    }

    void force() throws IOException {
        file.force();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
