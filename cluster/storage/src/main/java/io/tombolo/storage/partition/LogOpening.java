package io.tombolo.storage.partition;

import io.tombolo.environment.Disk;
import io.tombolo.storage.log.LogDamage;
import io.tombolo.storage.log.Recovery;
import io.tombolo.storage.segment.BatchPosition;
import io.tombolo.storage.segment.CheckpointFile;
import io.tombolo.storage.segment.Leftovers;
import io.tombolo.storage.segment.LogFiles;
import io.tombolo.storage.segment.NoRoom;
import io.tombolo.storage.segment.Segment;
import io.tombolo.storage.segment.SegmentWalk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Opens a log from its files and decides what of them to believe. Blocks; runs off the loops.
 *
 * <p>Everything below the recovery point has been forced, in the order that {@link LogCheckpoint}
 * keeps, and is believed. What lies above counts only as far as its batches are sound and
 * continuous; the rest is cut off, once, and reported. After a clean stop the recovery point is the
 * end of the log. Damage below the recovery point is not repaired by cutting: such a log is
 * refused, because other replicas have what it has lost.
 */
public final class LogOpening {

    private static final int WINDOW_BYTES = 256 << 10;

    private final LogContents log;
    private final Disk disk;
    private final boolean cleanStop;
    private final Caution caution;
    private final long limitOffset;
    private ByteBuffer window = ByteBuffer.allocate(0);
    private final List<String> repairs = new ArrayList<>();
    private long recoveryPoint;
    private long replayFrom = Long.MAX_VALUE;
    private boolean created;
    private long validatedBytes;
    private long truncatedBytes;
    private Optional<Long> truncatedToOffset = Optional.empty();

    /**
     * What recovery does not take for granted; production has {@link #FULL}, tests take single
     * items away to see that they are missed.
     */
    public record Caution(boolean checksums, boolean indexes, boolean holes) {

        public static final Caution FULL = new Caution(true, true, true);
    }

    public LogOpening(LogContents log, boolean cleanStop, Caution caution) {
        this(log, cleanStop, caution, Long.MAX_VALUE);
    }

    /**
     * @param limitOffset everything from here on is cut off without being looked at: other replicas
     *     have it, and have been told that this one does not
     */
    public LogOpening(LogContents log, boolean cleanStop, Caution caution, long limitOffset) {
        this.log = log;
        this.disk = log.disk();
        this.cleanStop = cleanStop;
        this.caution = caution;
        this.limitOffset = limitOffset;
    }

    /**
     * Fills the contents. A log that is refused is failed afterwards.
     *
     * @throws IOException when the disk fails
     */
    public Recovery open() throws IOException {
        recoveryPoint = Math.min(log.checkpoints.recoveryPoint(log.name), limitOffset);
        try {
            new Leftovers(disk, log.directory, repairs).clear();
            openSegments();
            establishBounds();
            loadEpochs();
            listSnapshots();
            var replay = new ProducerReplay(log);
            repairs.addAll(replay.rebuild(replayFrom));
            makeDurable(replay.missing());
            log.begun = true;
            log.opened = true;
        } catch (RefusedException refused) {
            log.fail(refused.damage);
        }
        return new Recovery(
                log.name,
                cleanStop,
                validatedBytes,
                truncatedToOffset,
                truncatedBytes,
                List.copyOf(repairs));
    }

    private void openSegments() throws IOException, RefusedException {
        for (String file : disk.list(log.directory)) {
            var offset = LogFiles.offsetOf(file, LogFiles.LOG);
            if (offset.isPresent()) {
                log.segments.add(
                        Segment.open(disk, log.directory, offset.getAsLong(), log.nowMs()));
            }
        }
        dropSegmentsBelowLogStart();
        window = ByteBuffer.allocate(windowBytes());
        var continuity = new SegmentWalk.Continuity(0, -1);
        dropSegmentsAboveLimit();
        for (int index = 0; index < log.segments.size(); index++) {
            try {
                if (!openSegment(index, continuity)) {
                    dropSegmentsFrom(index + 1);
                }
            } catch (IOException failure) {
                throw belowRecoveryPoint(index, failure);
            }
        }
    }

