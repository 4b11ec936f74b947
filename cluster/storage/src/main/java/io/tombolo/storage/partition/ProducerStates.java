package io.tombolo.storage.partition;

import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.EndTransactionMarker;
import io.tombolo.storage.log.AppendOrigin;
import io.tombolo.storage.log.AppendResult;
import io.tombolo.storage.log.ProducerView;
import io.tombolo.storage.segment.AbortedTransaction;
import io.tombolo.storage.segment.ProducerSnapshot;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The producers of a log, their sequences and transactions: what Kafka derives from the batches,
 * and nothing that is not in them. Mutable; owned by its log.
 */
public final class ProducerStates {

    /** First offset of an ended transaction to the offset of its marker. */
    private final TreeMap<Long, Long> ended = new TreeMap<>();

    /** First offset of an open transaction to its producer's id. */
    private final TreeMap<Long, Long> open = new TreeMap<>();

    private final Map<Long, ProducerEntry> producers = new HashMap<>();
    private long lastBatchOffset = -1;
    private boolean forgetful;

    /** The sequence that lies a number of records before another; sequences wrap to 0. */
    static int sequenceBefore(int sequence, int records) {
        return (int) Math.floorMod((long) sequence - records, 1L << 31);
    }

    /** Records from one sequence to a later one. */
    static int distance(int from, int to) {
        return (int) Math.floorMod((long) to - from, 1L << 31);
    }

    /** Offset of the last batch that has left a trace here; -1 when there is none. */
    long lastBatchOffset() {
        return lastBatchOffset;
    }

    /**
     * Whether the leader may append a batch; null when it may. Duplicates are a refusal, too: they
     * are in the log already.
     *
     * <p>An unknown producer may begin at any sequence, because it may have been forgotten
     * (KIP-360). As long as nobody can have been, it has to begin at 0: of the batches that a
     * producer has under way the first may meet a broker that does not lead yet, and the next must
     * not get in before it.
     */
    @Nullable AppendResult judge(BatchView batch, AppendOrigin origin) {
        ProducerEntry entry = producers.get(batch.producerId());
        boolean sequenced = origin == AppendOrigin.PRODUCER;
        if (entry == null) {
            return sequenced && !batch.control() && !forgetful ? inSequence(batch, 0) : null;
        }
        AppendResult duplicate = sequenced ? duplicate(entry, batch) : null;
        if (duplicate != null) {
            return duplicate;
        }
        if (batch.producerEpoch() < entry.epoch() || late(batch, entry, origin)) {
            return new AppendResult.InvalidProducerEpoch(
                    batch.producerId(), entry.epoch(), batch.producerEpoch());
        }
        if (batch.control()) {
            return judgeMarker(entry, batch);
        }
        if (sequenced) {
            AppendResult refusal = judgeSequence(entry, batch);
            if (refusal != null) {
                return refusal;
            }
        }
        return entry.transactionOffset() != ProducerEntry.NONE && !batch.transactional()
                ? new AppendResult.InvalidTransactionState(batch.producerId())
                : null;
    }

    private static @Nullable AppendResult duplicate(ProducerEntry entry, BatchView batch) {
        AppendResult.Duplicate remembered = entry.duplicateOf(batch);
        return remembered != null ? remembered : entry.inherited(batch);
    }

    /** Whether a marker belongs to a transaction before the open one; see the origin. */
    private static boolean late(BatchView batch, ProducerEntry entry, AppendOrigin origin) {
        return origin == AppendOrigin.RAISING_COORDINATOR
                && batch.control()
                && batch.producerEpoch() == entry.epoch()
                && entry.transactionOffset() != ProducerEntry.NONE
                && batch.producerEpoch() != Short.MAX_VALUE;
    }

    private static @Nullable AppendResult judgeMarker(ProducerEntry entry, BatchView batch) {
        Optional<EndTransactionMarker> marker = EndTransactionMarker.read(batch);
        if (marker.isPresent() && marker.get().coordinatorEpoch() < entry.coordinatorEpoch()) {
            return new AppendResult.CoordinatorFenced(
                    batch.producerId(), entry.coordinatorEpoch(), marker.get().coordinatorEpoch());
        }
        return null;
    }

    private static @Nullable AppendResult judgeSequence(ProducerEntry entry, BatchView batch) {
        int expected;
        if (batch.producerEpoch() != entry.epoch()) {
            expected = 0;
        } else {
            int last = entry.lastSequence();
            expected = last == Integer.MAX_VALUE ? 0 : last + 1;
        }
        return inSequence(batch, expected);
    }

    private static @Nullable AppendResult inSequence(BatchView batch, int expected) {
        return batch.baseSequence() == expected
                ? null
                : new AppendResult.OutOfOrderSequence(
                        batch.producerId(), expected, batch.baseSequence());
    }

