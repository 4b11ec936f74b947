package io.tombolo.storage.partition;

import io.tombolo.environment.Disk;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.segment.CheckpointFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The checkpoint files of a data directory, in Kafka's format: for each log its recovery point, its
 * start, its high watermark, and how far it has been compacted. Callable from any thread; every
 * method that writes blocks until the file is durable.
 */
public final class DirectoryCheckpoints {

    private static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    private static final String LOG_STARTS = "log-start-offset-checkpoint";
    private static final String HIGH_WATERMARKS = "replication-offset-checkpoint";
    private static final String CLEANED = "cleaner-offset-checkpoint";
    private static final int WORDS = 3;

    private final Disk disk;
    private final Path directory;
    private final Map<LogName, Long> recoveryPoints;
    private final Map<LogName, Long> logStarts;
    private final Map<LogName, Long> highWatermarks;
    private final Map<LogName, Long> cleaned;
    private boolean cleanedUnwritten;

    /** Logs that are gone while the files may still name them; so never more than these name. */
    private final Set<LogName> forgotten = new HashSet<>();

    private final List<String> damaged = new ArrayList<>();

    private DirectoryCheckpoints(Disk disk, Path directory) throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.recoveryPoints = read(RECOVERY_POINTS);
        this.logStarts = read(LOG_STARTS);
        this.highWatermarks = read(HIGH_WATERMARKS);
        this.cleaned = read(CLEANED);
    }

    /** Reads the files; a missing or damaged one counts as empty, which is always safe. */
    public static DirectoryCheckpoints load(Disk disk, Path directory) throws IOException {
        return new DirectoryCheckpoints(disk, directory);
    }

    /** The names of the files that were there and could not be understood. */
    public List<String> damaged() {
        return List.copyOf(damaged);
    }

    private Map<LogName, Long> read(String file) throws IOException {
        Path path = directory.resolve(file);
        Optional<List<String[]>> lines = CheckpointFile.read(disk, path, WORDS);
        if (lines.isEmpty() && disk.exists(path)) {
            damaged.add(file);
        }
        var offsets = new HashMap<LogName, Long>();
        try {
            for (String[] words : lines.orElse(List.of())) {
                long offset = Long.parseLong(words[2]);
                LogName.parse(words[0] + "-" + words[1])
                        .filter(name -> offset >= 0)
                        .ifPresent(name -> offsets.put(name, offset));
            }
            return offsets;
        } catch (NumberFormatException notNumbers) {
            damaged.add(file);
            return new HashMap<>();
        }
    }

    synchronized long recoveryPoint(LogName name) {
        return recoveryPoints.getOrDefault(name, 0L);
    }

    public synchronized long logStart(LogName name) {
        return logStarts.getOrDefault(name, 0L);
    }

    synchronized long highWatermark(LogName name) {
        return highWatermarks.getOrDefault(name, 0L);
    }

    /** The offset below which a log has been compacted; 0 when it has not, or nobody knows. */
    public synchronized long cleanedTo(LogName name) {
        return cleaned.getOrDefault(name, 0L);
    }

    /**
     * A log has been compacted below an offset. The next {@link #write} makes it durable: until
     * then a crash only has it compacted again.
     */
    public synchronized void noteCleaned(LogName name, long offset) {
        cleaned.put(name, offset);
        cleanedUnwritten = true;
    }

    /** Lowers what the files say of a log; on return nothing above is believed after a crash. */
    synchronized void lower(LogName name, long recoveryPoint, long logStart) throws IOException {
        if (recoveryPoint(name) > recoveryPoint) {
            replace(RECOVERY_POINTS, recoveryPoints, Map.of(name, recoveryPoint));
        }
        if (logStart(name) > logStart) {
            replace(LOG_STARTS, logStarts, Map.of(name, logStart));
        }
        if (cleanedTo(name) > recoveryPoint) {
            replace(CLEANED, cleaned, Map.of(name, recoveryPoint));
        }
    }

    /**
     * Lowers a high watermark above the end of its log, which has been cut off: once the log has
     * grown again it would name records as committed that nobody has committed. On return it does
     * so after no crash.
     */
    synchronized void lowerHighWatermark(LogName name, long endOffset) throws IOException {
        if (highWatermark(name) > endOffset) {
            replace(HIGH_WATERMARKS, highWatermarks, Map.of(name, endOffset));
        }
    }

    public synchronized void raiseLogStart(LogName name, long logStart) throws IOException {
        if (logStart(name) < logStart) {
            replace(LOG_STARTS, logStarts, Map.of(name, logStart));
        }
    }

    /**
     * A new log takes a name: what the files say of an earlier one does not count for it, on return
     * after a crash neither.
     */
    synchronized void begin(LogName name) throws IOException {
        boolean nothing =
                recoveryPoint(name) == 0
                        && logStart(name) == 0
                        && highWatermark(name) == 0
                        && cleanedTo(name) == 0;
        if (!nothing) {
            forget(name);
        }
        if (forgotten.contains(name)) {
            writeWithoutForgotten();
        }
    }

    /** Whether a log is known of which nothing was ever made durable. */
    public synchronized boolean listsUnwritten(LogName name) {
        return recoveryPoints.containsKey(name)
                && recoveryPoint(name) == 0
                && highWatermark(name) == 0;
    }

    /** Below which a log had records that were durable or committed; 0 when it never had one. */
    public synchronized long knownEnd(LogName name) {
        return Math.max(recoveryPoint(name), highWatermark(name));
    }

    /** The logs that are known, sorted. */
    public synchronized List<LogName> names() {
        return recoveryPoints.keySet().stream().sorted().toList();
    }

    /**
     * The log is gone. The files say so with the next {@link #write}, or before a log of its name
     * begins: writing each of them for each of many topics that are deleted would take as many
     * lines as the square of their number.
     */
    public synchronized void forget(LogName name) {
        boolean named = recoveryPoints.remove(name) != null;
        named |= logStarts.remove(name) != null;
        named |= highWatermarks.remove(name) != null;
        named |= cleaned.remove(name) != null;
        if (named) {
            forgotten.add(name);
        }
    }

    /** Logs that are gone; on return the files do not name them after a crash either. */
    public synchronized void forgetNow(Collection<LogName> names) throws IOException {
        names.forEach(this::forget);
        if (!forgotten.isEmpty()) {
            writeWithoutForgotten();
        }
    }

    private void writeWithoutForgotten() throws IOException {
        write(LOG_STARTS, logStarts);
        write(RECOVERY_POINTS, recoveryPoints);
        write(HIGH_WATERMARKS, highWatermarks);
        write(CLEANED, cleaned);
        cleanedUnwritten = false;
        forgotten.clear();
    }

    /**
     * Writes what the logs say now. The lock is held from reading it to having written it, so that
     * a log that is truncated meanwhile has the last word.
     */
    public synchronized void write(Collection<LogContents> logs) throws IOException {
        var newRecoveryPoints = new HashMap<LogName, Long>();
        var newLogStarts = new HashMap<LogName, Long>();
        var newHighWatermarks = new HashMap<LogName, Long>();
        for (LogContents log : logs) {
            if (log.opened) {
                note(log.recoveryPoint, log.name, recoveryPoints, newRecoveryPoints);
                note(log.startOffset, log.name, logStarts, newLogStarts);
                note(log.highWatermark, log.name, highWatermarks, newHighWatermarks);
            }
        }
        // A recovery point may lie above the last record, but then it is also the log start.
        replaceIfChanged(LOG_STARTS, logStarts, newLogStarts);
        replaceIfChanged(RECOVERY_POINTS, recoveryPoints, newRecoveryPoints);
        replaceIfChanged(HIGH_WATERMARKS, highWatermarks, newHighWatermarks);
        if (cleanedUnwritten || !forgotten.isEmpty() || damaged.contains(CLEANED)) {
            write(CLEANED, cleaned);
            cleanedUnwritten = false;
        }
        forgotten.clear();
    }

    private static void note(
            long offset, LogName name, Map<LogName, Long> known, Map<LogName, Long> changes) {
        Long before = known.get(name);
        if (before == null || before != offset) {
            changes.put(name, offset);
        }
    }

    /** Where most partitions are idle, most checkpoints have nothing to tell. */
    private void replaceIfChanged(String file, Map<LogName, Long> known, Map<LogName, Long> changes)
            throws IOException {
        if (!changes.isEmpty() || !forgotten.isEmpty() || damaged.contains(file)) {
            replace(file, known, changes);
        }
    }

    /** What is known of a file changes only when the file has. */
    private void replace(String file, Map<LogName, Long> known, Map<LogName, Long> changes)
            throws IOException {
        var changed = new HashMap<>(known);
        changed.putAll(changes);
        write(file, changed);
        known.putAll(changes);
    }

    private void write(String file, Map<LogName, Long> offsets) throws IOException {
        List<String> lines =
                offsets.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry ->
                                entry.getKey().topic()
                                        + " "
                                        + entry.getKey().partition()
                                        + " "
                                        + entry.getValue())
                        .toList();
        CheckpointFile.write(disk, directory.resolve(file), lines);
    }
}
