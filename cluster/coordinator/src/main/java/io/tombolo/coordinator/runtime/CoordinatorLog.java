package io.tombolo.coordinator.runtime;

import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.function.Consumer;

/**
 * The internal topic as the runtime sees it. Every call arrives on the loop that owns the partition
 * and none blocks. The host also tells the runtime of each move of the high watermark ({@link
 * CoordinatorRuntime#highWatermarkMoved}); it may do so from within {@link #append}.
 */
public interface CoordinatorLog {

    /**
     * Appends the records in one batch, all or none, to a partition that this broker leads.
     *
     * @param leaderEpoch the epoch in which the caller leads; refused when another one holds
     * @param timestampMs create time of the records, milliseconds since the Unix epoch
     * @return where the batch ended, or why nothing was appended
     */
    AppendResult append(int partition, int leaderEpoch, List<LogRecord> records, long timestampMs);

    /**
     * The same with a transactional batch, without sequence: the records belong to the open
     * transaction of a producer, or begin one.
     */
    default AppendResult appendInTransaction(
            int partition,
            int leaderEpoch,
            Producer producer,
            List<LogRecord> records,
            long timestampMs) {
        return new Refused(Errors.INVALID_TXN_STATE);
    }

    /** What the partition holds at this moment. */
    Bounds bounds(int partition);

    /**
     * Reads records and markers in offset order, not beyond the log end; also those of transactions
     * that are open or were aborted. What is left out counts for {@link Chunk#nextOffset}.
     *
     * @param fromOffset log start ≤ fromOffset &lt; log end
     * @param bytesMax soft limit of one chunk; at least one batch comes back
     * @param done called once, on the partition's loop, never before this method has returned
     */
    void read(int partition, long fromOffset, int bytesMax, Consumer<ReadResult> done);

    /** What became of an append. */
    sealed interface AppendResult {}

    /**
     * The batch is in the leader's log.
     *
     * @param endOffset the offset after its last record; the batch is committed once the high
     *     watermark reaches it
     */
    record Appended(long endOffset) implements AppendResult {}

    /** Nothing was appended. */
    record Refused(Errors error) implements AppendResult {}

    /** Offsets of a partition: start ≤ highWatermark ≤ end. */
    record Bounds(long startOffset, long highWatermark, long endOffset) {}

    /** What became of a read. */
    sealed interface ReadResult {}

    /**
     * A stretch of the log.
     *
     * @param nextOffset where to go on; greater than the offset asked for
     */
    record Chunk(List<? extends StoredEntry> entries, long nextOffset) implements ReadResult {}

    /** The stretch could not be read now; the runtime tries again later. */
    record Unreadable(String reason) implements ReadResult {}
}
