package io.tombolo.storage.cleaner;

import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.EndTransactionMarker;
import io.tombolo.storage.segment.AbortedTransaction;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The transactions of a log as a walk over its batches meets them: whose records were aborted, and
 * which markers still have records in front of them. Mutable; one thread at a time.
 */
final class Transactions {

    /** For each producer its aborted transactions, by their first offset. */
    private final Map<Long, TreeMap<Long, AbortedTransaction>> aborted;

    /** Producers of which a batch was met since their last marker. */
    private final Set<Long> begun;

    /**
     * @param aborted all of the log, in any order
     */
    Transactions(List<AbortedTransaction> aborted) {
        this.aborted = new HashMap<>();
        for (AbortedTransaction one : aborted) {
            this.aborted
                    .computeIfAbsent(one.producerId(), _ -> new TreeMap<>())
                    .put(one.firstOffset(), one);
        }
        this.begun = new HashSet<>();
    }

    private Transactions(Map<Long, TreeMap<Long, AbortedTransaction>> aborted, Set<Long> begun) {
        this.aborted = aborted;
        this.begun = begun;
    }

    /** The same, to go on twice from here. */
    Transactions copy() {
        return new Transactions(aborted, new HashSet<>(begun));
    }

    /** Whether the records of a batch, which is no control batch, were aborted. */
    boolean aborted(BatchView batch) {
        return batch.transactional() && of(batch.producerId(), batch.baseOffset()).isPresent();
    }

    /** Takes note of a batch that the walk has come to, and which is no control batch. */
    void met(BatchView batch) {
        if (batch.transactional()) {
            begun.add(batch.producerId());
        }
    }

    /**
     * Takes note of a control batch that the walk has come to.
     *
     * @return whether nothing of its transaction was met, so that nobody needs it any more
     */
    boolean ends(BatchView marker) {
        if (marker.recordCount() == 0) {
            return true;
        }
        Optional<EndTransactionMarker> known = EndTransactionMarker.read(marker);
        return known.isPresent() && !begun.remove(marker.producerId());
    }

    /** The transaction that a marker has aborted. */
    Optional<AbortedTransaction> abortedBy(BatchView marker) {
        return of(marker.producerId(), marker.baseOffset())
                .filter(one -> one.lastOffset() == marker.baseOffset());
    }

    private Optional<AbortedTransaction> of(long producerId, long offset) {
        TreeMap<Long, AbortedTransaction> ofProducer = aborted.get(producerId);
        var at = ofProducer == null ? null : ofProducer.floorEntry(offset);
        return at != null && at.getValue().lastOffset() >= offset
                ? Optional.of(at.getValue())
                : Optional.empty();
    }
}
