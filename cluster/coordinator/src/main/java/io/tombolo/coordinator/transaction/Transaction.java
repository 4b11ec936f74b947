package io.tombolo.coordinator.transaction;

/**
 * A transactional id with its producer and its present or last transaction; an immutable value.
 *
 * @param lineage who the producer was before
 * @param partitions touched by the open transaction; while it ends, those that have no marker yet
 */
public record Transaction(
        String id,
        ProducerIdentity producer,
        Lineage lineage,
        TransactionState state,
        TouchedPartitions partitions,
        Terms terms) {

    /** The protocol in which every end of a transaction raises the epoch (KIP-890). */
    static final short RAISING_VERSION = 2;

    /**
     * Who the producer was and will be.
     *
     * @param lastEpoch the epoch in which the client asked for the one that it has now, so that it
     *     may ask again when the answer got lost; -1 when nobody may
     * @param previousId the producer id before the epochs of the last one were used up, or -1
     * @param nextId the producer id that the client has been told while markers of the old one are
     *     still on their way, or -1
     */
    public record Lineage(short lastEpoch, long previousId, long nextId) {

        static final Lineage NONE = new Lineage((short) -1, -1, -1);
    }

    /**
     * Times and what else a transaction is run by.
     *
     * @param timeoutMs how long a transaction may take
     * @param startMs when the transaction began, milliseconds since the Unix epoch; -1 when none
     *     has
     * @param updateMs when the last record was written, likewise
     * @param version protocol of the client in this transaction, 0 or {@link #RAISING_VERSION}
     */
    public record Terms(int timeoutMs, long startMs, long updateMs, short version) {}

    boolean is(TransactionState other) {
        return state == other;
    }

    /** Under which identity the client goes on once it is told of the end of its transaction. */
    ProducerIdentity successor() {
        return lineage.nextId >= 0 ? new ProducerIdentity(lineage.nextId, (short) 0) : producer;
    }

    /** Whether somebody asks again for what was granted already. */
    boolean grantedTo(ProducerIdentity asking) {
        if (asking.epoch() < 0 || asking.epoch() != lineage.lastEpoch) {
            return false;
        }
        boolean sameId = asking.id() == producer.id() && producer.epoch() == asking.epoch() + 1;
        boolean oldId = asking.id() == lineage.previousId && producer.epoch() == 0;
        return sameId || oldId;
    }

    Transaction as(ProducerIdentity next, Lineage from) {
        return new Transaction(id, next, from, state, partitions, terms);
    }

    Transaction in(TransactionState next, long nowMs) {
        return new Transaction(
                id,
                producer,
                lineage,
                next,
                partitions,
                new Terms(terms.timeoutMs, terms.startMs, nowMs, terms.version));
    }

    Transaction touching(TouchedPartitions next) {
        return new Transaction(id, producer, lineage, state, next, terms);
    }

    Transaction startedAt(long startMs) {
        return on(new Terms(terms.timeoutMs, startMs, terms.updateMs, terms.version));
    }

    Transaction speaking(short version) {
        return on(new Terms(terms.timeoutMs, terms.startMs, terms.updateMs, version));
    }

    Transaction on(Terms next) {
        return new Transaction(id, producer, lineage, state, partitions, next);
    }
}
