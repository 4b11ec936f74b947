package io.tombolo.storage.segment;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;
import io.tombolo.protocol.records.BatchView;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The index files of one segment, read with suspicion. */
final class IndexFiles {

    private final Segment segment;
    private final Disk disk;
    private final TimeIndex times = new TimeIndex();
    private long lastEntry = OffsetEntries.NONE;

    IndexFiles(Segment segment) {
        this.segment = segment;
        this.disk = segment.disk();
    }

    /** Reads the time index; false when it is missing or damaged. */
    boolean loadTimes() throws IOException {
        Path path = segment.file(LogFiles.TIME_INDEX);
        return disk.exists(path) && times.decode(ByteBuffer.wrap(disk.readAll(path)));
    }

    /** Reads the last entry of the offset index; false when it is missing or damaged. */
    boolean loadLastOffset(int segmentBytes) throws IOException {
        Path path = segment.file(LogFiles.OFFSET_INDEX);
        if (!disk.exists(path)) {
            return false;
        }
        try (DiskFile file = disk.openForReading(path)) {
            long bytes = file.size();
            if (bytes % OffsetEntries.ENTRY_BYTES != 0) {
                return false;
            }
            int count = Math.toIntExact(bytes / OffsetEntries.ENTRY_BYTES);
            if (count > 0) {
                lastEntry = new OffsetEntries.InFile(file, count).at(count - 1);
            }
        }
        return lastEntry == OffsetEntries.NONE
                || OffsetEntries.position(lastEntry) >= 0
                        && OffsetEntries.position(lastEntry) < segmentBytes;
    }

    /** The time index, or an empty one when it is missing or damaged. */
    TimeIndex readTimes() throws IOException {
        return loadTimes() ? times : new TimeIndex();
    }

    TimeIndex times() {
        return times;
    }

    boolean hasLastEntry() {
        return lastEntry != OffsetEntries.NONE;
    }

    int lastEntryPosition() {
        return hasLastEntry() ? OffsetEntries.position(lastEntry) : 0;
    }

    boolean matchesLastEntry(BatchView batch) {
        return !hasLastEntry()
                || batch.lastOffset()
                        == segment.baseOffset() + OffsetEntries.relativeOffset(lastEntry);
    }

    /**
     * Loads the entries that describe batches below an offset, as far as they are in order and the
     * last of them is borne out by the log.
     *
     * @param compared whether the last entries are compared with the batches that they name
     * @return the batch of the last entry, or the beginning of the segment when nothing was loaded
     */
    BatchPosition loadBefore(
            long trustedOffset, boolean compared, WarmIndexes into, ByteBuffer window)
            throws IOException {
        var start = new BatchPosition(0, segment.baseOffset());
        if (trustedOffset <= segment.baseOffset()) {
            return start;
        }
        int fileBytes = (int) Math.min(Integer.MAX_VALUE, segment.log().size());
        into.offsets.decodeBelow(
                content(LogFiles.OFFSET_INDEX), trustedOffset - segment.baseOffset(), fileBytes);
        int position = into.offsets.lastPosition();
        if (into.offsets.count() == 0) {
            return start;
        }
        var scan = new BatchScan(segment.log(), position, fileBytes, window);
        long last = segment.baseOffset() + into.offsets.lastRelativeOffset();
        boolean holds = scan.next() && scan.batch().lastOffset() == last;
        long base = scan.torn() ? 0 : scan.batch().baseOffset();
        holds &=
                into.times.decodeUpTo(
                        content(LogFiles.TIME_INDEX), into.offsets.lastRelativeOffset());
        if (compared && !(holds && lastTimeHolds(into, fileBytes, window))) {
            into.offsets.clear();
            into.times.clear();
            return start;
        }
        into.offsetsOnDisk = into.offsets.count();
        into.timesOnDisk = into.times.count();
        return new BatchPosition(position, base);
    }

    /** Whether the last time entry is borne out by the batch that it names. */
    private boolean lastTimeHolds(WarmIndexes indexes, int fileBytes, ByteBuffer window)
            throws IOException {
        int last = indexes.times.count() - 1;
        if (last < 0) {
            // Only batches without any timestamp leave no entry.
            var scan = new BatchScan(segment.log(), 0, fileBytes, window);
            return scan.next() && scan.batch().maxTimestampMs() < 0;
        }
        int relative = indexes.times.relativeOffset(last);
        long entry = indexes.offsets.view().floorByOffset(relative);
        int from = entry == OffsetEntries.NONE ? 0 : OffsetEntries.position(entry);
        var scan = new BatchScan(segment.log(), from, fileBytes, window);
        long offset = segment.baseOffset() + relative;
        while (scan.next() && scan.batch().lastOffset() <= offset) {
            if (scan.batch().lastOffset() == offset) {
                return scan.batch().maxTimestampMs() == indexes.times.timestamp(last);
            }
        }
        return false;
    }

    /**
     * Whether the files begin as these indexes do, which were made from the batches. A crash cuts
     * files short or leaves more entries than batches, but no others.
     */
    boolean agreeWith(WarmIndexes made) throws IOException {
        return agree(content(LogFiles.OFFSET_INDEX), made.offsets.encode(0))
                && agree(content(LogFiles.TIME_INDEX), made.times.encode(0));
    }

    private static boolean agree(ByteBuffer found, ByteBuffer made) {
        int common = Math.min(found.remaining(), made.remaining());
        return found.slice(found.position(), common).equals(made.slice(made.position(), common));
    }

    private ByteBuffer content(String suffix) throws IOException {
        Path path = segment.file(suffix);
        return disk.exists(path) ? ByteBuffer.wrap(disk.readAll(path)) : ByteBuffer.allocate(0);
    }

    /** Cuts the files to what is left of the indexes; durable on return. */
    void truncateTo(WarmIndexes left) throws IOException {
        cut(LogFiles.OFFSET_INDEX, (long) left.offsetsOnDisk * OffsetEntries.ENTRY_BYTES);
        cut(LogFiles.TIME_INDEX, (long) left.timesOnDisk * TimeIndex.ENTRY_BYTES);
        cut(LogFiles.TRANSACTION_INDEX, (long) left.abortedOnDisk * TransactionIndex.ENTRY_BYTES);
    }

    private void cut(String suffix, long bytes) throws IOException {
        Path path = segment.file(suffix);
        if (!disk.exists(path)) {
            return;
        }
        try (DiskFile file = disk.open(path)) {
            if (file.size() > bytes) {
                file.truncate(bytes);
                file.force();
            }
        }
    }
}
