package io.tombolo.storage.partition;

import io.tombolo.protocol.records.BatchView;
import io.tombolo.storage.log.AppendResult;
import io.tombolo.storage.log.ProducerView;
import io.tombolo.storage.segment.ProducerSnapshot;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;

/** What a log remembers of one producer. Mutable; owned by its log. */
public final class ProducerEntry {

    /** How many batches a producer may have in flight and send again. */
    static final int BATCHES_MAX = 5;

    public static final int NONE = -1;

    private static final long SEQUENCES_BACK_MAX = 1L << 30;

    private final long producerId;
    private final int[] firstSequences = new int[BATCHES_MAX];
    private final int[] lastSequences = new int[BATCHES_MAX];
    private final long[] lastOffsets = new long[BATCHES_MAX];
    private final long[] timestamps = new long[BATCHES_MAX];
    private int batchCount;
    private int newest;
    private short epoch = NONE;
    private int coordinatorEpoch = NONE;
    private long lastTimestampMs = BatchView.NO_TIMESTAMP;
    private long transactionOffset = NONE;
    private int leaderEpoch = NONE;

    /** How many records up to the last one are known to have come without a gap. */
    private long run;

    /** What an earlier leader appended last in this epoch of the producer, if anything. */
    private int inheritedSequence = NONE;

    private long inheritedRun;
    private long inheritedEndOffset;

    ProducerEntry(long producerId) {
        this.producerId = producerId;
    }

    static ProducerEntry of(ProducerSnapshot.Entry saved) {
        var entry = new ProducerEntry(saved.producerId());
        entry.epoch = saved.producerEpoch();
        entry.coordinatorEpoch = saved.coordinatorEpoch();
        entry.transactionOffset = saved.openTransactionOffset();
        entry.lastTimestampMs = saved.timestampMs();
        if (saved.lastSequence() >= 0) {
            int first = ProducerStates.sequenceBefore(saved.lastSequence(), saved.offsetDelta());
            entry.add(first, saved.lastSequence(), saved.lastOffset(), saved.timestampMs());
            entry.run = saved.offsetDelta() + 1L;
        }
        return entry;
    }

    long producerId() {
        return producerId;
    }

    public short epoch() {
        return epoch;
    }

    int coordinatorEpoch() {
        return coordinatorEpoch;
    }

    long lastTimestampMs() {
        return lastTimestampMs;
    }

    /** First offset of the open transaction, or {@link #NONE}. */
    public long transactionOffset() {
        return transactionOffset;
    }

    /** Sequence of the last record, or {@link #NONE}. */
    int lastSequence() {
        return batchCount == 0 ? NONE : lastSequences[newest];
    }

    /** Offset of the last record, or {@link #NONE}. */
    long lastOffset() {
        return batchCount == 0 ? NONE : lastOffsets[newest];
    }

    /** The original of a batch that is sent again; null when it is not among the last ones. */
    AppendResult.@Nullable Duplicate duplicateOf(BatchView batch) {
        if (batch.producerEpoch() != epoch) {
            return null;
        }
        for (int age = 0; age < batchCount; age++) {
            int slot = Math.floorMod(newest - age, BATCHES_MAX);
            if (firstSequences[slot] == batch.baseSequence()
                    && lastSequences[slot] == batch.lastSequence()) {
                long first = lastOffsets[slot] - batch.lastOffsetDelta();
                return new AppendResult.Duplicate(first, lastOffsets[slot], timestamps[slot]);
            }
        }
        return null;
    }

    /**
     * A batch that an earlier leader appended, and that is not among the last ones any more; null
     * when it is not known to be one.
     */
    AppendResult.@Nullable OldDuplicate inherited(BatchView batch) {
        if (batch.producerEpoch() != epoch || inheritedSequence == NONE) {
            return null;
        }
        int back = ProducerStates.distance(batch.baseSequence(), inheritedSequence);
        int backOfLast = ProducerStates.distance(batch.lastSequence(), inheritedSequence);
        // What lies further back than half of all sequences rather lies ahead.
        return back < Math.min(inheritedRun, SEQUENCES_BACK_MAX) && backOfLast <= back
                ? new AppendResult.OldDuplicate(
                        producerId, batch.baseSequence(), inheritedEndOffset)
                : null;
    }

    /** A data batch of this producer is in the log. */
    void appended(BatchView batch) {
        enterEpoch(batch.producerEpoch());
        lastTimestampMs = batch.maxTimestampMs();
        if (batch.baseSequence() >= 0) {
            inherit(batch.partitionLeaderEpoch());
            boolean next =
                    batchCount > 0
                            && ProducerStates.distance(lastSequence(), batch.baseSequence()) == 1;
            run = (next ? run : 0) + batch.lastOffsetDelta() + 1L;
            add(
                    batch.baseSequence(),
                    batch.lastSequence(),
                    batch.lastOffset(),
                    batch.maxTimestampMs());
        }
        if (batch.transactional() && transactionOffset == NONE) {
            transactionOffset = batch.baseOffset();
        }
    }

    /** What there is when another leader appends for the first time was appended before it. */
    private void inherit(int nextLeaderEpoch) {
        if (nextLeaderEpoch != leaderEpoch) {
            leaderEpoch = nextLeaderEpoch;
            inheritedSequence = lastSequence();
            inheritedRun = run;
            inheritedEndOffset = lastOffset() + 1;
        }
    }

    /** A marker has ended the open transaction, if there is one. */
    void ended(short markerEpoch, int markerCoordinatorEpoch, long timestampMs) {
        enterEpoch(markerEpoch);
        coordinatorEpoch = markerCoordinatorEpoch;
        lastTimestampMs = timestampMs;
        transactionOffset = NONE;
    }

    private void enterEpoch(short newEpoch) {
        if (newEpoch != epoch) {
            epoch = newEpoch;
            batchCount = 0;
            run = 0;
            inheritedSequence = NONE;
        }
    }

    private void add(int firstSequence, int lastSequence, long lastOffset, long timestampMs) {
        newest = (newest + 1) % BATCHES_MAX;
        firstSequences[newest] = firstSequence;
        lastSequences[newest] = lastSequence;
        lastOffsets[newest] = lastOffset;
        timestamps[newest] = timestampMs;
        batchCount = Math.min(BATCHES_MAX, batchCount + 1);
    }

    ProducerView view() {
        return new ProducerView(
                producerId,
                epoch,
                lastSequence(),
                lastTimestampMs,
                coordinatorEpoch,
                transactionOffset == NONE
                        ? OptionalLong.empty()
                        : OptionalLong.of(transactionOffset));
    }

    ProducerSnapshot.Entry save() {
        boolean known = batchCount > 0;
        return new ProducerSnapshot.Entry(
                producerId,
                epoch,
                lastSequence(),
                known ? lastOffsets[newest] : NONE,
                known ? ProducerStates.distance(firstSequences[newest], lastSequences[newest]) : 0,
                lastTimestampMs,
                coordinatorEpoch,
                transactionOffset);
    }
}
