package io.tombolo.storage.segment;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;
import io.tombolo.environment.Invariant;
import io.tombolo.protocol.records.BatchView;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A stretch of a log: one log file and its indexes. Mutable; owned by the log's loop, except what
 * {@link SegmentView} lets others read.
 *
 * <p>While a segment is warm (active, or only just closed) its indexes are in memory and it knows
 * where its last batches lie. Once cooled, its indexes are read from their files.
 */
public final class Segment {

    /** The offset above which a segment cannot hold records: offsets in indexes are ints. */
    private static final long OFFSET_SPAN_MAX = Integer.MAX_VALUE;

    private final Disk disk;
    private volatile Path directory;
    private final long baseOffset;
    private final DiskFile log;
    private int sizeBytes;
    private long endOffset;
    private @Nullable WarmIndexes warm;
    private long firstTimestampMs = BatchView.NO_TIMESTAMP;
    private long maxTimestampMs = BatchView.NO_TIMESTAMP;
    private long maxTimestampOffset;
    private long createdMs;
    private long logFileBytesIndexed;
    private volatile boolean removed;
    private boolean renamed;

    /** What the name of the log file ends with while it is not that of a live segment. */
    private volatile String logStage = "";

    private volatile String indexStage = "";

    private Segment(Disk disk, Path directory, long baseOffset, DiskFile log) {
        this.disk = disk;
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.log = log;
        this.endOffset = baseOffset;
        this.maxTimestampOffset = baseOffset;
    }

    /**
     * Creates an empty, warm segment; the name of its file is not yet durable.
     *
     * @param nowMs wall-clock time, from which the age of an empty segment counts
     */
    public static Segment create(Disk disk, Path directory, long baseOffset, long nowMs)
            throws IOException {
        DiskFile log = disk.openSparing(LogFiles.file(directory, baseOffset, LogFiles.LOG));
        var segment = new Segment(disk, directory, baseOffset, log);
        Invariant.check(log.size() == 0, "segment %d is not new: %d bytes", baseOffset, log.size());
        segment.createdMs = nowMs;
        segment.warm = new WarmIndexes();
        return segment;
    }

    /** The first segment of a log that has no files yet; nothing is ever added to it. */
    public static Segment unwritten(Disk disk, Path directory, long nowMs) {
        var segment = new Segment(disk, directory, 0, UnwrittenFile.EMPTY);
        segment.createdMs = nowMs;
        segment.warm = new WarmIndexes();
        return segment;
    }

    /**
     * Creates an empty, warm segment that is to take the place of others; what an attempt before
     * has left is replaced.
     */
    public static Segment createCleaned(Disk disk, Path directory, long baseOffset, long nowMs)
            throws IOException {
        for (String suffix : LogFiles.OF_SEGMENT) {
            disk.delete(LogFiles.file(directory, baseOffset, suffix + LogFiles.CLEANED));
        }
        DiskFile log =
                disk.openSparing(
                        LogFiles.file(directory, baseOffset, LogFiles.LOG + LogFiles.CLEANED));
        var segment = new Segment(disk, directory, baseOffset, log);
        segment.logStage = LogFiles.CLEANED;
        segment.indexStage = LogFiles.CLEANED;
        segment.createdMs = nowMs;
        segment.warm = new WarmIndexes();
        return segment;
    }

    /** Opens the file of a segment; its end and its indexes remain to be found. */
    public static Segment open(Disk disk, Path directory, long baseOffset, long nowMs)
            throws IOException {
        DiskFile log = disk.openSparing(LogFiles.file(directory, baseOffset, LogFiles.LOG));
        var segment = new Segment(disk, directory, baseOffset, log);
        segment.createdMs = nowMs;
        return segment;
    }

    public long baseOffset() {
        return baseOffset;
    }

