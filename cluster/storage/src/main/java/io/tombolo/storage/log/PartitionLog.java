package io.tombolo.storage.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;

/**
 * The log of one partition. Mutable, and confined to the event loop that owns it: every method is
 * called there, except those that say otherwise.
 *
 * <p>Offsets: {@code startOffset ≤ durableOffset ≤ endOffset}; the end offset is the offset of the
 * next record. An append is one write to the page cache; it survives the death of this process at
 * once, and that of the machine when {@link #durableOffset()} has passed it.
 *
 * <p>A failed write or fsync ends the log: from then on every operation answers {@code Failed} with
 * the first cause, nothing is retried, and {@link #failure()} tells why.
 */
public final class PartitionLog {

    private static final RuntimeException PENDING = new IllegalStateException("being written");

    PartitionLog() {}

    public LogName name() {
        throw PENDING;
    }

    /** The topic's id, as kept in {@code partition.metadata}; empty when the file is absent. */
    public Optional<UUID> topicId() {
        throw PENDING;
    }

    public LogSettings settings() {
        throw PENDING;
    }

    /** Takes new settings into effect from the next operation on. */
    public void changeSettings(LogSettings changed) {
        throw PENDING;
    }

    /** Offset of the first readable record. Callable from any thread. */
    public long startOffset() {
        throw PENDING;
    }

    /** Offset of the next record. Callable from any thread. */
    public long endOffset() {
        throw PENDING;
    }

    /** Every record below survives a power failure. Callable from any thread. */
    public long durableOffset() {
        throw PENDING;
    }

    /**
     * Calls the listener with {@link #durableOffset()} on the owner's loop whenever it advances;
     * one listener, a later one replaces it. It is never called from within an append.
     */
    public void onDurable(LongConsumer listener) {
        throw PENDING;
    }

    /**
     * Begins to force everything appended so far; {@link #durableOffset()} passes it later. One
     * fsync runs at a time; calls meanwhile are served together by the next.
     */
    public void flush() {
        throw PENDING;
    }

    /** Why the log ended; empty while it works. Callable from any thread. */
    public Optional<Exception> failure() {
        throw PENDING;
    }

    /**
     * Appends as the leader: assigns consecutive offsets from {@link #endOffset()} on and the
     * leader epoch, and with {@code LOG_APPEND_TIME} the broker's time.
     *
     * @param batches whole batches, from position to limit, magic 2; patched in place, so the
     *     buffer must be writable (direct or heap); not kept after the call. On any result other
     *     than {@code Appended} its content is unspecified
     * @param leaderEpoch epoch of this leadership, never below the latest epoch in the log
     */
    public AppendResult append(ByteBuffer batches, int leaderEpoch, AppendOrigin origin) {
        throw PENDING;
    }

    /**
     * Appends what another replica's leader (a broker of this region, a raft leader, or the leader
     * of a mirrored topic) already gave offsets and epochs to. Nothing in the batches is changed;
     * producers, transactions and epochs are followed.
     *
     * @param batches whole batches in ascending offset order; not kept after the call
     * @param fetchOffset the offset from which the batches were fetched: when it equals {@link
     *     #endOffset()}, a first batch above the end is a gap that compaction left and is accepted.
     *     A batch below the end is always refused
     */
    public AppendResult appendAsFollower(ByteBuffer batches, long fetchOffset) {
        throw PENDING;
    }

    /**
     * Reads whole batches from {@code offset} on, without copying them.
     *
     * @param offset first record wanted; start ≤ offset ≤ end, otherwise {@code OutOfRange}
     * @param bytesMax soft limit in bytes: the first batch comes back even when it is larger,
     *     unless the limit is 0, which reads nothing
     * @param upToOffset only batches wholly below this offset are returned: the high watermark, the
     *     last stable offset, or the end offset for a replica
     */
    public ReadResult read(long offset, int bytesMax, long upToOffset, Isolation isolation) {
        throw PENDING;
    }