    /** As much as is worth reading at once: nothing for the many logs that are empty. */
    private int windowBytes() throws IOException {
        long largest = 0;
        for (Segment segment : log.segments) {
            largest = Math.max(largest, segment.log().size());
        }
        return (int) Math.min(largest, WINDOW_BYTES);
    }

    private void dropSegmentsAboveLimit() throws IOException {
        int kept = 1;
        while (kept < log.segments.size() && log.segments.get(kept).baseOffset() < limitOffset) {
            kept++;
        }
        if (kept < log.segments.size()) {
            dropSegmentsFrom(kept);
        }
    }

    /** What cannot be read a second time either is damage, if it was durable once. */
    private IOException belowRecoveryPoint(int index, IOException failure) throws RefusedException {
        Optional<LogDamage> damage = damageIn(index);
        if (damage.isPresent() && damage.get().fromOffset() < recoveryPoint) {
            throw new RefusedException(damage.get());
        }
        return failure;
    }

    private Optional<LogDamage> damageIn(int index) {
        Segment segment = log.segments.get(index);
        boolean last = index == log.segments.size() - 1;
        long end = last ? recoveryPoint : log.segments.get(index + 1).baseOffset();
        try {
            return SegmentCheck.damage(segment.view(), segment.log().size(), end, window);
        } catch (IOException unreadable) {
            return Optional.of(new LogDamage(segment.baseOffset(), end, unreadable));
        }
    }

    /** A crash may have come between raising the log start and deleting what lies below. */
    private void dropSegmentsBelowLogStart() throws IOException {
        long start = log.checkpoints.logStart(log.name);
        while (log.segments.size() > 1 && log.segments.get(1).baseOffset() <= start) {
            Segment gone = log.segments.removeFirst();
            gone.log().close();
            deleteFiles(gone);
        }
    }

    /** False when the log ends in this segment although there are more. */
    private boolean openSegment(int index, SegmentWalk.Continuity continuity)
            throws IOException, RefusedException {
        Segment segment = log.segments.get(index);
        boolean last = index == log.segments.size() - 1;
        if (index > 0 && !continues(log.segments.get(index - 1), segment)) {
            if (segment.baseOffset() < recoveryPoint) {
                long end = log.segments.get(index - 1).endOffset();
                throw new RefusedException(
                        new LogDamage(
                                end,
                                segment.baseOffset(),
                                "a hole: %s ends at %d, and the next segment begins at %d"
                                        .formatted(log.name, end, segment.baseOffset())));
            }
            dropSegmentsFrom(index);
            return true;
        }
        boolean settled = !last && log.segments.get(index + 1).baseOffset() <= recoveryPoint;
        if (settled) {
            openSettled(segment);
            return true;
        }
        boolean whole = validate(segment, continuity);
        if (whole && !last) {
            segment.seal();
        }
        return whole;
    }

    private boolean continues(Segment before, Segment segment) {
        if (before.endOffset() > segment.baseOffset()) {
            return false;
        }
        // Nothing above the recovery point has been compacted yet.
        boolean compacted = log.settings.compacted() && segment.baseOffset() <= recoveryPoint;
        return before.endOffset() == segment.baseOffset() || compacted || !caution.holes;
    }

    /** A closed segment below the recovery point: its end and its indexes are believed. */
    private void openSettled(Segment segment) throws IOException, RefusedException {
        int interval = log.settings.indexIntervalBytes();
        boolean abortedSound = segment.abortedSound();
        if (segment.trust(interval, window) && abortedSound) {
            return;
        }
        repairs.add("rebuilt the indexes of " + segment);
        segment.rebuild(segment.baseOffset(), true, window);
        SegmentWalk.follow(segment, interval, window);
        if (segment.sizeBytes() < segment.log().size()) {
            throw damaged(segment);
        }
        segment.seal();
        if (!abortedSound) {
            replayFrom = Math.min(replayFrom, segment.baseOffset());
        }
    }

