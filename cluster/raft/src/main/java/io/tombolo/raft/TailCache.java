package io.tombolo.raft;

import io.tombolo.raft.core.LogBatch;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The newest batches of the log, so that commits and fetches near its end need no disk. Mutable,
 * owned by the node's loop; holds at most {@code bytesMax}, or one batch.
 */
final class TailCache {

    private final long bytesMax;
    private final TreeMap<Long, LogBatch> batches = new TreeMap<>();
    private long bytes;

    TailCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void append(List<LogBatch> added) {
        for (LogBatch batch : added) {
            batches.put(batch.baseOffset(), batch);
            bytes += batch.sizeBytes();
        }
        while (bytes > bytesMax && batches.size() > 1) {
            bytes -= batches.pollFirstEntry().getValue().sizeBytes();
        }
    }

    void truncate(long endOffset) {
        while (!batches.isEmpty() && batches.lastEntry().getValue().endOffset() > endOffset) {
            bytes -= batches.pollLastEntry().getValue().sizeBytes();
        }
    }

    void clear() {
        batches.clear();
        bytes = 0;
    }

    /** Whole batches from an offset on, at least one; none when the cache begins later. */
    List<LogBatch> read(long offset, long endOffset, long limitBytes) {
        if (!batches.containsKey(offset)) {
            return List.of();
        }
        var found = new ArrayList<LogBatch>();
        long total = 0;
        for (LogBatch batch : batches.tailMap(offset, true).values()) {
            total += batch.sizeBytes();
            if (batch.endOffset() > endOffset || !found.isEmpty() && total > limitBytes) {
                break;
            }
            found.add(batch);
        }
        return found;
    }

    long bytes() {
        return bytes;
    }
}
