package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.transaction.TransactionEvent.MarkersWanted;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a partition's leader knows of producers: epochs, open transactions and which coordinator was
 * heard last. Transactions are numbers that the world gives out.
 */
final class DataPartition {

    /** What became of a marker. */
    enum Marked {
        WRITTEN,
        OLD_NEWS,
        FENCED
    }

    /** Hears of each transaction that a marker ends here. */
    interface Verdicts {
        void ended(int transaction, boolean commit);
    }

    private static final class Entry {
        private short epoch = -1;
        private int coordinatorEpoch = -1;
        private int markers;
        private final Set<Integer> open = new TreeSet<>();
    }

    private final Map<Long, Entry> producers = new HashMap<>();

    private Entry entry(long producerId) {
        return producers.computeIfAbsent(producerId, unused -> new Entry());
    }

    /** Whether a batch continues what was verified before. */
    boolean continues(ProducerIdentity producer) {
        Entry entry = entry(producer.id());
        return !entry.open.isEmpty() && entry.epoch == producer.epoch();
    }

    /** A verification holds as long as no marker comes in between. */
    int guard(ProducerIdentity producer) {
        return entry(producer.id()).markers;
    }

    boolean append(ProducerIdentity producer, int transaction, int guard) {
        Entry entry = entry(producer.id());
        if (producer.epoch() < entry.epoch || guard != entry.markers) {
            return false;
        }
        entry.epoch = producer.epoch();
        entry.open.add(transaction);
        return true;
    }

    Marked mark(MarkersWanted marker, int coordinatorEpoch, Verdicts verdicts) {
        Entry entry = entry(marker.producer().id());
        short epoch = marker.producer().epoch();
        if (epoch < entry.epoch) {
            return Marked.OLD_NEWS;
        }
        if (coordinatorEpoch < entry.coordinatorEpoch) {
            return Marked.FENCED;
        }
        if (marker.version() == Transaction.RAISING_VERSION
                && epoch == entry.epoch
                && epoch != Short.MAX_VALUE
                && !entry.open.isEmpty()) {
            return Marked.OLD_NEWS;
        }
        entry.open.forEach(transaction -> verdicts.ended(transaction, marker.commit()));
        entry.open.clear();
        entry.epoch = epoch;
        entry.coordinatorEpoch = coordinatorEpoch;
        entry.markers++;
        return Marked.WRITTEN;
    }

    boolean stable() {
        return producers.values().stream().allMatch(entry -> entry.open.isEmpty());
    }
}