    /** The segment of the recovery point, or one above it. */
    private boolean validate(Segment segment, SegmentWalk.Continuity continuity)
            throws IOException, RefusedException {
        int interval = log.settings.indexIntervalBytes();
        BatchPosition start = segment.rebuild(recoveryPoint, caution.indexes, window);
        if (!segment.abortedSound()) {
            replayFrom = Math.min(replayFrom, segment.baseOffset());
        }
        continuity.reached(start.baseOffset());
        long checkedOffset = caution.checksums ? recoveryPoint : Long.MAX_VALUE;
        validatedBytes +=
                SegmentWalk.validate(
                        segment,
                        continuity,
                        new SegmentWalk.Bounds(checkedOffset, limitOffset),
                        interval,
                        window);
        if (start.position() == 0
                && (segment.indexesBelow(recoveryPoint) || !segment.indexFilesAgree())) {
            repairs.add("rebuilt the indexes of " + segment);
        }
        long tornBytes = segment.log().size() - segment.sizeBytes();
        boolean last = segment == log.segments.getLast();
        boolean shortened =
                segment.endOffset() < recoveryPoint
                        && log.checkpoints.logStart(log.name) < recoveryPoint;
        if (shortened && (last || tornBytes > 0)) {
            throw damaged(segment);
        }
        if (tornBytes == 0) {
            return true;
        }
        truncatedBytes += tornBytes;
        truncatedToOffset = Optional.of(segment.endOffset());
        segment.log().truncate(segment.sizeBytes());
        segment.log().force();
        return false;
    }

    private RefusedException damaged(Segment segment) {
        String reason =
                "%s is damaged or cut short at position %d, offset %d, although all below %d was made durable"
                        .formatted(
                                segment, segment.sizeBytes(), segment.endOffset(), recoveryPoint);
        long from =
                damageIn(log.segments.indexOf(segment))
                        .map(LogDamage::fromOffset)
                        .orElse(segment.endOffset());
        long to = Math.max(Math.max(segment.endOffset(), recoveryPoint), from + 1);
        return new RefusedException(new LogDamage(Math.min(from, segment.endOffset()), to, reason));
    }

    private void dropSegmentsFrom(int index) throws IOException {
        while (log.segments.size() > index) {
            Segment gone = log.segments.removeLast();
            truncatedBytes += gone.log().size();
            truncatedToOffset = Optional.of(log.segments.getLast().endOffset());
            gone.log().close();
            deleteFiles(gone);
        }
        disk.forceDirectory(log.directory);
    }

    private void deleteFiles(Segment segment) throws IOException {
        for (String suffix : LogFiles.OF_SEGMENT) {
            disk.delete(segment.file(suffix));
        }
    }

    private void establishBounds() throws IOException, RefusedException {
        long start = log.checkpoints.logStart(log.name);
        if (!log.segments.isEmpty() && start > log.segments.getLast().endOffset()) {
            restartAt(start);
        }
        if (log.segments.isEmpty()) {
            if (start < recoveryPoint) {
                throw new RefusedException(
                        new LogDamage(start, recoveryPoint, "there is no segment of them"));
            }
            log.segments.add(Segment.create(disk, log.directory, start, log.nowMs()));
            created = true;
        }
        log.startOffset = Math.max(start, log.segments.getFirst().baseOffset());
        log.endOffset = Math.max(log.startOffset, log.segments.getLast().endOffset());
        log.checkpoints.lowerHighWatermark(log.name, log.endOffset);
        log.highWatermark =
                Math.clamp(log.checkpoints.highWatermark(log.name), log.startOffset, log.endOffset);
        log.countBytes();
    }

    /** No record is left at or above the log start; only the producers are remembered. */
    private void restartAt(long start) throws IOException {
        log.endOffset = log.segments.getLast().endOffset();
        if (!cleanStop) {
            repairs.add("the log ended at %d, below its start %d".formatted(log.endOffset, start));
        }
        listSnapshots();
        new ProducerReplay(log).rebuild(replayFrom);
        LogCheckpoint.writeForced(
                disk,
                LogFiles.file(log.directory, start, LogFiles.SNAPSHOT),
                log.producers.save().encode());
        disk.forceDirectory(log.directory);
        for (Segment segment : log.segments.reversed()) {
            segment.log().close();
            deleteFiles(segment);
        }
        log.segments.clear();
    }

