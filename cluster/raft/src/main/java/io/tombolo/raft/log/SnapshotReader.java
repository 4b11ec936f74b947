package io.tombolo.raft.log;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;
import io.tombolo.raft.core.ControlRecord;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.raft.log.RaftLog.SnapshotSlice;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the file of a snapshot a slice at a time: the memory it takes is that of one slice. */
final class SnapshotReader {

    private final Disk disk;
    private final Path path;

    SnapshotReader(Disk disk, Path path) {
        this.disk = disk;
        this.path = path;
    }

    /**
     * The voters, named by the first batch.
     *
     * @throws CorruptBatchException when there is no such batch
     */
    VoterSet voters() throws IOException {
        try (DiskFile file = disk.openForReading(path)) {
            LogBatch first = BatchCodec.decode(bytes(file, 0, 1));
            if (!first.control()) {
                throw new CorruptBatchException(path + " does not begin with a header");
            }
            return ControlRecord.votersIn(first)
                    .orElseThrow(() -> new CorruptBatchException(path + " names no voters"));
        }
    }

    /**
     * The batches of the state machine from a position on.
     *
     * @param position where a batch begins
     * @param bytesMax soft limit: the first batch comes whole
     * @throws CorruptBatchException when the file is altered or not whole there
     */
    SnapshotSlice read(long position, int bytesMax) throws IOException {
        try (DiskFile file = disk.openForReading(path)) {
            ByteBuffer bytes = bytes(file, position, bytesMax);
            List<List<byte[]>> batches = new ArrayList<>();
            boolean whole = false;
            while (holdsBatch(bytes)) {
                if (whole) {
                    throw new CorruptBatchException(path + " goes on behind its footer");
                }
                LogBatch batch = BatchCodec.decode(bytes);
                if (batch.control()) {
                    whole = isFooter(batch);
                } else {
                    batches.add(batch.records());
                }
            }
            long next = position + bytes.position();
            if (whole != (next == file.size())) {
                throw new CorruptBatchException(path + " does not end with its footer");
            }
            return new SnapshotSlice(batches, next, whole);
        }
    }

    private static boolean isFooter(LogBatch batch) {
        return ControlRecord.decode(batch.records().getLast())
                instanceof ControlRecord.SnapshotFooter;
    }

    private static boolean holdsBatch(ByteBuffer bytes) {
        return bytes.remaining() >= BatchCodec.HEADER_BYTES
                && BatchCodec.sizeBytes(bytes) <= bytes.remaining();
    }

    /** What stands at a position: so many bytes as are wanted, or more for the first batch. */
    private ByteBuffer bytes(DiskFile file, long position, int wantedBytes) throws IOException {
        long left = file.size() - position;
        if (left < BatchCodec.HEADER_BYTES) {
            throw new CorruptBatchException(path + " is cut off at " + position);
        }
        ByteBuffer header = ByteBuffer.allocate(BatchCodec.HEADER_BYTES);
        file.readFully(header, position);
        int firstBytes = BatchCodec.sizeBytes(header);
        if (firstBytes < BatchCodec.HEADER_BYTES || firstBytes > left) {
            throw new CorruptBatchException(path + " has no whole batch at " + position);
        }
        ByteBuffer bytes =
                ByteBuffer.allocate((int) Math.min(left, Math.max(wantedBytes, firstBytes)));
        file.readFully(bytes, position);
        return bytes;
    }
}
