package io.tombolo.storage.partition;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;
import io.tombolo.environment.EventLoop;
import io.tombolo.storage.log.LogDamage;
import io.tombolo.storage.log.LogEnvironment;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.segment.LogFiles;
import io.tombolo.storage.segment.NoRoom;
import io.tombolo.storage.segment.PartitionMetadata;
import io.tombolo.storage.segment.ProducerSnapshot;
import io.tombolo.storage.segment.Segment;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What a log consists of: the mutable heart that the operations of {@link PartitionLog} share.
 * Owned by the log's loop; other threads read the volatile fields only.
 */
public final class LogContents {

    /** Enough for the header of a batch and, mostly, of those that follow it. */
    private static final int WINDOW_BYTES = 4096;

    public final LogName name;

    /** Where the files are; changes when a copy takes the place of the log. */
    public volatile Path directory;

    public final Optional<UUID> topicId;
    public final LogEnvironment environment;
    public final EventLoop owner;
    public final DirectoryCheckpoints checkpoints;

    /** From here on every byte was written or checked by this process. */
    public long checkedFrom;

    public LogSettings settings;
    public volatile long startOffset;
    public volatile long endOffset;
    public volatile long durableOffset;

    /** What the next checkpoint of the directory may claim. */
    public volatile long recoveryPoint;

    public volatile long highWatermark;
    public volatile long sizeBytes;

    /** Whether the offsets above mean anything: false for a log that could not be opened. */
    public volatile boolean opened;

    /** False while it has no files; see {@link #beginFiles}. */
    public volatile boolean begun = true;

    /** Grows with every truncation. */
    public volatile long generation;

    /** Ascending by base offset; never empty; the last one is written to. */
    public final List<Segment> segments = new ArrayList<>();

    public final EpochCache epochs = new EpochCache();
    public final ProducerStates producers = new ProducerStates();

    /** The offsets for which a producer snapshot exists. */
    public final TreeSet<Long> snapshots = new TreeSet<>();

    /**
     * Held off the loop while index files and snapshots are written, and on it while a truncation
     * begins: what is written afterwards belongs to the new {@link #generation}.
     */
    public final ReentrantLock derivedFiles = new ReentrantLock();

    /** In the place of the lines of a file that may say anything. */
    public static final List<String> UNKNOWN_LINES = List.of("unknown");

    /** What the epoch checkpoint file says. */
    public List<String> epochLinesOnDisk = UNKNOWN_LINES;

    /** What is taking the place of segments just now. */
    public @Nullable SegmentSwap swap;

    /** Less than everything only in tests of the tests. */
    public LogCompaction.Caution caution = LogCompaction.Caution.FULL;

    private @Nullable ByteBuffer window;
    private volatile boolean named;
    private volatile @Nullable Exception failure;
    private boolean faulty;
    private @Nullable Consumer<Exception> failureListener;
    private volatile Consumer<Exception> watcher = _ -> {};
    private volatile Consumer<LogDamage> damageListener = _ -> {};

    public LogContents(
            LogName name,
            Path directory,
            Optional<UUID> topicId,
            LogEnvironment environment,
            LogPlacement placement,
            DirectoryCheckpoints checkpoints) {
        this.name = name;
        this.directory = directory;
        this.topicId = topicId;
        this.environment = environment;
        this.owner = placement.owner();
        this.settings = placement.settings();
        this.checkpoints = checkpoints;
    }

    /** Fills the contents as those of a new log, without files. */
    public void openUnwritten() {
        begun = false;
        segments.add(Segment.unwritten(disk(), directory, nowMs()));
        opened = true;
    }

    /**
     * Makes the log's directory and its first files, unless they are there; what an attempt before
     * has left is used. To be called on the loop before anything else is written: most partitions
     * of many never get a record, and a power failure may leave a log without records nothing
     * anyhow.
     */
    public void beginFiles() throws IOException {
        if (begun) {
            return;
        }
        makeDirectory();
        segments.set(0, Segment.create(disk(), directory, 0, nowMs()));
        begun = true;
    }

    /** The directory and the file that says whose it is; neither is durable on return. */
    public void makeDirectory() throws IOException {
        disk().createDirectories(directory);
        if (topicId.isPresent()) {
            PartitionMetadata.write(disk(), directory, topicId.get());
        }
    }

    /** Whether an operation failed for want of room, so that it may succeed when there is some. */
    boolean noRoomExplains(IOException cause) {
        Path parent = directory.getParent();
        return NoRoom.explains(cause, disk(), begun || parent == null ? directory : parent);
    }

    public Disk disk() {
        return environment.disk();
    }

    /** The directory has another name now. Nothing may be under way that creates files. */
    public void movedTo(Path renamed) {
        directory = renamed;
        segments.forEach(segment -> segment.movedTo(renamed));
    }