    /** The offset after the last record; the base offset while there is none. */
    public long endOffset() {
        return endOffset;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    public DiskFile log() {
        return log;
    }

    public Disk disk() {
        return disk;
    }

    public Path file(String suffix) {
        String stage = suffix.startsWith(LogFiles.LOG) ? logStage : indexStage;
        return LogFiles.file(directory, baseOffset, suffix + stage);
    }

    /** The directory of the log has another name now. */
    public void movedTo(Path renamed) {
        directory = renamed;
        log.movedTo(file(LogFiles.LOG));
    }

    /** The largest timestamp of a record, -1 when there is none. */
    public long maxTimestampMs() {
        return maxTimestampMs;
    }

    /** The last offset of the first batch that has the largest timestamp. */
    public long maxTimestampOffset() {
        return maxTimestampOffset;
    }

    /** The largest timestamp of its first batch; -1 when there is none, or it was not read. */
    public long firstTimestampMs() {
        return firstTimestampMs;
    }

    /** When its newest record was written; for one without timestamps, when it was opened. */
    public long newestMs() {
        return maxTimestampMs >= 0 ? maxTimestampMs : createdMs;
    }

    /** How old the segment is, judged by its first batch, as Kafka does; for an empty one 0. */
    public long ageMs(long timestampMs, long nowMs) {
        if (sizeBytes == 0) {
            return 0;
        }
        return firstTimestampMs >= 0 && timestampMs >= 0
                ? timestampMs - firstTimestampMs
                : nowMs - createdMs;
    }

    /** Whether a batch up to this offset could be addressed from this segment. */
    public boolean reaches(long lastOffset) {
        return lastOffset - baseOffset <= OFFSET_SPAN_MAX;
    }

    /** Bytes that the offset index takes. */
    public int indexBytes() {
        return warm().offsets.count() * OffsetEntries.ENTRY_BYTES;
    }

    /** Writes batches behind the last one, in one system call; {@link #added} accounts for them. */
    public void write(ByteBuffer run) throws IOException {
        log.write(run, sizeBytes);
    }

    /** Cuts off what a write that failed may have left behind the last batch. */
    public void takeBack() throws IOException {
        log.truncate(sizeBytes);
    }

    /** Takes note of a batch that now lies at the end of the file. */
    public void added(BatchView batch, int indexIntervalBytes) {
        WarmIndexes indexes = warm();
        long lastOffset = batch.lastOffset();
        int relative = Math.toIntExact(lastOffset - baseOffset);
        noteTimestamp(batch.maxTimestampMs(), lastOffset);
        if (sizeBytes - logFileBytesIndexed > indexIntervalBytes) {
            indexes.offsets.append(relative, sizeBytes);
            indexes.times.append(maxTimestampMs, Math.toIntExact(maxTimestampOffset - baseOffset));
            logFileBytesIndexed = sizeBytes;
        }
        indexes.recent.add(batch.baseOffset(), lastOffset, sizeBytes);
        sizeBytes = Math.addExact(sizeBytes, batch.lengthBytes());
        endOffset = lastOffset + 1;
    }

    private void noteTimestamp(long timestampMs, long lastOffset) {
        if (sizeBytes == 0) {
            firstTimestampMs = timestampMs;
        }
        if (timestampMs > maxTimestampMs) {
            maxTimestampMs = timestampMs;
            maxTimestampOffset = lastOffset;
        }
    }

    /**
     * Takes note of a transaction whose abort marker is in this segment. What is known already is
     * ignored, so that batches can be replayed.
     */
    public void aborted(AbortedTransaction transaction) {
        List<AbortedTransaction> known = warm == null ? List.of() : warm.aborted;
        boolean news = known.isEmpty() || known.getLast().lastOffset() < transaction.lastOffset();
        if (warm != null && news) {
            known.add(transaction);
        }
    }

    /** Completes the time index, as closing a segment does. */
    public void seal() {
        if (sizeBytes > 0) {
            warm().times.append(maxTimestampMs, Math.toIntExact(maxTimestampOffset - baseOffset));
        }
    }

    public boolean warmed() {
        return warm != null;
    }

    /** Drops what is in memory; everything must be in the index files. */
    public void cool() {
        warm = null;
    }

    private WarmIndexes warm() {
        WarmIndexes indexes = warm;
        if (indexes == null) {
            throw new Invariant.Broken("segment " + baseOffset + " is not warm");
        }
        return indexes;
    }

    /**
     * Takes a closed segment as its files describe it, without reading the batches but the last
     * few. False when the end of the file cannot be reached from its index: then it needs {@link
     * #rebuild}.
     */
    public boolean trust(int indexIntervalBytes, ByteBuffer window) throws IOException {
        long fileBytes = log.size();
        if (fileBytes > Integer.MAX_VALUE) {
            return false;
        }
        var files = new IndexFiles(this);
        if (!files.loadTimes() || !files.loadLastOffset((int) fileBytes)) {
            return false;
        }
        takeMaxTimestamp(files.times());
        var scan = new BatchScan(log, files.lastEntryPosition(), fileBytes, window);
        boolean first = true;
        while (scan.next()) {
            boolean indexed =
                    first
                            ? files.matchesLastEntry(scan.batch())
                            : files.hasLastEntry() || scan.position() <= indexIntervalBytes;
            if (!indexed) {
                return false;
            }
            first = false;
            noteTimestamp(scan.batch().maxTimestampMs(), scan.batch().lastOffset());
            endOffset = scan.batch().lastOffset() + 1;
        }
        sizeBytes = (int) fileBytes;
        return !scan.torn()
                && (files.times().count() > 0 ? lastTimeHolds(window) : maxTimestampMs < 0);
    }

    /** Whether the batch that is said to have the largest timestamp has it. */
    private boolean lastTimeHolds(ByteBuffer window) throws IOException {
        BatchPosition newest = view().endingAtOrAfter(maxTimestampOffset, window);
        var scan = new BatchScan(log, newest.position(), sizeBytes, window);
        return scan.next()
                && scan.batch().lastOffset() == maxTimestampOffset
                && scan.batch().maxTimestampMs() == maxTimestampMs;
    }

    private void takeMaxTimestamp(TimeIndex times) {
        int last = times.count() - 1;
        maxTimestampMs = last < 0 ? BatchView.NO_TIMESTAMP : times.timestamp(last);
        maxTimestampOffset = last < 0 ? baseOffset : baseOffset + times.relativeOffset(last);
    }

    private long readFirstTimestamp(ByteBuffer window) throws IOException {
        var scan = new BatchScan(log, 0, log.size(), window);
        return scan.next() ? scan.batch().maxTimestampMs() : BatchView.NO_TIMESTAMP;
    }

    /**
     * Begins to rebuild the indexes from the batches: empties what is known, up to a position that
     * can be trusted together with the index entries before it.
     *
     * @param trustedOffset everything below was made durable, index entries included; the base
     *     offset trusts nothing
     * @param compared whether the last of those entries is compared with the batches: always, but
     *     for a test that shows why
     * @return where the walk over the batches has to begin; feed each batch to {@link #added}
     */
    public BatchPosition rebuild(long trustedOffset, boolean compared, ByteBuffer window)
            throws IOException {
        var indexes = new WarmIndexes();
        warm = indexes;
        sizeBytes = 0;
        endOffset = baseOffset;
        logFileBytesIndexed = 0;
        takeMaxTimestamp(indexes.times);
        BatchPosition start =
                new IndexFiles(this).loadBefore(trustedOffset, compared, indexes, window);
        if (start.position() > 0) {
            firstTimestampMs = readFirstTimestamp(window);
            sizeBytes = start.position();
            endOffset = start.baseOffset();
            logFileBytesIndexed = start.position();
            takeMaxTimestamp(indexes.times);
        }
        Optional<List<AbortedTransaction>> aborted = decodeAborted();
        if (aborted.isPresent()) {
            indexes.aborted.addAll(aborted.get());
            indexes.abortedOnDisk = indexes.aborted.size();
        }
        return start;
    }

    /** Whether the transaction index file is missing, as is usual, or sound. */
    public boolean abortedSound() throws IOException {
        return decodeAborted().isPresent();
    }

    /** The aborted transactions whose markers are in this segment, read from its file. */
    List<AbortedTransaction> readAborted() throws IOException {
        return decodeAborted()
                .orElseThrow(
                        () -> new IOException(file(LogFiles.TRANSACTION_INDEX) + " is damaged"));
    }

    private Optional<List<AbortedTransaction>> decodeAborted() throws IOException {
        Path file = file(LogFiles.TRANSACTION_INDEX);
        return disk.exists(file)
                ? TransactionIndex.decode(ByteBuffer.wrap(disk.readAll(file)))
                : Optional.of(List.of());
    }

    /** Forgets the aborted transactions whose markers lie at or after an offset, if in memory. */
    public void forgetAborted(long offset) {
        WarmIndexes indexes = warm;
        if (indexes != null) {
            indexes.aborted.removeIf(transaction -> transaction.lastOffset() >= offset);
            indexes.clampOnDisk();
        }
    }

    /** Whether the offset index has an entry for a batch below an offset. */
    public boolean indexesBelow(long offset) {
        return baseOffset + warm().offsets.firstRelativeOffset() < offset;
    }

    /** Whether the index files hold nothing else than the rebuilt indexes, as far as they go. */
    public boolean indexFilesAgree() throws IOException {
        return new IndexFiles(this).agreeWith(warm());
    }

    /** What another thread, or a reader on the loop, may look at. */
    public SegmentView view() {
        WarmIndexes indexes = warm;
        return indexes == null
                ? new SegmentView(this, null, null, null, null)
                : new SegmentView(
                        this,
                        indexes.offsets.view(),
                        indexes.recent,
                        indexes.times,
                        indexes.aborted);
    }

    /** What is not yet in the index files, to be written off the loop. */
    public IndexSuffix indexSuffix() {
        WarmIndexes indexes = warm();
        return new IndexSuffix(
                this,
                indexes.offsetsOnDisk,
                indexes.offsets.encode(indexes.offsetsOnDisk),
                indexes.timesOnDisk,
                indexes.times.encode(indexes.timesOnDisk),
                indexes.abortedOnDisk,
                TransactionIndex.encode(indexes.aborted, indexes.abortedOnDisk));
    }

    /** The suffix is in the files, durably. */
    public void suffixWritten(IndexSuffix suffix) {
        WarmIndexes indexes = warm;
        if (indexes != null) {
            indexes.offsetsOnDisk = suffix.offsetsEnd();
            indexes.timesOnDisk = suffix.timesEnd();
            indexes.abortedOnDisk = suffix.abortedEnd();
        }
    }

    /**
     * Cuts the segment, which must be warm, before the batch that contains an offset; durable on
     * return, for the log file as well as for the index files.
     */
    public void truncateTo(long offset, ByteBuffer window) throws IOException {
        BatchPosition cut = view().endingAtOrAfter(offset, window);
        WarmIndexes indexes = warm();
        long newEnd = endBefore(cut.position(), window);
        indexes.offsets.truncate(cut.position(), newEnd - baseOffset);
        indexes.times.truncate(Math.toIntExact(Math.max(0, newEnd - baseOffset)));
        indexes.recent.truncate(cut.position());
        indexes.aborted.removeIf(transaction -> transaction.lastOffset() >= newEnd);
        indexes.clampOnDisk();
        new IndexFiles(this).truncateTo(indexes);
        log.truncate(cut.position());
        log.force();
        sizeBytes = cut.position();
        endOffset = newEnd;
        logFileBytesIndexed = indexes.offsets.lastPosition();
        recomputeMaxTimestamp(indexes, window);
    }

    /** The offset after the last record before a position. */
    public long endBefore(int position, ByteBuffer window) throws IOException {
        if (position == 0) {
            return baseOffset;
        }
        BatchPosition last = view().beginningAtOrBefore(position - 1, window);
        var scan = new BatchScan(log, last.position(), position, window);
        long end = last.baseOffset();
        while (scan.next()) {
            end = scan.batch().lastOffset() + 1;
        }
        return end;
    }

    private void recomputeMaxTimestamp(WarmIndexes indexes, ByteBuffer window) throws IOException {
        takeMaxTimestamp(indexes.times);
        var scan = new BatchScan(log, indexes.offsets.lastPosition(), sizeBytes, window);
        while (scan.next()) {
            if (scan.batch().maxTimestampMs() > maxTimestampMs) {
                maxTimestampMs = scan.batch().maxTimestampMs();
                maxTimestampOffset = scan.batch().lastOffset();
            }
        }
    }

    /**
     * Makes everything of a cleaned segment durable but the names of its files. All index files are
     * written, also one without entries: that a name is missing then always says something.
     */
    public void forceCleaned() throws IOException {
        seal();
        log.force();
        IndexSuffix all = indexSuffix();
        all.write();
        if (warm().aborted.isEmpty()) {
            disk.open(file(LogFiles.TRANSACTION_INDEX)).close();
        }
        suffixWritten(all);
    }

    /** Gives the index files of a cleaned segment the names that go with a stage. */
    public void renameIndexes(String nextStage) throws IOException {
        for (String suffix : LogFiles.INDEXES) {
            disk.move(file(suffix), LogFiles.file(directory, baseOffset, suffix + nextStage));
        }
        indexStage = nextStage;
    }

    /** Gives the log file the name that goes with a stage. */
    public void renameLog(String nextStage) throws IOException {
        Path renamedTo = LogFiles.file(directory, baseOffset, LogFiles.LOG + nextStage);
        disk.move(file(LogFiles.LOG), renamedTo);
        logStage = nextStage;
        log.movedTo(renamedTo);
    }

    /** Takes the files of a cleaned segment away that is not going to be live, at a stage. */
    public void deleteCleaned(String atStage) throws IOException {
        log.close();
        for (String suffix : LogFiles.OF_SEGMENT) {
            disk.delete(LogFiles.file(directory, baseOffset, suffix + atStage));
        }
    }

    /** Whether the segment left the log; its file may be closed any moment. */
    public boolean removed() {
        return removed;
    }

    /** The segment leaves the log. */
    public void markRemoved() {
        removed = true;
    }

    /**
     * Gives the files their names for deletion, once: later a new segment may have the old names.
     * Not to be called on two threads at a time; forces nothing.
     */
    public void renameForDeletion() throws IOException {
        if (renamed) {
            return;
        }
        renamed = true;
        for (String suffix : LogFiles.OF_SEGMENT) {
            Path file = file(suffix);
            if (disk.exists(file)) {
                disk.move(file, file(suffix + LogFiles.DELETED));
                if (suffix.equals(LogFiles.LOG)) {
                    log.movedTo(file(suffix + LogFiles.DELETED));
                }
            }
        }
    }

    @Override
    public String toString() {
        return "segment " + baseOffset;
    }
}
