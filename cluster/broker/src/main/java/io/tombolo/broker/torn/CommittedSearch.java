package io.tombolo.broker.torn;

import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.EndTransactionMarker;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks for transactions of some producers in the batches of a part of a log, in their order.
 *
 * <p>Only a producer whose epoch is raised by each end (KIP-890) has one transaction per epoch: its
 * records have that epoch, the first of them has the sequence 0, and the marker has the next epoch.
 * So it is known which transaction a marker has ended. Of a producer that keeps its epoch nothing
 * tells, and nothing is found. Mutable; used by one thread at a time.
 *
 * <pre>
 * marker in the epoch, first    -> the end of the one before
 * records in the epoch          -> seen; with sequence 0, seen whole; otherwise, after such a
 *                                  marker, over: that end was not a raising one
 * records in the next epoch     -> over: the end was not a raising one
 * marker in the epoch, later    -> over: likewise
 * marker in the next epoch      -> over; when it commits what was seen, that is found
 * </pre>
 */
final class CommittedSearch {

    private static final long UNSEEN = -1;

    private final Map<Long, List<Trace>> byProducer = new HashMap<>();

    /** What was seen of one transaction. */
    private static final class Trace {
        private final Suspect suspect;
        private long firstOffset = UNSEEN;
        private boolean whole;

        /** Its epoch began with the end of the one before. */
        private boolean begun;

        private boolean over;
        private @Nullable TornTransaction found;

        private Trace(Suspect suspect) {
            this.suspect = suspect;
        }
    }

    CommittedSearch(Collection<Suspect> suspects) {
        for (Suspect one : suspects) {
            byProducer
                    .computeIfAbsent(one.producerId(), _ -> new ArrayList<>())
                    .add(new Trace(one));
        }
    }

    /** Whether a batch says anything, as its header tells. */
    boolean concerns(BatchView batch) {
        return batch.transactional() && byProducer.containsKey(batch.producerId());
    }

    /**
     * Takes the next batch.
     *
     * @param batch whole when it is a control batch
     */
    void add(BatchView batch) {
        if (!concerns(batch)) {
            return;
        }
        for (Trace trace : byProducer.getOrDefault(batch.producerId(), List.of())) {
            if (!trace.over) {
                add(trace, batch);
            }
        }
    }

    private static void add(Trace trace, BatchView batch) {
        int raisedBy = batch.producerEpoch() - trace.suspect.producerEpoch();
        if (raisedBy == 0 && !batch.control()) {
            if (trace.firstOffset == UNSEEN) {
                trace.firstOffset = batch.baseOffset();
                trace.whole = batch.baseSequence() == 0;
                trace.over = trace.begun && !trace.whole;
            }
            return;
        }
        if (raisedBy == 0 && trace.firstOffset == UNSEEN) {
            trace.begun = true;
            return;
        }
        trace.over = raisedBy >= 0;
        if (raisedBy == 1 && trace.firstOffset != UNSEEN && commits(batch)) {
            trace.found =
                    new TornTransaction(
                            trace.suspect.producerId(),
                            trace.suspect.producerEpoch(),
                            trace.whole ? trace.firstOffset : UNSEEN,
                            batch.baseOffset());
        }
    }

    private static boolean commits(BatchView batch) {
        return batch.control()
                && EndTransactionMarker.read(batch)
                        .filter(EndTransactionMarker::commit)
                        .isPresent();
    }

    /** Whether nothing more would be found by beginning further back. */
    boolean complete() {
        return byProducer.values().stream().flatMap(List::stream).allMatch(trace -> trace.whole);
    }

    /** Those that are committed. */
    List<TornTransaction> found() {
        var all = new ArrayList<TornTransaction>();
        for (List<Trace> traces : byProducer.values()) {
            for (Trace trace : traces) {
                if (trace.found != null) {
                    all.add(trace.found);
                }
            }
        }
        all.sort(TornTransactions.BY_PRODUCER);
        return all;
    }
}
