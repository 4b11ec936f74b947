package io.tombolo.storage.segment;

import io.tombolo.environment.DiskFile;
import io.tombolo.protocol.records.BatchView;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Walks the batches of a log file, header by header, through a small window. Mutable; one thread.
 *
 * <p>It stops at the limit, or before bytes that cannot be a whole batch: then {@link #torn()} is
 * true. Checksums are verified only on request.
 */
public final class BatchScan {

    private static final int ATTRIBUTES_AT = 21;

    private final DiskFile file;
    private final long limit;
    private final BatchView batch = new BatchView();
    private ByteBuffer window;
    private long windowPosition;
    private long position;
    private long nextPosition;
    private boolean torn;

    /**
     * A scan of the file from {@code position} to {@code limit}.
     *
     * @param window heap buffer of at least {@link BatchView#HEADER_BYTES} that the scan reads into
     */
    public BatchScan(DiskFile file, long position, long limit, ByteBuffer window) {
        this.file = file;
        this.limit = limit;
        this.nextPosition = position;
        this.window = window.clear().limit(0);
        this.windowPosition = position;
    }

    /** Moves to the next batch; false at the limit and before bytes that are no whole batch. */
    public boolean next() throws IOException {
        if (torn || nextPosition >= limit) {
            return false;
        }
        position = nextPosition;
        if (limit - position < BatchView.HEADER_BYTES) {
            torn = true;
            return false;
        }
        int index = load(position, BatchView.HEADER_BYTES);
        batch.at(window, index);
        long length = batch.lengthBytes();
        boolean plausible =
                batch.magic() == BatchView.MAGIC
                        && length >= BatchView.HEADER_BYTES
                        && length <= limit - position
                        && batch.baseOffset() >= 0
                        && batch.lastOffsetDelta() >= 0
                        && batch.lastOffset() >= 0;
        if (!plausible) {
            torn = true;
            return false;
        }
        nextPosition = position + length;
        return true;
    }

    /** Another scan, of what lies behind the batch found last. */
    BatchScan behind() {
        return new BatchScan(
                file, nextPosition, limit, ByteBuffer.allocate(BatchView.HEADER_BYTES));
    }

    /** The header of the batch found last; its records only after {@link #whole()}. */
    public BatchView batch() {
        return batch;
    }

    /** Where the batch found last begins. */
    public int position() {
        return (int) position;
    }

    /** Where the batch found last ends; where the scan stopped after {@link #next} was false. */
    public int nextPosition() {
        return (int) nextPosition;
    }

    /** Whether the scan stopped before the limit. */
    public boolean torn() {
        return torn;
    }

    /** The batch found last with all its bytes in memory. */
    public BatchView whole() throws IOException {
        int index = load(position, (int) (nextPosition - position)); // may be in a larger window
        return batch.at(window, index);
    }

    /** Whether the batch found last has the checksum that its header claims. */
    public boolean checksumValid() throws IOException {
        int claimed = batch.crc();
        var crc = new CRC32C();
        long at = position + ATTRIBUTES_AT;
        while (at < nextPosition) {
            int chunk = (int) Math.min(nextPosition - at, window.capacity());
            int index = load(at, chunk);
            crc.update(window.array(), window.arrayOffset() + index, chunk);
            at += chunk;
        }
        int index = load(position, BatchView.HEADER_BYTES);
        batch.at(window, index);
        return (int) crc.getValue() == claimed;
    }

    /** Fills the window; when what lies behind cannot be read, with what is wanted only. */
    private int read(long from, int bytes) throws IOException {
        try {
            return file.read(window, from);
        } catch (IOException unreadable) {
            if (window.limit() <= bytes) {
                throw unreadable;
            }
            window.clear().limit(bytes);
            windowPosition = from;
            return file.read(window, from);
        }
    }

    /** Makes the bytes available in the window and returns the index at which they begin. */
    private int load(long from, int bytes) throws IOException {
        if (from < windowPosition || from + bytes > windowPosition + window.limit()) {
            if (bytes > window.capacity()) {
                window = ByteBuffer.allocate(bytes);
            }
            window.clear().limit((int) Math.min(window.capacity(), limit - from));
            windowPosition = from;
            int read = read(from, bytes);
            window.position(0).limit(read);
            if (read < bytes) {
                throw new EOFException("the log file ends within a batch at position " + from);
            }
        }
        return (int) (from - windowPosition);
    }
}