    /**
     * Takes over the producers that another log remembers in front of an offset, where this one is
     * empty; durable on return.
     */
    public void takeSnapshot(LogContents other, long offset) throws IOException {
        Path theirs = LogFiles.file(other.directory, offset, LogFiles.SNAPSHOT);
        if (!disk().exists(theirs)) {
            return;
        }
        var bytes = ByteBuffer.wrap(disk().readAll(theirs));
        Optional<ProducerSnapshot> saved = ProducerSnapshot.decode(bytes.duplicate());
        if (saved.isPresent()) {
            Path ours = LogFiles.file(directory, offset, LogFiles.SNAPSHOT);
            LogCheckpoint.writeForced(disk(), ours, bytes);
            forceNames();
            snapshots.add(offset);
            producers.load(saved.get(), offset);
        }
    }

    /**
     * Takes over what another log, which ends at the same offset, knows and cannot be read off the
     * records that it still has: producers of records long deleted, and epochs without a record.
     */
    public void learnFrom(LogContents other) {
        producers.learnFrom(other.producers);
        epochs.learnFrom(other.epochs);
    }

    /**
     * Makes the names of the log's files durable; the first time in this process also that of the
     * log itself, and whose it is: a log is made without waiting for the disk, and until it has
     * durable records nothing is lost with its name. Callable from any thread.
     */
    public void forceNames() throws IOException {
        if (!named) {
            Path metadata = directory.resolve(LogFiles.PARTITION_METADATA);
            if (disk().exists(metadata)) {
                try (DiskFile file = disk().open(metadata)) {
                    file.force();
                }
            }
            Path parent = directory.getParent();
            if (parent != null) {
                disk().forceDirectory(parent);
            }
        }
        disk().forceDirectory(directory);
        named = true;
    }

    /** Whether a power failure leaves the log where it is, at worst empty. */
    boolean named() {
        return named;
    }

    /** For reading headers on the loop; a log that nobody reads has none. */
    ByteBuffer window() {
        ByteBuffer known = window;
        if (known == null) {
            known = ByteBuffer.allocate(WINDOW_BYTES);
            window = known;
        }
        return known;
    }

    public long nowMs() {
        return environment.clock().wallTimeMs();
    }

    /** Everything that is done off the loop for this log keeps its order. */
    public int lane() {
        return name.hashCode();
    }

    public Segment active() {
        return segments.getLast();
    }

    /** The index of the segment that holds an offset, or of the next one above a gap. */
    public int indexOf(long offset) {
        int low = 0;
        int high = segments.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments.get(middle).baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        boolean gap = segments.get(low).endOffset() <= offset && low + 1 < segments.size();
        return gap ? low + 1 : low;
    }

    /** The log starts at an offset within it; what lies below is still in the files. */
    public void startAt(long offset) {
        startOffset = offset;
        epochs.startAt(offset);
        producers.startAt(offset);
    }

    public void countBytes() {
        long sum = 0;
        for (Segment segment : segments) {
            sum += segment.sizeBytes();
        }
        sizeBytes = sum;
    }

    /** Closed segments whose index files are complete need no memory once readers have moved on. */
    void coolSegments() {
        long bytesAbove = active().sizeBytes();
        for (int index = segments.size() - 2; index >= 0; index--) {
            Segment segment = segments.get(index);
            if (bytesAbove >= LogUpkeep.WARM_BYTES
                    && segment.warmed()
                    && segment.endOffset() <= recoveryPoint) {
                segment.cool();
            }
            bytesAbove += segment.sizeBytes();
        }
    }

    public @Nullable Exception failure() {
        return failure;
    }

    /** Ends the log because of a fault, of which the listener hears; the first cause stays. */
    public void fail(Exception cause) {
        if (failure == null) {
            failure = cause;
            faulty = true;
            watcher.accept(cause);
            tellFault(cause);
        }
    }

    /** Ends the log because somebody wants it so. */
    public void end(String reason) {
        if (failure == null) {
            failure = new IllegalStateException(reason);
        }
    }

    /** A force may have failed: of what was not forced before, nobody knows where it is. */
    public LogDamage unforced(Exception failure) {
        return new LogDamage(durableOffset, endOffset, failure);
    }

    /** Some of the files are damaged; called by whoever finds it, on his thread. */
    public void foundDamage(LogDamage damage) {
        owner.execute(() -> {
            if (failure == null) {
                damageListener.accept(damage);
            }
        });
    }

    /** One listener, called on the owner's loop. */
    public void onDamage(Consumer<LogDamage> listener) {
        damageListener = listener;
    }

    /** One watcher of the disk below, called by whoever finds a fault, on his thread. */
    public void onFaultAnywhere(Consumer<Exception> looking) {
        watcher = looking;
    }

    /** One listener, called on the owner's loop; at once when there has been a fault already. */
    public void onFault(Consumer<Exception> listener) {
        failureListener = listener;
        Exception known = failure;
        if (known != null && faulty) {
            tellFault(known);
        }
    }

    /** Later, and not from within the operation that failed: its caller gets its own answer. */
    private void tellFault(Exception cause) {
        Consumer<Exception> listener = failureListener;
        if (listener != null) {
            owner.execute(() -> listener.accept(cause));
        }
    }
}
