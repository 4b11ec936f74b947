package io.tombolo.raft.log;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;
import io.tombolo.raft.core.ControlRecord;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.raft.log.RaftLog.SnapshotSlice;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The snapshots of a log directory. A snapshot has its final name only when all of it is durable:
 * it is there whole or not at all. Reading and writing different snapshots may overlap.
 */
final class SnapshotFiles {

    private static final String SUFFIX = ".checkpoint";
    private static final String PART_SUFFIX = ".part";

    /** Read at a time to see whether a snapshot is whole. */
    private static final int CHECK_BYTES = 1 << 20;

    private final Disk disk;
    private final Path directory;

    SnapshotFiles(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    private Path pathOf(OffsetAndEpoch id) {
        return directory.resolve("%020d-%010d".formatted(id.offset(), id.epoch()) + SUFFIX);
    }

    private Path writtenPath(OffsetAndEpoch id) {
        return pathOf(id).resolveSibling(pathOf(id).getFileName() + ".tmp");
    }

    private Path fetchedPath(OffsetAndEpoch id) {
        return pathOf(id).resolveSibling(pathOf(id).getFileName() + PART_SUFFIX);
    }

    /** All snapshots, the oldest first; unfinished ones are deleted. */
    List<OffsetAndEpoch> open() throws IOException {
        var found = new ArrayList<OffsetAndEpoch>();
        for (String name : disk.list(directory)) {
            if (name.endsWith(SUFFIX)) {
                found.add(
                        new OffsetAndEpoch(
                                Long.parseLong(name.substring(0, 20)),
                                Integer.parseInt(name.substring(21, 31))));
            } else if (name.contains(SUFFIX)) {
                disk.delete(directory.resolve(name));
            }
        }
        return found;
    }

    /** Writes a snapshot of the state machine; durable when it returns. */
    void write(OffsetAndEpoch id, VoterSet voters, Iterator<List<byte[]>> batches)
            throws IOException {
        Path path = writtenPath(id);
        disk.delete(path);
        try {
            write(path, id, voters, batches);
            publish(path, id);
        } catch (IOException failure) {
            disk.delete(path); // it may hold all the room there is
            throw failure;
        }
    }

    private void write(
            Path path, OffsetAndEpoch id, VoterSet voters, Iterator<List<byte[]>> batches)
            throws IOException {
        try (DiskFile file = disk.open(path)) {
            var header = new ControlRecord.SnapshotHeader(-1);
            long offset =
                    append(
                            file,
                            new LogBatch(
                                    0,
                                    id.epoch(),
                                    true,
                                    List.of(
                                            header.encode(),
                                            new ControlRecord.Voters(voters).encode())));
            while (batches.hasNext()) {
                List<byte[]> records = batches.next();
                if (!records.isEmpty()) {
                    offset = append(file, new LogBatch(offset, id.epoch(), false, records));
                }
            }
            var footer = new ControlRecord.SnapshotFooter();
            append(file, new LogBatch(offset, id.epoch(), true, List.of(footer.encode())));
            file.force();
        }
    }

    private static long append(DiskFile file, LogBatch batch) throws IOException {
        file.append(BatchCodec.encode(batch));
        return batch.endOffset();
    }

    private void publish(Path path, OffsetAndEpoch id) throws IOException {
        disk.move(path, pathOf(id));
        disk.forceDirectory(directory);
    }

    /** Keeps a piece of a snapshot being fetched; position 0 begins it. */
    void writePiece(OffsetAndEpoch id, long position, byte[] bytes) throws IOException {
        Path path = fetchedPath(id);
        if (position == 0) {
            disk.delete(path);
        }
        try (DiskFile file = disk.open(path)) {
            if (file.size() != position) {
                throw new IOException(
                        "piece at %d of %s, which has %d bytes"
                                .formatted(position, path, file.size()));
            }
            try {
                file.append(ByteBuffer.wrap(bytes));
            } catch (IOException failure) {
                file.truncate(position);
                throw failure;
            }
        }
    }

    /** Gives up whatever is being fetched. */
    void discardPieces() throws IOException {
        for (String name : disk.list(directory)) {
            if (name.endsWith(PART_SUFFIX)) {
                disk.delete(directory.resolve(name));
            }
        }
    }

    /**
     * Makes the fetched snapshot one of this directory, durably, if its bytes are whole.
     *
     * @return the voters it names, or nothing when it is not whole and has been deleted
     */
    Optional<VoterSet> complete(OffsetAndEpoch id) throws IOException {
        Path path = fetchedPath(id);
        if (!disk.exists(path) && exists(id)) {
            return Optional.of(voters(id)); // the disk was full right behind this
        }
        VoterSet voters;
        try {
            voters = check(path);
        } catch (CorruptBatchException broken) {
            disk.delete(path);
            return Optional.empty();
        }
        try (DiskFile file = disk.open(path)) {
            file.force();
        }
        publish(path, id);
        return Optional.of(voters);
    }

    boolean exists(OffsetAndEpoch id) {
        return disk.exists(pathOf(id));
    }

    /** The voters that a snapshot names, right at its beginning. */
    VoterSet voters(OffsetAndEpoch id) throws IOException {
        return new SnapshotReader(disk, pathOf(id)).voters();
    }

    /** Reads and checks whole batches from a position on, at least one. */
    SnapshotSlice read(OffsetAndEpoch id, long position, int bytesMax) throws IOException {
        return new SnapshotReader(disk, pathOf(id)).read(position, bytesMax);
    }

    private VoterSet check(Path path) throws IOException {
        var reader = new SnapshotReader(disk, path);
        SnapshotSlice slice = reader.read(0, CHECK_BYTES);
        while (!slice.last()) {
            slice = reader.read(slice.nextPosition(), CHECK_BYTES);
        }
        return reader.voters();
    }

    /**
     * A piece of a snapshot for another replica.
     *
     * @param totalBytes size of the whole snapshot
     * @param bytes empty when the position is at or behind the end
     */
    record Piece(long totalBytes, byte[] bytes) {}

    /** Reads a piece; nothing when there is no such snapshot (any more). */
    Optional<Piece> readPiece(OffsetAndEpoch id, long position, int bytesMax) throws IOException {
        Path path = pathOf(id);
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        try (DiskFile file = disk.openForReading(path)) {
            long total = file.size();
            int length = (int) Math.max(0, Math.min(bytesMax, total - position));
            ByteBuffer bytes = ByteBuffer.allocate(length);
            file.readFully(bytes, Math.min(position, total));
            return Optional.of(new Piece(total, bytes.array()));
        }
    }

    /** Deletes all snapshots older than this one. */
    void deleteBelow(OffsetAndEpoch newest) throws IOException {
        for (String name : disk.list(directory)) {
            if (name.endsWith(SUFFIX)
                    && name.compareTo(pathOf(newest).getFileName().toString()) < 0) {
                disk.delete(directory.resolve(name));
            }
        }
    }
}