    private void loadEpochs() throws IOException {
        Path path = log.directory.resolve(LogFiles.EPOCHS);
        Optional<List<String[]>> lines = CheckpointFile.read(disk, path, 2);
        boolean loaded = lines.isPresent() && log.epochs.load(lines.get());
        long from = loaded ? Math.min(recoveryPoint, log.endOffset) : log.startOffset;
        if (loaded) {
            log.epochLinesOnDisk = log.epochs.lines();
        } else if (log.endOffset > log.startOffset && recoveryPoint > 0) {
            // Before the first force there need be no file.
            repairs.add("rebuilt the leader epochs");
        }
        log.epochs.truncateTo(from);
        for (Segment segment : log.segments) {
            if (segment.endOffset() > from) {
                followEpochs(segment, from);
            }
        }
        log.epochs.startAt(log.startOffset);
    }

    private void followEpochs(Segment segment, long from) throws IOException {
        int position = segment.view().endingAtOrAfter(from, window).position();
        var scan = segment.view().scan(position, window);
        while (scan.next()) {
            log.epochs.assign(scan.batch().partitionLeaderEpoch(), scan.batch().baseOffset());
        }
    }

    private void listSnapshots() throws IOException {
        log.snapshots.addAll(snapshotOffsets());
        for (long offset : List.copyOf(log.snapshots.tailSet(log.endOffset, false))) {
            disk.delete(LogFiles.file(log.directory, offset, LogFiles.SNAPSHOT));
            log.snapshots.remove(offset);
        }
    }

    private TreeSet<Long> snapshotOffsets() throws IOException {
        var offsets = new TreeSet<Long>();
        for (String file : disk.list(log.directory)) {
            LogFiles.offsetOf(file, LogFiles.SNAPSHOT).ifPresent(offsets::add);
        }
        return offsets;
    }

    /**
     * After an unclean stop: what has been found becomes the new ground to stand on. A log that
     * never had a record is not worth waiting for the disk.
     */
    private void makeDurable(TreeMap<Long, ByteBuffer> snapshots) throws IOException {
        boolean derived = true;
        boolean unwritten = log.endOffset == 0 && uneventful();
        boolean settled =
                unwritten
                        || cleanStop
                                && !created
                                && uneventful()
                                && recoveryPoint >= log.endOffset
                                && snapshots.isEmpty();
        if (!settled) {
            log.durableOffset = Math.min(recoveryPoint, log.endOffset);
            snapshots.put(log.endOffset, log.producers.save().encode());
            derived = writeDerived(LogCheckpoint.of(log, true, true, snapshots));
        }
        log.checkedFrom = Math.min(recoveryPoint, log.endOffset);
        log.durableOffset = log.endOffset;
        log.recoveryPoint = derived ? log.endOffset : log.checkedFrom;
        for (Segment segment : log.segments.subList(0, log.segments.size() - 1)) {
            if (segment.warmed()) {
                segment.cool();
            }
        }
    }

    /**
     * On a full disk the records are made durable alone, which takes no room. What is derived from
     * them waits for a later checkpoint, and until then for the next recovery.
     */
    private boolean writeDerived(LogCheckpoint checkpoint) throws IOException {
        try {
            checkpoint.call();
            checkpoint.written();
            return true;
        } catch (IOException failure) {
            if (!checkpoint.recordsForced() || !NoRoom.explains(failure, disk, log.directory)) {
                throw failure;
            }
            log.forceNames();
            return false;
        }
    }

    private boolean uneventful() {
        return repairs.isEmpty() && truncatedToOffset.isEmpty();
    }

    /** The log is not to be used as it is. */
    static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1;

        private final LogDamage damage;

        RefusedException(LogDamage damage) {
            super(damage);
            this.damage = damage;
        }
    }
}
