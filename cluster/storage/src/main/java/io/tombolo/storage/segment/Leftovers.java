package io.tombolo.storage.segment;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/**
 * What a crash left half done in the directory of a log: removed, or finished. Afterwards it holds
 * no version of anything twice.
 */
public record Leftovers(Disk disk, Path directory, List<String> repairs) {

    private static final int WINDOW_BYTES = 4096;

    public void clear() throws IOException {
        boolean changed = finishSwaps();
        var logs = new TreeSet<Long>();
        for (String file : disk.list(directory)) {
            LogFiles.offsetOf(file, LogFiles.LOG).ifPresent(logs::add);
        }
        for (String file : disk.list(directory)) {
            boolean unfinished =
                    file.endsWith(LogFiles.DELETED)
                            || file.endsWith(LogFiles.CLEANED)
                            || file.endsWith(LogFiles.TEMPORARY);
            if (unfinished || orphan(file, logs)) {
                disk.delete(directory.resolve(file));
                changed = true;
            }
        }
        if (changed) {
            disk.forceDirectory(directory);
        }
    }

    private static boolean orphan(String file, TreeSet<Long> logs) {
        for (String suffix : LogFiles.OF_SEGMENT) {
            var offset = LogFiles.offsetOf(file, suffix);
            if (offset.isPresent()) {
                return !logs.contains(offset.getAsLong());
            }
        }
        return false;
    }

    /**
     * A swap file replaces the segments whose offsets it covers, unless compaction had not yet
     * finished all files of the same round: then those named cleaned are still there.
     */
    private boolean finishSwaps() throws IOException {
        long unfinishedFrom = Long.MAX_VALUE;
        var swaps = new TreeSet<Long>();
        for (String file : disk.list(directory)) {
            var cleaned = LogFiles.offsetOf(file, LogFiles.LOG + LogFiles.CLEANED);
            if (cleaned.isPresent()) {
                unfinishedFrom = Math.min(unfinishedFrom, cleaned.getAsLong());
            }
            LogFiles.offsetOf(file, LogFiles.LOG + LogFiles.SWAP).ifPresent(swaps::add);
        }
        for (long base : swaps) {
            if (base < unfinishedFrom) {
                finishSwap(base);
            }
        }
        boolean changed = false;
        for (String file : disk.list(directory)) {
            if (file.endsWith(LogFiles.SWAP)) {
                disk.delete(directory.resolve(file));
                changed = true;
            }
        }
        return changed || !swaps.isEmpty();
    }

    /**
     * Indexes that are not there as swap files have their live names already, because all of them
     * were written and named before the swap file of the log was.
     */
    private void finishSwap(long base) throws IOException {
        Path swap = LogFiles.file(directory, base, LogFiles.LOG + LogFiles.SWAP);
        long end = endOf(swap, base);
        for (String file : disk.list(directory)) {
            for (String suffix : LogFiles.OF_SEGMENT) {
                var offset = LogFiles.offsetOf(file, suffix);
                boolean replaced =
                        offset.isPresent() && offset.getAsLong() > base && offset.getAsLong() < end;
                if (replaced) {
                    disk.delete(directory.resolve(file));
                }
            }
        }
        for (String suffix : LogFiles.INDEXES) {
            Path index = LogFiles.file(directory, base, suffix + LogFiles.SWAP);
            if (disk.exists(index)) {
                disk.move(index, LogFiles.file(directory, base, suffix));
            }
        }
        disk.forceDirectory(directory);
        disk.move(swap, LogFiles.file(directory, base, LogFiles.LOG));
        disk.forceDirectory(directory);
        repairs.add("finished the swap of segment " + base);
    }

    private long endOf(Path log, long base) throws IOException {
        try (DiskFile file = disk.openForReading(log)) {
            var scan = new BatchScan(file, 0, file.size(), ByteBuffer.allocate(WINDOW_BYTES));
            long end = base;
            while (scan.next()) {
                end = scan.batch().lastOffset() + 1;
            }
            return end;
        }
    }
}
