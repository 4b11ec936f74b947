package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.runtime.Ticket;
import io.tombolo.coordinator.transaction.ProducerAnswer.Granted;
import io.tombolo.coordinator.transaction.ProducerAnswer.ProducerIdWanted;
import io.tombolo.coordinator.transaction.ProducerAnswer.Refused;
import io.tombolo.coordinator.transaction.Transaction.Lineage;
import io.tombolo.coordinator.transaction.Transaction.Terms;
import io.tombolo.coordinator.transaction.TransactionCommand.Initialize;

import org.apache.kafka.common.protocol.Errors;

/**
 * Producers that begin, or begin anew. Whoever begins without saying who it was takes the place of
 * whoever had the transactional id before; whoever says so goes on only while nobody else has
 * (KIP-360).
 */
final class InitRules {

    private final EndRules ends;

    InitRules(EndRules ends) {
        this.ends = ends;
    }

    void initialize(Draft draft, Initialize request) {
        Transaction transaction = draft.transaction(request.id());
        if (transaction == null) {
            begin(draft, request);
        } else if (fenced(transaction, request.expected())) {
            refuse(draft, request.ticket(), Errors.PRODUCER_FENCED);
        } else if (transaction.is(TransactionState.ONGOING)) {
            // The client asks again until the markers are written, and is granted an epoch then.
            ends.fence(draft, transaction, request.expected().epoch());
            refuse(draft, request.ticket(), Errors.CONCURRENT_TRANSACTIONS);
        } else if (transaction.state().ending()) {
            refuse(draft, request.ticket(), Errors.CONCURRENT_TRANSACTIONS);
        } else {
            beginAnew(draft, transaction, request);
        }
    }

    private static void begin(Draft draft, Initialize request) {
        if (request.spareId().isEmpty()) {
            draft.answer(request.ticket(), new ProducerIdWanted());
            return;
        }
        var producer = new ProducerIdentity(request.spareId().getAsLong(), (short) 0);
        // Its id may have expired meanwhile; it may ask again all the same.
        ProducerIdentity expected = request.expected();
        store(draft, request, producer, new Lineage(expected.epoch(), expected.id(), -1));
    }

    /**
     * Whether somebody else has begun since the client had this identity. Unlike Kafka's, this
     * coordinator looks at the epoch also while a transaction is open: a zombie that asks for its
     * next epoch must not cost its successor the transaction.
     */
    private static boolean fenced(Transaction transaction, ProducerIdentity expected) {
        if (!expected.known() || expected.equals(transaction.successor())) {
            return false;
        }
        return transaction.is(TransactionState.ONGOING) || !transaction.grantedTo(expected);
    }

    private static void beginAnew(Draft draft, Transaction transaction, Initialize request) {
        ProducerIdentity present = transaction.producer();
        boolean granted = request.expected().known() && !request.expected().equals(present);
        if (granted && present.epoch() <= ProducerIdentity.EPOCH_MAX) {
            store(draft, request, present, transaction.lineage());
            return;
        }
        short lastEpoch = request.expected().epoch();
        if (!present.exhausted()) {
            long previousId = transaction.lineage().previousId();
            store(draft, request, present.raised(), new Lineage(lastEpoch, previousId, -1));
        } else if (request.spareId().isEmpty()) {
            draft.answer(request.ticket(), new ProducerIdWanted());
        } else {
            var next = new ProducerIdentity(request.spareId().getAsLong(), (short) 0);
            store(draft, request, next, new Lineage(lastEpoch, present.id(), -1));
        }
    }

    private static void store(
            Draft draft, Initialize request, ProducerIdentity producer, Lineage lineage) {
        draft.store(
                new Transaction(
                        request.id(),
                        producer,
                        lineage,
                        TransactionState.EMPTY,
                        TouchedPartitions.NONE,
                        new Terms(request.timeoutMs(), -1, draft.nowMs(), (short) 0)));
        draft.answer(request.ticket(), new Granted(producer));
    }

    private static void refuse(Draft draft, Ticket<ProducerAnswer> ticket, Errors error) {
        draft.answer(ticket, new Refused(error));
    }
}
