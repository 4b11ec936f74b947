package io.tombolo.storage.log;

import io.tombolo.environment.Offload.Outcome;
import io.tombolo.protocol.records.VerifiedBatch;
import io.tombolo.storage.partition.LogAppend;
import io.tombolo.storage.partition.LogCompaction;
import io.tombolo.storage.partition.LogContents;
import io.tombolo.storage.partition.LogReader;
import io.tombolo.storage.partition.LogRetention;
import io.tombolo.storage.partition.LogRoll;
import io.tombolo.storage.partition.LogTruncation;
import io.tombolo.storage.partition.LogUpkeep;
import io.tombolo.storage.partition.ProducerEntry;
import io.tombolo.storage.partition.SegmentRemoval;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The log of one partition. Mutable, and confined to the event loop that owns it: every method is
 * called there, except those that say otherwise.
 *
 * <p>Offsets: {@code startOffset ≤ durableOffset ≤ endOffset}; the end offset is the offset of the
 * next record. An append is one write to the page cache; it survives the death of this process at
 * once, and that of the machine when {@link #durableOffset()} has passed it.
 *
 * <p>An append that finds no room on the disk changes nothing and may be tried again. Any other
 * failed write or fsync ends the log: from then on every operation answers {@code Failed} with the
 * first cause, nothing is retried, and {@link #failure()} tells why.
 */
public final class PartitionLog {

    private volatile LogContents log;
    private LogUpkeep upkeep;
    private LogAppend append;
    private LogReader reader;
    private LogTruncation truncation;
    private LogRetention retention;
    private volatile LogCompaction compaction;
    private LongConsumer durableListener = _ -> {};
    private Consumer<Exception> failureListener = _ -> {};
    private Consumer<LogDamage> damageListener = _ -> {};
    private @Nullable LogMove move;
    private @Nullable LogMove origin;

    PartitionLog(LogContents log) {
        this.log = log;
        this.upkeep = new LogUpkeep(log);
        var removal = new SegmentRemoval(log);
        var roll = new LogRoll(log, upkeep, removal);
        this.append = new LogAppend(log, roll, upkeep);
        this.reader = new LogReader(log);
        this.truncation = new LogTruncation(log, upkeep, removal);
        this.retention = new LogRetention(log, roll, upkeep, removal);
        this.compaction = new LogCompaction(log, removal);
    }

    public LogName name() {
        return log.name;
    }

    /** The topic's id, as kept in {@code partition.metadata}; empty when the file is absent. */
    public Optional<UUID> topicId() {
        return log.topicId;
    }

    public LogSettings settings() {
        return log.settings;
    }

    /** Takes new settings into effect from the next operation on. */
    public void changeSettings(LogSettings changed) {
        log.settings = changed;
    }

    /** Offset of the first readable record. Callable from any thread. */
    public long startOffset() {
        return log.startOffset;
    }

    /** Offset of the next record. Callable from any thread. */
    public long endOffset() {
        return log.endOffset;
    }

    /** Every record below survives a power failure. Callable from any thread. */
    public long durableOffset() {
        return log.durableOffset;
    }

    /**
     * Calls the listener with {@link #durableOffset()} on the owner's loop whenever it advances;
     * one listener, a later one replaces it. It is never called from within an append.
     */
    public void onDurable(LongConsumer listener) {
        durableListener = listener;
        upkeep.onDurable(listener);
    }

    /**
     * Begins to force everything appended so far; {@link #durableOffset()} passes it later. One
     * fsync runs at a time; calls meanwhile are served together by the next.
     */
    public void flush() {
        upkeep.request(LogUpkeep.Extent.BATCHES);
    }

    /** Why the log ended; empty while it works. Callable from any thread. */
    public Optional<Exception> failure() {
        return Optional.ofNullable(log.failure());
    }

    /**
     * Calls the listener with the cause, once, on the owner's loop, when a fault ends the log or
     * has ended it already; not when it is closed or deleted. One listener, a later one replaces
     * it. It is never called from within another call of this log.
     */
    public void onFailure(Consumer<Exception> listener) {
        failureListener = listener;
        log.onFault(listener);
    }

    /**
     * Calls the listener, on the owner's loop, when a read has found damage; the log goes on. One
     * listener, a later one replaces it. It is never called from within another call of this log,
     * and perhaps several times for the same damage.
     */
    public void onDamage(Consumer<LogDamage> listener) {
        damageListener = listener;
        log.onDamage(listener);
    }

    /**
     * Ends the log because its user found that it, or what he knows of it, is wrong. Nothing more
     * is written; the next start does not trust its files and recovers it. A log that has ended
     * already keeps its first cause.
     */
    public void fail(Exception cause) {
        log.fail(cause);
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
        Exception failure = log.failure();
        return failure == null
                ? append.asLeader(batches, leaderEpoch, origin)
                : new AppendResult.Failed(failure);
    }

    /**
     * Appends one batch of a client as the leader, like {@link #append(ByteBuffer, int,
     * AppendOrigin)} with {@link AppendOrigin#PRODUCER}, but without computing its checksum again.
     */
    public AppendResult append(VerifiedBatch batch, int leaderEpoch) {
        Exception failure = log.failure();
        return failure == null
                ? append.asLeader(batch, leaderEpoch)
                : new AppendResult.Failed(failure);
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
        Exception failure = log.failure();
        return failure == null
                ? append.asFollower(batches, fetchOffset)
                : new AppendResult.Failed(failure);
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
        Exception failure = log.failure();
        return failure == null
                ? reader.read(offset, bytesMax, upToOffset, isolation)
                : new ReadResult.Failed(failure);
    }

    /**
     * As {@link #read}, of records that a reader has been given before and could not use: their
     * checksums are compared, so the answer is cold.
     */
    public ReadResult readChecked(long offset, int bytesMax, long upToOffset, Isolation isolation) {
        Exception failure = log.failure();
        return failure == null
                ? reader.readChecked(offset, bytesMax, upToOffset, isolation)
                : new ReadResult.Failed(failure);
    }

    /**
     * The search for the first record at or after a timestamp, at an offset ≥ {@link
     * #startOffset()} and &lt; {@code upToOffset}. Call the result once on {@code Offload}: it
     * reads.
     */
    public Callable<TimestampLookup> firstAtOrAfter(long timestampMs, long upToOffset) {
        Exception failure = log.failure();
        return failure == null
                ? reader.firstAtOrAfter(timestampMs, upToOffset)
                : () -> new TimestampLookup.Failed(failure);
    }

    /**
     * The search for the first of the records with the largest timestamp. Call the result once on
     * {@code Offload}: it reads.
     */
    public Callable<TimestampLookup> latestTimestamp() {
        Exception failure = log.failure();
        return failure == null
                ? reader.latestTimestamp()
                : () -> new TimestampLookup.Failed(failure);
    }

    /** The leader epoch of the last record; empty when no record ever carried one. */
    public OptionalInt latestEpoch() {
        return log.epochs.latest();
    }

    /** The leader epoch of the record at an offset, start ≤ offset &lt; end. */
    public OptionalInt epochAt(long offset) {
        return log.epochs.epochAt(offset);
    }

    /**
     * Where an epoch ends, as OffsetForLeaderEpoch asks it: the end of the largest known epoch that
     * is ≤ the one asked for. When it lies below the first known epoch: the epoch asked for, with
     * the start of the first known one. Empty when the epoch is above the latest known one, or no
     * epoch is known.
     */
    public Optional<EpochEnd> endOffsetForEpoch(int leaderEpoch) {
        return log.epochs.endOf(leaderEpoch, log.endOffset);
    }

    /**
     * Notes that an epoch begins at the end of the log, before its first record is appended (a
     * leader does so on taking office). Ignored unless it is above {@link #latestEpoch()}.
     */
    public void beginEpoch(int leaderEpoch) {
        if (leaderEpoch > log.epochs.latest().orElse(-1)) {
            log.epochs.assign(leaderEpoch, log.endOffset);
        }
    }

    /**
     * Removes every record at or above the offset (and the whole batch that contains it); durable
     * on return, so it blocks for a few fsyncs. At or above the end it removes no record, and only
     * forgets an epoch that was begun at the end and never written.
     */
    public ChangeResult truncateTo(long offset) {
        if (log.failure() == null && offset < log.startOffset) {
            return new ChangeResult.OutOfRange(log.startOffset, log.endOffset);
        }
        if (move != null) {
            move.truncating(offset);
        }
        return change(() -> {
            if (offset < log.endOffset) {
                truncation.truncateTo(offset);
            } else {
                truncation.forgetEmptyEpoch();
            }
        });
    }

    /**
     * Removes every record and goes on at the offset, above or below the old end; also forgets
     * producers and epochs. Durable on return.
     */
    public ChangeResult truncateFullyAndStartAt(long offset) {
        if (move != null) {
            move.emptying(offset);
        }
        return change(() -> truncation.truncateFullyAndStartAt(offset));
    }

    /**
     * Raises the log start: records below are no longer readable, whole segments below are deleted.
     * Durable with the next {@link LogDirectory#checkpoint}. At or below the start it changes
     * nothing.
     *
     * @param offset ≤ {@code highWatermark} and ≤ end, otherwise {@code OutOfRange}
     */
    public ChangeResult deleteRecordsBefore(long offset, long highWatermark) {
        if (log.failure() == null && offset > Math.min(highWatermark, log.endOffset)) {
            return new ChangeResult.OutOfRange(log.startOffset, log.endOffset);
        }
        return change(() -> {
            if (offset > log.startOffset) {
                retention.startAt(offset);
            }
        });
    }

    /**
     * Deletes the oldest segments that retention by time or by size releases; whole segments, never
     * beyond the high watermark.
     */
    public ChangeResult applyRetention(long highWatermark) {
        return change(() -> retention.apply(highWatermark));
    }

    /**
     * For the log cleaner; callable from any thread, what it gives is not. Another one after the
     * log has moved to another directory.
     */
    public LogCompaction compaction() {
        return compaction;
    }

    /** Whether it is on its way to another directory. */
    public boolean moving() {
        return move != null;
    }

    /** Forgets producers that have been idle for longer than {@code producerIdExpiration}. */
    public void expireProducers() {
        log.producers.expire(log.nowMs(), log.settings.producerIdExpiration().toMillis());
    }

    /**
     * The last stable offset: no record below belongs to an open transaction, or to one whose
     * marker is not yet below the high watermark; ≤ {@code highWatermark}.
     */
    public long lastStableOffset(long highWatermark) {
        long stable = log.producers.lastStableOffset(Math.min(highWatermark, log.endOffset));
        return Math.max(stable, Math.min(log.startOffset, highWatermark));
    }

    /** Every remembered producer, by producer id. */
    public List<ProducerView> producers() {
        return log.producers.views();
    }

    /** First offset of the open transaction of a producer; empty when it has none. */
    public OptionalLong openTransactionOffset(long producerId, short producerEpoch) {
        ProducerEntry entry = log.producers.entry(producerId);
        return entry == null
                        || entry.epoch() != producerEpoch
                        || entry.transactionOffset() == ProducerEntry.NONE
                ? OptionalLong.empty()
                : OptionalLong.of(entry.transactionOffset());
    }

    /** Bytes of all segments. Callable from any thread. */
    public long sizeBytes() {
        return log.sizeBytes;
    }

    /**
     * The high watermark as of the last {@link LogDirectory#checkpoint} before this process, within
     * start and end; the start offset when there is none.
     */
    public long checkpointedHighWatermark() {
        return log.highWatermark;
    }

    /** Hands over the high watermark for the next {@link LogDirectory#checkpoint}. */
    public void noteHighWatermark(long highWatermark) {
        log.highWatermark = highWatermark;
    }

    /** Makes everything durable and ends the log; answers whether it can be believed next time. */
    void close(Consumer<Outcome<Boolean>> done) {
        upkeep.close(done);
    }

    LogContents contents() {
        return log;
    }

    /** What is copying this log to another directory; at most one at a time. */
    Optional<LogMove> move() {
        return Optional.ofNullable(move);
    }

    void movedBy(@Nullable LogMove mover) {
        move = mover;
    }

    /** This log is the copy that a move makes; null when it is not any more. */
    void copiedBy(@Nullable LogMove mover) {
        origin = mover;
    }

    /** Stops the move whose copy this is. */
    void stopMove() {
        Optional.ofNullable(origin).ifPresent(LogMove::giveUp);
    }

    /** As {@link LogUpkeep#settle}. */
    void settle(Runnable then) {
        upkeep.settle(then);
    }

    /**
     * Makes the batches durable before it returns, blocking for an fsync; false when the files are
     * being worked on just now.
     */
    boolean forceNow() throws IOException {
        return upkeep.forceNow();
    }

    /** Reads for a copy of the files, from the first offset in them on; not above the log end. */
    ReadResult readForCopy(long offset, int bytesMax) {
        Exception failure = log.failure();
        return failure == null
                ? reader.readFiles(offset, bytesMax, log.endOffset, Isolation.READ_UNCOMMITTED)
                : new ReadResult.Failed(failure);
    }

    /** Raises the log start and leaves what lies below to later retention. */
    void startAt(long offset) {
        log.startAt(offset);
    }

    /**
     * Goes on in the files of a copy, durable and with the same end; whoever listens to this log
     * notices nothing.
     *
     * @param copy nobody may use it as a log of its own any more
     * @return the files it leaves
     */
    LogContents continueIn(PartitionLog copy) {
        LogContents left = log;
        LogContents next = copy.log;
        next.settings = left.settings;
        next.highWatermark = left.highWatermark;
        log = next;
        upkeep = copy.upkeep;
        append = copy.append;
        reader = copy.reader;
        truncation = copy.truncation;
        retention = copy.retention;
        compaction = copy.compaction;
        upkeep.onDurable(durableListener);
        next.onFault(failureListener);
        next.onDamage(damageListener);
        upkeep.request(LogUpkeep.Extent.EVERYTHING);
        return left;
    }

    /** A step that changes the bounds of the log. */
    private interface Change {
        void make() throws IOException;
    }

    private ChangeResult change(Change change) {
        Exception ended = log.failure();
        if (ended != null) {
            return new ChangeResult.Failed(ended);
        }
        try {
            change.make();
            return new ChangeResult.Changed(log.startOffset, log.endOffset);
        } catch (IOException failure) {
            var damage = log.unforced(failure);
            log.fail(damage);
            return new ChangeResult.Failed(damage);
        }
    }
}