    /**
     * Follows a batch that is in the log.
     *
     * @return the transaction that it aborted, if it did
     */
    Optional<AbortedTransaction> appended(BatchView batch) {
        if (!batch.hasProducerId()) {
            return Optional.empty();
        }
        lastBatchOffset = batch.lastOffset();
        ProducerEntry entry = producers.computeIfAbsent(batch.producerId(), ProducerEntry::new);
        if (batch.control()) {
            return EndTransactionMarker.read(batch).flatMap(marker -> end(entry, marker, batch));
        }
        entry.appended(batch);
        if (entry.transactionOffset() != ProducerEntry.NONE) {
            open.putIfAbsent(entry.transactionOffset(), entry.producerId());
        }
        return Optional.empty();
    }

    private Optional<AbortedTransaction> end(
            ProducerEntry entry, EndTransactionMarker marker, BatchView batch) {
        long first = entry.transactionOffset();
        entry.ended(batch.producerEpoch(), marker.coordinatorEpoch(), batch.maxTimestampMs());
        if (first == ProducerEntry.NONE) {
            return Optional.empty();
        }
        open.remove(first);
        ended.put(first, batch.lastOffset());
        if (marker.commit()) {
            return Optional.empty();
        }
        long stable = open.isEmpty() ? batch.lastOffset() + 1 : open.firstKey();
        return Optional.of(
                new AbortedTransaction(entry.producerId(), first, batch.lastOffset(), stable));
    }

    /** See {@link PartitionLog#lastStableOffset}. */
    public long lastStableOffset(long highWatermark) {
        ended.values().removeIf(marker -> marker < highWatermark);
        long stable = highWatermark;
        if (!open.isEmpty()) {
            stable = Math.min(stable, open.firstKey());
        }
        if (!ended.isEmpty()) {
            stable = Math.min(stable, ended.firstKey());
        }
        return stable;
    }

    /**
     * The log now starts at an offset: ended transactions below are nobody's business any more. An
     * open one stays open, because records of it may lie above.
     */
    void startAt(long startOffset) {
        forgetful |= startOffset > 0;
        ended.values().removeIf(marker -> marker < startOffset);
    }

    /** Forgets producers without an open transaction that have been idle for longer. */
    public void expire(long nowMs, long idleMsMax) {
        forgetful |=
                producers
                        .values()
                        .removeIf(entry ->
                                entry.transactionOffset() == ProducerEntry.NONE
                                        && nowMs - entry.lastTimestampMs() >= idleMsMax);
    }

    /**
     * Remembers whom another log with the same end remembers, and forgets whom it has forgotten.
     */
    void learnFrom(ProducerStates other) {
        forgetful |= other.forgetful;
        producers.keySet().retainAll(other.producers.keySet());
        open.values().removeIf(producerId -> !producers.containsKey(producerId));
        for (ProducerSnapshot.Entry entry : other.save().producers()) {
            if (producers.putIfAbsent(entry.producerId(), ProducerEntry.of(entry)) == null
                    && entry.openTransactionOffset() >= 0) {
                open.put(entry.openTransactionOffset(), entry.producerId());
            }
        }
        lastBatchOffset = Math.max(lastBatchOffset, other.lastBatchOffset);
    }

    /** Begins anew, as for an empty log that starts at 0. */
    void clear() {
        forgetful = false;
        producers.clear();
        open.clear();
        ended.clear();
        lastBatchOffset = -1;
    }

    public @Nullable ProducerEntry entry(long producerId) {
        return producers.get(producerId);
    }

    public List<ProducerView> views() {
        return producers.values().stream()
                .sorted(Comparator.comparingLong(ProducerEntry::producerId))
                .map(ProducerEntry::view)
                .toList();
    }

    /** Tells of every producer where the last of it is. */
    void traces(BiConsumer<Long, LogCompaction.ProducerTrace> told) {
        for (ProducerEntry entry : producers.values()) {
            told.accept(
                    entry.producerId(),
                    new LogCompaction.ProducerTrace(entry.lastOffset(), entry.epoch()));
        }
    }

    ProducerSnapshot save() {
        return new ProducerSnapshot(
                producers.values().stream()
                        .sorted(Comparator.comparingLong(ProducerEntry::producerId))
                        .map(ProducerEntry::save)
                        .toList());
    }

    /** Begins anew with what was saved as of an offset; some may have been forgotten before. */
    void load(ProducerSnapshot saved, long offset) {
        clear();
        forgetful = offset > 0;
        for (ProducerSnapshot.Entry entry : saved.producers()) {
            producers.put(entry.producerId(), ProducerEntry.of(entry));
            if (entry.openTransactionOffset() >= 0) {
                open.put(entry.openTransactionOffset(), entry.producerId());
            }
        }
        lastBatchOffset = offset - 1;
    }
}
