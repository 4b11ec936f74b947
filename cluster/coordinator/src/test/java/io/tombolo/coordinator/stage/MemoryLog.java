package io.tombolo.coordinator.stage;

import io.tombolo.coordinator.runtime.CoordinatorLog;
import io.tombolo.coordinator.runtime.LogRecord;
import io.tombolo.coordinator.runtime.Producer;
import io.tombolo.coordinator.runtime.StoredEntry;
import io.tombolo.coordinator.runtime.StoredMarker;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.runtime.TransactionEnd;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** An internal topic in memory whose high watermark, refusals and faults the test decides. */
public final class MemoryLog implements CoordinatorLog {

    /** Told of each move of the high watermark. */
    public interface Watcher {
        void highWatermarkMoved(int partition, long highWatermark);
    }

    private final EventLoop loop;
    private final Map<Integer, Partition> partitions = new TreeMap<>();
    private Watcher watcher = (partition, highWatermark) -> {};
    private boolean committing = true;
    private boolean lying;
    private Errors nextRefusal = Errors.NONE;
    private int batchBytesMax = 1_048_588;
    private int unreadableCount;
    private int appendCount;
    private int largestChunk;

    public MemoryLog(EventLoop loop) {
        this.loop = loop;
    }

    public void watchedBy(Watcher newWatcher) {
        watcher = newWatcher;
    }

    /** Whether the high watermark follows each append at once. */
    public void committing(boolean now) {
        committing = now;
        if (now) {
            partitions.forEach((index, partition) -> commit(index));
        }
    }

    /** A broken log: says that all is committed when nothing is. */
    public void lying() {
        lying = true;
    }

    /** The next append is refused. */
    public void refuseNext(Errors error) {
        nextRefusal = error;
    }

    /** Kafka's max.message.bytes. */
    public void takingAtMost(int bytes) {
        batchBytesMax = bytes;
    }

    public void unreadable(int times) {
        unreadableCount = times;
    }

    /** Moves the high watermark to the end. */
    public void commit(int index) {
        Partition partition = partition(index);
        commitTo(index, partition.records.size());
    }

    public void commitTo(int index, long offset) {
        Partition partition = partition(index);
        partition.highWatermark = Math.max(partition.highWatermark, offset);
        watcher.highWatermarkMoved(index, partition.highWatermark);
    }

    /** What happens to a leader's log when another leader takes over: the rest is gone. */
    public void loseUncommitted() {
        partitions
                .values()
                .forEach(partition -> {
                    int committed = (int) partition.highWatermark;
                    partition.records.subList(committed, partition.records.size()).clear();
                });
    }

    /** What is stored of records, without markers. */
    public List<StoredRecord> records(int index) {
        return partition(index).records.stream()
                .filter(StoredRecord.class::isInstance)
                .map(StoredRecord.class::cast)
                .toList();
    }

    /** Everything that is stored. */
    public List<StoredEntry> entries(int index) {
        return partition(index).records;
    }

    public long highWatermark(int index) {
        return partition(index).highWatermark;
    }

    public int appendCount() {
        return appendCount;
    }

    public int largestChunk() {
        return largestChunk;
    }

    public void epoch(int index, int leaderEpoch) {
        partition(index).leaderEpoch = leaderEpoch;
    }

    private Partition partition(int index) {
        return partitions.computeIfAbsent(index, unused -> new Partition());
    }

    @Override
    public AppendResult append(
            int index, int leaderEpoch, List<LogRecord> records, long timestampMs) {
        return append(index, leaderEpoch, StoredRecord.NO_TRANSACTION, records);
    }

    @Override
    public AppendResult appendInTransaction(
            int index,
            int leaderEpoch,
            Producer producer,
            List<LogRecord> records,
            long timestampMs) {
        return append(index, leaderEpoch, producer.id(), records);
    }

    private AppendResult append(
            int index, int leaderEpoch, long producerId, List<LogRecord> records) {
        Partition partition = partition(index);
        if (nextRefusal != Errors.NONE) {
            var refused = new Refused(nextRefusal);
            nextRefusal = Errors.NONE;
            return refused;
        }
        if (leaderEpoch < partition.leaderEpoch) {
            return new Refused(Errors.NOT_LEADER_OR_FOLLOWER);
        }
        if (records.stream().mapToLong(LogRecord::sizeBytes).sum() > batchBytesMax) {
            return new Refused(Errors.MESSAGE_TOO_LARGE);
        }
        appendCount++;
        for (LogRecord record : records) {
            partition.records.add(
                    new StoredRecord(
                            partition.records.size(), record.key(), record.value(), producerId));
        }
        return appended(index, partition);
    }

    /** What the leader of the partition does when a transaction ends there. */
    public AppendResult appendMarker(int index, TransactionEnd end) {
        Partition partition = partition(index);
        if (nextRefusal != Errors.NONE) {
            var refused = new Refused(nextRefusal);
            nextRefusal = Errors.NONE;
            return refused;
        }
        partition.records.add(new StoredMarker(partition.records.size(), end));
        return appended(index, partition);
    }

    private AppendResult appended(int index, Partition partition) {
        if (committing) {
            commit(index);
        } else if (lying) {
            watcher.highWatermarkMoved(index, partition.records.size());
        }
        return new Appended(partition.records.size());
    }

    @Override
    public Bounds bounds(int index) {
        Partition partition = partition(index);
        return new Bounds(0, partition.highWatermark, partition.records.size());
    }

    @Override
    public void read(int index, long fromOffset, int bytesMax, Consumer<ReadResult> done) {
        loop.execute(() -> {
            if (unreadableCount > 0) {
                unreadableCount--;
                done.accept(new Unreadable("disk is asleep"));
            } else {
                done.accept(chunk(partition(index), fromOffset, bytesMax));
            }
        });
    }

    private Chunk chunk(Partition partition, long fromOffset, int bytesMax) {
        var found = new ArrayList<StoredEntry>();
        int bytes = 0;
        int at = (int) fromOffset;
        while (at < partition.records.size() && (found.isEmpty() || bytes < bytesMax)) {
            StoredEntry entry = partition.records.get(at++);
            bytes += entry instanceof StoredRecord record ? record.key().length : 8;
            found.add(entry);
        }
        largestChunk = Math.max(largestChunk, found.size());
        return new Chunk(found, at);
    }

    private static final class Partition {
        private final List<StoredEntry> records = new ArrayList<>();
        private long highWatermark;
        private int leaderEpoch;
    }
}