    /**
     * The search for the first record at or after a timestamp, at an offset ≥ {@link
     * #startOffset()} and &lt; {@code upToOffset}. Call the result once on {@code Offload}: it
     * reads.
     */
    public Callable<TimestampLookup> firstAtOrAfter(long timestampMs, long upToOffset) {
        throw PENDING;
    }

    /**
     * The search for the first of the records with the largest timestamp. Call the result once on
     * {@code Offload}: it reads.
     */
    public Callable<TimestampLookup> latestTimestamp() {
        throw PENDING;
    }

    /** The leader epoch of the last record; empty when no record ever carried one. */
    public OptionalInt latestEpoch() {
        throw PENDING;
    }

    /** The leader epoch of the record at an offset, start ≤ offset &lt; end. */
    public OptionalInt epochAt(long offset) {
        throw PENDING;
    }

    /**
     * Where an epoch ends, as OffsetForLeaderEpoch asks it: the end of the largest known epoch that
     * is ≤ the one asked for. When it lies below the first known epoch: the epoch asked for, with
     * the start of the first known one. Empty when the epoch is above the latest known one, or no
     * epoch is known.
     */
    public Optional<EpochEnd> endOffsetForEpoch(int leaderEpoch) {
        throw PENDING;
    }

    /**
     * Notes that an epoch begins at the end of the log, before its first record is appended (a
     * leader does so on taking office). Ignored unless it is above {@link #latestEpoch()}.
     */
    public void beginEpoch(int leaderEpoch) {
        throw PENDING;
    }

    /**
     * Removes every record at or above the offset (and the whole batch that contains it); durable
     * on return, so it blocks for a few fsyncs. Above the end it changes nothing.
     */
    public ChangeResult truncateTo(long offset) {
        throw PENDING;
    }

    /**
     * Removes every record and goes on at the offset, above or below the old end; also forgets
     * producers and epochs. Durable on return.
     */
    public ChangeResult truncateFullyAndStartAt(long offset) {
        throw PENDING;
    }

    /**
     * Raises the log start: records below are no longer readable, whole segments below are deleted.
     * Durable with the next {@link LogDirectory#checkpoint}. At or below the start it changes
     * nothing.
     *
     * @param offset ≤ {@code highWatermark} and ≤ end, otherwise {@code OutOfRange}
     */
    public ChangeResult deleteRecordsBefore(long offset, long highWatermark) {
        throw PENDING;
    }

    /**
     * Deletes the oldest segments that retention by time or by size releases; whole segments, never
     * beyond the high watermark.
     */
    public ChangeResult applyRetention(long highWatermark) {
        throw PENDING;
    }

    /** Forgets producers that have been idle for longer than {@code producerIdExpiration}. */
    public void expireProducers() {
        throw PENDING;
    }

    /**
     * The last stable offset: no record below belongs to an open transaction, or to one whose
     * marker is not yet below the high watermark; ≤ {@code highWatermark}.
     */
    public long lastStableOffset(long highWatermark) {
        throw PENDING;
    }

    /** Every remembered producer, by producer id. */
    public List<ProducerView> producers() {
        throw PENDING;
    }

    /** First offset of the open transaction of a producer; empty when it has none. */
    public OptionalLong openTransactionOffset(long producerId, short producerEpoch) {
        throw PENDING;
    }

    /** Bytes of all segments. Callable from any thread. */
    public long sizeBytes() {
        throw PENDING;
    }

    /**
     * The high watermark as of the last {@link LogDirectory#checkpoint} before this process, within
     * start and end; the start offset when there is none.
     */
    public long checkpointedHighWatermark() {
        throw PENDING;
    }

    /** Hands over the high watermark for the next {@link LogDirectory#checkpoint}. */
    public void noteHighWatermark(long highWatermark) {
        throw PENDING;
    }
}
