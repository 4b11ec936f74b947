package io.tombolo.storage.segment;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The entries of a segment's indexes that are not yet in their files.
 *
 * @param offsetsFrom how many entries of the offset index are in the file already
 * @param timesFrom how many of the time index
 * @param abortedFrom how many of the transaction index
 */
public record IndexSuffix(
        Segment segment,
        int offsetsFrom,
        ByteBuffer offsets,
        int timesFrom,
        ByteBuffer times,
        int abortedFrom,
        ByteBuffer aborted) {

    int offsetsEnd() {
        return offsetsFrom + offsets.limit() / OffsetEntries.ENTRY_BYTES;
    }

    int timesEnd() {
        return timesFrom + times.limit() / TimeIndex.ENTRY_BYTES;
    }

    int abortedEnd() {
        return abortedFrom + aborted.limit() / TransactionIndex.ENTRY_BYTES;
    }

    /** Writes and forces the entries. The names of new files are not yet durable. */
    public void write() throws IOException {
        Disk disk = segment.disk();
        put(
                disk,
                segment.file(LogFiles.OFFSET_INDEX),
                offsets,
                offsetsFrom,
                OffsetEntries.ENTRY_BYTES);
        put(disk, segment.file(LogFiles.TIME_INDEX), times, timesFrom, TimeIndex.ENTRY_BYTES);
        if (abortedEnd() > 0) {
            put(
                    disk,
                    segment.file(LogFiles.TRANSACTION_INDEX),
                    aborted,
                    abortedFrom,
                    TransactionIndex.ENTRY_BYTES);
        }
    }

    private static void put(Disk disk, Path path, ByteBuffer entries, int from, int entryBytes)
            throws IOException {
        if (!entries.hasRemaining() && from > 0) {
            return;
        }
        try (DiskFile file = disk.open(path)) {
            // A rebuilt index is shorter than the damaged file it replaces.
            long position = (long) from * entryBytes;
            if (file.size() > position) {
                file.truncate(position);
            }
            file.write(entries.duplicate(), position);
            file.force();
        }
    }
}
