package io.tombolo.storage.partition;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;
import io.tombolo.storage.segment.CheckpointFile;
import io.tombolo.storage.segment.IndexSuffix;
import io.tombolo.storage.segment.LogFiles;
import io.tombolo.storage.segment.Segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/**
 * Makes a log durable up to an offset. Made on the loop, called off it; its order is what recovery
 * relies on:
 *
 * <ol>
 *   <li>the batches are forced, oldest segment first, and the names of new segments;
 *   <li>then what is derived from them: index entries, producer snapshots, leader epochs;
 *   <li>only then may the recovery point move, so that everything below it can be believed.
 * </ol>
 */
final class LogCheckpoint implements Callable<Boolean> {

    private final LogContents log;
    private final boolean everything;
    private final boolean namesUnforced;
    private final long generation;
    private final long endOffset;
    private final List<Segment> unforced;
    private final List<IndexSuffix> suffixes = new ArrayList<>();
    private final SortedMap<Long, ByteBuffer> snapshots;
    private final List<Long> obsoleteSnapshots = new ArrayList<>();
    private final long startOffset;
    private final List<String> epochLines;
    private final boolean epochsChanged;
    private boolean recordsForced;

    private LogCheckpoint(
            LogContents log,
            boolean everything,
            boolean namesUnforced,
            SortedMap<Long, ByteBuffer> newSnapshots) {
        this.log = log;
        this.everything = everything;
        this.namesUnforced = namesUnforced;
        this.generation = log.generation;
        this.endOffset = log.endOffset;
        this.startOffset = log.startOffset;
        this.unforced =
                log.segments.stream()
                        .filter(segment -> segment.endOffset() > log.durableOffset)
                        .toList();
        this.snapshots = everything ? new TreeMap<>(newSnapshots) : new TreeMap<>();
        this.epochLines = everything ? log.epochs.lines() : List.of();
        this.epochsChanged = !epochLines.equals(log.epochLinesOnDisk);
        if (everything) {
            for (Segment segment : log.segments) {
                if (segment.warmed()) {
                    suffixes.add(segment.indexSuffix());
                }
            }
            obsoleteSnapshots.addAll(log.snapshots.headSet(endOffset));
            log.segments.forEach(segment -> obsoleteSnapshots.remove(segment.baseOffset()));
        }
    }

    /**
     * A checkpoint of a log as it is now.
     *
     * @param everything whether derived files are written, too
     * @param namesUnforced whether files have been created since the directory was last forced
     * @param newSnapshots producers as of some offsets up to the end
     */
    static LogCheckpoint of(
            LogContents log,
            boolean everything,
            boolean namesUnforced,
            SortedMap<Long, ByteBuffer> newSnapshots) {
        return new LogCheckpoint(log, everything, namesUnforced, newSnapshots);
    }

    boolean everything() {
        return everything;
    }

    long endOffset() {
        return endOffset;
    }

    /** Whether the records at least are durable after a failure. */
    boolean recordsForced() {
        return recordsForced;
    }

    /** Whether no truncation came in between. */
    boolean current() {
        return log.generation == generation;
    }

    /** False when a truncation came in between: then it made nothing durable that counts. */
    @Override
    public Boolean call() throws IOException {
        for (Segment segment : unforced) {
            segment.log().force();
        }
        recordsForced = true;
        if (!everything) {
            if (namesUnforced || !log.named()) {
                log.forceNames();
            }
            return true;
        }
        log.derivedFiles.lock();
        try {
            if (!current()) {
                return false;
            }
            writeDerivedFiles();
            return true;
        } finally {
            log.derivedFiles.unlock();
        }
    }

    private void writeDerivedFiles() throws IOException {
        Disk disk = log.disk();
        for (IndexSuffix suffix : suffixes) {
            suffix.write();
        }
        for (Map.Entry<Long, ByteBuffer> snapshot : snapshots.entrySet()) {
            Path path = LogFiles.file(log.directory, snapshot.getKey(), LogFiles.SNAPSHOT);
            writeForced(disk, path, snapshot.getValue());
        }
        if (epochsChanged) {
            // They do not reach below the log start, so it must not fall back behind them.
            log.checkpoints.raiseLogStart(log.name, startOffset);
            CheckpointFile.write(disk, log.directory.resolve(LogFiles.EPOCHS), epochLines);
        }
        log.forceNames();
        for (long offset : obsoleteSnapshots) {
            disk.delete(LogFiles.file(log.directory, offset, LogFiles.SNAPSHOT));
        }
    }

    /**
     * Writes a file so that a crash leaves the old content or the new one: another snapshot of the
     * same offset may be all that is left of the producers. The name is not yet durable.
     */
    static void writeForced(Disk disk, Path path, ByteBuffer content) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + LogFiles.TEMPORARY);
        disk.delete(temporary);
        try (DiskFile file = disk.open(temporary)) {
            file.write(content.duplicate(), 0);
            file.force();
        }
        disk.move(temporary, path);
    }

    /** It succeeded: takes note of what is in the files now. On the loop. */
    void written() {
        log.epochLinesOnDisk = epochLines;
        suffixes.forEach(suffix -> suffix.segment().suffixWritten(suffix));
        obsoleteSnapshots.forEach(log.snapshots::remove);
        log.snapshots.addAll(snapshots.keySet());
    }
}
