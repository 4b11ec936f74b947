package io.tombolo.storage.cleaner;

import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchCompression;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.RecordReader;
import io.tombolo.storage.partition.LogCompaction.ProducerTrace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Map;

/**
 * What is left of each batch, as a walk over a log from its beginning comes to it. Reads no clock
 * and no file. Mutable; one thread at a time.
 *
 * <p>The rules are Kafka's, word for word, because replicas on both sides of a link must agree on
 * what a consumer can still see:
 *
 * <ul>
 *   <li>A record stays while it is the latest of its key, and if it was not looked at yet. One
 *       without a key goes.
 *   <li>Tombstones and markers begin to age when they are first cleaned: then their batch gets the
 *       time from which they may go (KIP-534), and they stay until it has come.
 *   <li>Records of aborted transactions go. A marker stays as long as there is anything of its
 *       transaction in front of it, and then ages.
 *   <li>The batch with the last sequence of a producer stays, empty if need be; so does the last
 *       batch of what becomes one segment, so that a segment always ends where its last offset was.
 * </ul>
 */
final class BatchCleaning {

    private final OffsetMap latest;
    private final Map<Long, ProducerTrace> producers;
    private final Times times;
    private final Rules rules;
    private final RecordReader reader;
    private Transactions transactions;

    /**
     * @param nowMs when the pass began
     * @param deleteRetentionMs how long tombstones and markers stay
     */
    record Times(long nowMs, long deleteRetentionMs) {

        long horizonMs() {
            long horizon = nowMs + deleteRetentionMs;
            return horizon < 0 ? Long.MAX_VALUE : horizon;
        }
    }

    /** What is not taken for granted; less than {@link #ALL} only in tests of the tests. */
    record Rules(
            boolean keepsLatest,
            boolean keepsTombstones,
            boolean keepsMarkers,
            boolean keepsSequences,
            boolean dropsAborted) {

        static final Rules ALL = new Rules(true, true, true, true, true);
    }

    /** What becomes of a batch. */
    sealed interface Fate {

        /** Nothing is left. */
        record Gone() implements Fate {}

        /** It stays as it is, byte for byte. */
        record Whole() implements Fate {}

        /** This stays, at the same offsets. */
        record Rewritten(ByteBuffer batch) implements Fate {}
    }

    /** What a batch is kept for without its records. */
    private enum Need {
        NONE,
        OFFSETS,
        SEQUENCE
    }

    private static final Fate GONE = new Fate.Gone();
    private static final Fate WHOLE = new Fate.Whole();

    BatchCleaning(
            OffsetMap latest,
            Transactions transactions,
            Map<Long, ProducerTrace> producers,
            Times times,
            Rules rules,
            int inflatedBytesMax) {
        this.latest = latest;
        this.transactions = transactions;
        this.producers = producers;
        this.times = times;
        this.rules = rules;
        this.reader = new RecordReader(inflatedBytesMax);
    }

    /** Where the walk is, to come back to with {@link #resume}. */
    Transactions pause() {
        return transactions.copy();
    }

    void resume(Transactions paused) {
        transactions = paused;
    }

    Transactions transactions() {
        return transactions;
    }

    /**
     * Decides about the next batch.
     *
     * @param batch whole and sound
     * @param last whether it is the last one of what becomes a segment
     * @throws IOException when its records cannot be read
     */
    Fate of(BatchView batch, boolean last) throws IOException {
        Need need = last ? Need.OFFSETS : Need.NONE;
        if (rules.keepsSequences && lastOfProducer(batch)) {
            need = Need.SEQUENCE;
        }
        return batch.control() ? ofMarker(batch, need) : ofRecords(batch, need);
    }

    /**
     * The batch from which a start learns a producer's last sequence or, when there is none in its
     * epoch, the epoch.
     */
    private boolean lastOfProducer(BatchView batch) {
        ProducerTrace trace = batch.hasProducerId() ? producers.get(batch.producerId()) : null;
        if (trace == null) {
            return false;
        }
        return trace.lastDataOffset() >= 0
                ? trace.lastDataOffset() == batch.lastOffset()
                : batch.control() && trace.epoch() == batch.producerEpoch();
    }

