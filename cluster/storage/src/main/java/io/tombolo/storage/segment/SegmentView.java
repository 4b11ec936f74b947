package io.tombolo.storage.segment;

import io.tombolo.environment.DiskFile;
import io.tombolo.environment.Payload;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a reader may see of a segment: everything up to a size, found through its indexes. An index
 * only ever says where to begin looking, and what it says is compared with the batch found there: a
 * wrong entry makes a search slow, never wrong.
 *
 * <p>A view made by {@link Segment#view} is for the owner's loop; {@link #detached} may go to
 * another thread, and stays right until the log is truncated or the segment removed.
 */
public final class SegmentView {

    private final Segment segment;
    private final int sizeBytes;
    private final long endOffset;
    private final @Nullable OffsetEntries offsets;
    private final @Nullable RecentBatches recent;
    private final @Nullable TimeIndex times;
    private final @Nullable List<AbortedTransaction> aborted;

    SegmentView(
            Segment segment,
            @Nullable OffsetEntries offsets,
            @Nullable RecentBatches recent,
            @Nullable TimeIndex times,
            @Nullable List<AbortedTransaction> aborted) {
        this.segment = segment;
        this.sizeBytes = segment.sizeBytes();
        this.endOffset = segment.endOffset();
        this.offsets = offsets;
        this.recent = recent;
        this.times = times;
        this.aborted = aborted;
    }

    /** The same for another thread. */
    public SegmentView detached() {
        return new SegmentView(
                segment,
                offsets,
                null,
                times == null ? null : times.copy(),
                aborted == null ? null : List.copyOf(aborted));
    }

    public long baseOffset() {
        return segment.baseOffset();
    }

    public long endOffset() {
        return endOffset;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    public boolean removed() {
        return segment.removed();
    }

    /** A part of the log file to be sent. */
    public Payload slice(int position, int bytes) throws IOException {
        return segment.log().slice(position, bytes);
    }

    /** All batches of the first bytes of the file, which may be more than are known here. */
    public BatchScan scan(long bytes, ByteBuffer window) {
        return new BatchScan(segment.log(), 0, bytes, window);
    }

    /** The batches between two positions. */
    public BatchScan scan(int position, int end, ByteBuffer window) {
        return new BatchScan(segment.log(), position, end, window);
    }

    /** The batches from a position on. */
    public BatchScan scan(int position, ByteBuffer window) {
        return new BatchScan(segment.log(), position, sizeBytes, window);
    }

    /**
     * The first batch whose last offset is at or after the offset; the end of the segment when
     * there is none.
     */
    public BatchPosition endingAtOrAfter(long offset, ByteBuffer window) throws IOException {
        if (offset >= endOffset) {
            return end();
        }
        if (recent != null && recent.coversOffset(offset)) {
            return recent.endingAtOrAfter(offset, end());
        }
        long relative = offset - segment.baseOffset();
        long entry =
                relative < 0 || relative > Integer.MAX_VALUE
                        ? OffsetEntries.NONE
                        : floorByOffset((int) relative);
        BatchScan scan = scanFrom(entry, window);
        while (scan.next()) {
            if (scan.batch().lastOffset() >= offset) {
                return new BatchPosition(scan.position(), scan.batch().baseOffset());
            }
        }
        refuseTorn(scan);
        return end();
    }

    /** The last batch that begins at or before a position less than the size. */
    public BatchPosition beginningAtOrBefore(int position, ByteBuffer window) throws IOException {
        if (recent != null && recent.coversPosition(position)) {
            return recent.beginningAtOrBefore(position);
        }
        BatchScan scan = scanFrom(floorByPosition(position), window);
        var found = new BatchPosition(0, segment.baseOffset());
        while (scan.next() && scan.position() <= position) {
            found = new BatchPosition(scan.position(), scan.batch().baseOffset());
        }
        if (scan.nextPosition() <= position) {
            refuseTorn(scan);
        }
        return found;
    }

    /**
     * A batch at or before the first one that holds a record with this timestamp or a later one: no
     * batch before it does.
     */
    public BatchPosition beforeTimestamp(long timestampMs, ByteBuffer window) throws IOException {
        TimeIndex index = times == null ? new IndexFiles(segment).readTimes() : times;
        int last = index.lastBelow(timestampMs);
        if (last < 0) {
            return new BatchPosition(0, segment.baseOffset());
        }
        long offset = segment.baseOffset() + index.relativeOffset(last);
        BatchPosition position = endingAtOrAfter(offset, window);
        BatchScan scan = scan(position.position(), window);
        boolean holds =
                scan.next()
                        && scan.batch().lastOffset() == offset
                        && scan.batch().maxTimestampMs() == index.timestamp(last);
        return holds ? position : new BatchPosition(0, segment.baseOffset());
    }

    /** The aborted transactions whose markers are in this segment. */
    public List<AbortedTransaction> aborted() throws IOException {
        return aborted == null ? segment.readAborted() : aborted;
    }

    /** A position at or before the batch with an offset, known without touching the disk. */
    public int positionBefore(long offset) {
        if (recent != null && recent.coversOffset(offset)) {
            return recent.endingAtOrAfter(offset, end()).position();
        }
        long relative = Math.min(offset - segment.baseOffset(), Integer.MAX_VALUE);
        if (relative < 0 || !(offsets instanceof OffsetEntries.InMemory entries)) {
            return 0;
        }
        long entry = entries.floor((int) relative);
        return entry == OffsetEntries.NONE ? 0 : OffsetEntries.position(entry);
    }

    private BatchPosition end() {
        return new BatchPosition(sizeBytes, endOffset);
    }

    private long floorByOffset(int relativeOffset) throws IOException {
        if (offsets != null) {
            return offsets.floorByOffset(relativeOffset);
        }
        if (!segment.disk().exists(segment.file(LogFiles.OFFSET_INDEX))) {
            return OffsetEntries.NONE;
        }
        try (DiskFile file = openOffsets()) {
            return entriesIn(file).floorByOffset(relativeOffset);
        }
    }

    private long floorByPosition(int position) throws IOException {
        if (offsets != null) {
            return offsets.floorByPosition(position);
        }
        if (!segment.disk().exists(segment.file(LogFiles.OFFSET_INDEX))) {
            return OffsetEntries.NONE;
        }
        try (DiskFile file = openOffsets()) {
            return entriesIn(file).floorByPosition(position);
        }
    }

    private DiskFile openOffsets() throws IOException {
        return segment.disk().openForReading(segment.file(LogFiles.OFFSET_INDEX));
    }

    private static OffsetEntries entriesIn(DiskFile file) throws IOException {
        return new OffsetEntries.InFile(file, (int) (file.size() / OffsetEntries.ENTRY_BYTES));
    }

    /**
     * A scan from the batch that an index entry names, or from the beginning if it is not there.
     */
    private BatchScan scanFrom(long entry, ByteBuffer window) throws IOException {
        if (entry == OffsetEntries.NONE) {
            return scan(0, window);
        }
        int position = OffsetEntries.position(entry);
        long lastOffset = segment.baseOffset() + OffsetEntries.relativeOffset(entry);
        boolean holds = false;
        if (position >= 0 && position < sizeBytes) {
            BatchScan probe = scan(position, window);
            holds = probe.next() && probe.batch().lastOffset() == lastOffset;
        }
        return scan(holds ? position : 0, window);
    }

    private void refuseTorn(BatchScan scan) throws IOException {
        if (scan.torn()) {
            throw new IOException(
                    "%s is damaged at position %d"
                            .formatted(segment.file(LogFiles.LOG), scan.nextPosition()));
        }
    }
}