    private Fate ofMarker(BatchView batch, Need need) throws IOException {
        boolean free = transactions.ends(batch) || !rules.keepsMarkers;
        if (batch.recordCount() == 0) {
            return without(batch, need);
        }
        if (!free) {
            return WHOLE;
        }
        if (!batch.deleteHorizon() && rules.keepsMarkers) {
            reader.open(batch);
            return new Fate.Rewritten(rewritten(batch, all(batch), times.horizonMs()));
        }
        return expired(batch) || !rules.keepsMarkers ? without(batch, need) : WHOLE;
    }

    private boolean expired(BatchView batch) {
        return batch.deleteHorizon() && batch.baseTimestampMs() <= times.nowMs;
    }

    private Fate ofRecords(BatchView batch, Need need) throws IOException {
        boolean aborted = transactions.aborted(batch);
        transactions.met(batch);
        if (aborted && rules.dropsAborted) {
            return without(batch, need);
        }
        if (batch.baseOffset() > latest.latestOffset()) {
            return batch.recordCount() == 0 ? without(batch, need) : WHOLE;
        }
        var kept = new BitSet();
        boolean tombstones = survivors(batch, kept);
        if (kept.isEmpty()) {
            return without(batch, need);
        }
        boolean newHorizon = tombstones && !batch.deleteHorizon();
        if (kept.cardinality() == batch.recordCount() && !newHorizon) {
            return WHOLE;
        }
        long horizonMs = batch.deleteHorizon() ? batch.baseTimestampMs() : times.horizonMs();
        boolean marked = batch.deleteHorizon() || tombstones;
        reader.rewind();
        return new Fate.Rewritten(rewritten(batch, kept, marked ? horizonMs : -1));
    }

    /** Marks the records that stay; whether there is a tombstone among them. */
    private boolean survivors(BatchView batch, BitSet kept) throws IOException {
        boolean expired = expired(batch) || !rules.keepsTombstones;
        boolean tombstones = false;
        reader.open(batch);
        while (reader.next()) {
            if (survives(expired)) {
                kept.set(reader.index());
                tombstones |= !reader.hasValue();
            }
        }
        refuseUnreadable(batch);
        return tombstones && rules.keepsTombstones;
    }

    private boolean survives(boolean expired) {
        ByteBuffer key = reader.key();
        if (reader.offset() > latest.latestOffset()) {
            return true;
        }
        if (key == null) {
            return false;
        }
        long newest = latest.latest(key);
        boolean latestOfKey =
                rules.keepsLatest ? reader.offset() >= newest : reader.offset() > newest;
        return latestOfKey && (reader.hasValue() || !expired);
    }

    private void refuseUnreadable(BatchView batch) throws IOException {
        if (reader.refusal() != null) {
            throw new IOException(
                    "the records of the batch at offset %d cannot be read: %s"
                            .formatted(batch.baseOffset(), reader.refusal()));
        }
    }

    private static BitSet all(BatchView batch) {
        var all = new BitSet();
        all.set(0, batch.recordCount());
        return all;
    }

    /**
     * Nobody finds a record by the time of a batch that has none, so only a producer's keeps it.
     */
    private static Fate without(BatchView batch, Need need) {
        if (need == Need.NONE) {
            return GONE;
        }
        boolean timed = batch.maxTimestampMs() != BatchView.NO_TIMESTAMP;
        if (batch.recordCount() == 0 && (need == Need.SEQUENCE || !timed)) {
            return WHOLE;
        }
        var spec = BatchSpec.of(batch).compressed(BatchCompression.NONE);
        ByteBuffer empty = new BatchBuilder(spec).keepRangeOf(batch).build();
        if (need == Need.OFFSETS) {
            BatchView.of(empty).patchMaxTimestamp(BatchView.NO_TIMESTAMP);
        }
        return new Fate.Rewritten(empty);
    }

    /** The batch that is open with some of its records, in its own compression. */
    private ByteBuffer rewritten(BatchView batch, BitSet kept, long horizonMs) throws IOException {
        var builder = new BatchBuilder(BatchSpec.of(batch));
        if (horizonMs >= 0) {
            builder.deleteHorizon(horizonMs);
        }
        while (reader.next()) {
            if (kept.get(reader.index())) {
                builder.copy(reader);
            }
        }
        refuseUnreadable(batch);
        return builder.keepRangeOf(batch).build();
    }
}
