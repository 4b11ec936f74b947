package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.runtime.Ticket;
import io.tombolo.coordinator.transaction.ProducerAnswer.Granted;
import io.tombolo.coordinator.transaction.ProducerAnswer.ProducerIdWanted;
import io.tombolo.coordinator.transaction.ProducerAnswer.Refused;
import io.tombolo.coordinator.transaction.Transaction.Lineage;
import io.tombolo.coordinator.transaction.TransactionCommand.End;
import io.tombolo.coordinator.transaction.TransactionCommand.MarkersWritten;
import io.tombolo.coordinator.transaction.TransactionEvent.MarkersWanted;
import io.tombolo.environment.Invariant;

import org.apache.kafka.common.protocol.Errors;

/**
 * How transactions end. The outcome is decided with the record of a PREPARE state and never
 * changes; the client is answered then, and the markers follow.
 */
final class EndRules {

    void end(Draft draft, End request) {
        Transaction transaction = draft.transaction(request.id());
        if (transaction == null) {
            refuse(draft, request.ticket(), Errors.INVALID_PRODUCER_ID_MAPPING);
        } else if (request.ending().raising()) {
            endRaising(draft, transaction, request);
        } else {
            endKeeping(draft, transaction, request);
        }
    }

    // ---- clients that keep their epoch ----

    private void endKeeping(Draft draft, Transaction transaction, End request) {
        ProducerIdentity asking = request.producer();
        if (asking.id() != transaction.producer().id()) {
            refuse(draft, request.ticket(), Errors.INVALID_PRODUCER_ID_MAPPING);
            return;
        }
        if (asking.epoch() != transaction.producer().epoch()) {
            refuse(draft, request.ticket(), Errors.PRODUCER_FENCED);
            return;
        }
        switch (transaction.state()) {
            case ONGOING -> decide(draft, transaction, request);
            case PREPARE_COMMIT, PREPARE_ABORT, COMPLETE_COMMIT, COMPLETE_ABORT ->
                    repeat(draft, transaction, request);
            case EMPTY, DEAD, PREPARE_EPOCH_FENCE ->
                    refuse(draft, request.ticket(), Errors.INVALID_TXN_STATE);
        }
    }

    // ---- clients that get a new epoch with each end ----

    private void endRaising(Draft draft, Transaction transaction, End request) {
        boolean ended =
                !transaction.is(TransactionState.ONGOING)
                        && !transaction.is(TransactionState.EMPTY);
        if (ended && transaction.grantedTo(request.producer())) {
            repeat(draft, transaction, request);
            return;
        }
        ProducerIdentity present = transaction.successor();
        if (request.producer().id() != present.id()) {
            refuse(draft, request.ticket(), Errors.INVALID_PRODUCER_ID_MAPPING);
        } else if (request.producer().epoch() != present.epoch()) {
            refuse(draft, request.ticket(), Errors.PRODUCER_FENCED);
        } else if (transaction.is(TransactionState.ONGOING)) {
            decide(draft, transaction, request);
        } else if (transaction.state().ending()) {
            refuse(draft, request.ticket(), Errors.CONCURRENT_TRANSACTIONS);
        } else if (request.ending().commit()) {
            refuse(draft, request.ticket(), Errors.INVALID_TXN_STATE);
        } else {
            abortNothing(draft, transaction, request);
        }
    }

    /** Somebody asks for an end that is decided already. */
    private static void repeat(Draft draft, Transaction transaction, End request) {
        boolean committed =
                transaction.is(TransactionState.PREPARE_COMMIT)
                        || transaction.is(TransactionState.COMPLETE_COMMIT);
        if (committed != request.ending().commit()) {
            refuse(draft, request.ticket(), Errors.INVALID_TXN_STATE);
        } else if (transaction.state().ending()) {
            refuse(draft, request.ticket(), Errors.CONCURRENT_TRANSACTIONS);
        } else {
            draft.answer(request.ticket(), new Granted(transaction.producer()));
        }
    }

    /**
     * The client aborts without having written anything; or its coordinator never heard of what it
     * wrote, then the new epoch keeps late batches out.
     */
    private static void abortNothing(Draft draft, Transaction transaction, End request) {
        if (transaction.producer().exhausted() && request.spareId().isEmpty()) {
            draft.answer(request.ticket(), new ProducerIdWanted());
            return;
        }
        Transaction over = complete(draft, prepared(draft, transaction, request));
        draft.answer(request.ticket(), new Granted(over.producer()));
    }

    private static void decide(Draft draft, Transaction transaction, End request) {
        boolean raising = request.ending().raising();
        if (raising && transaction.producer().exhausted() && request.spareId().isEmpty()) {
            draft.answer(request.ticket(), new ProducerIdWanted());
            return;
        }
        Errors refusal = request.ending().refusalFor(transaction.partitions());
        if (refusal != Errors.NONE) {
            refuse(draft, request.ticket(), refusal);
            return;
        }
        Transaction ending = prepared(draft, transaction, request);
        prepare(draft, ending);
        draft.answer(request.ticket(), new Granted(ending.successor()));
    }

    private static Transaction prepared(Draft draft, Transaction transaction, End request) {
        ProducerIdentity producer = transaction.producer();
        boolean raising = request.ending().raising();
        long nextId = raising && producer.exhausted() ? request.spareId().orElseThrow() : -1;
        Lineage lineage =
                new Lineage(
                        raising ? producer.epoch() : -1,
                        transaction.lineage().previousId(),
                        nextId);
        TransactionState next =
                request.ending().commit()
                        ? TransactionState.PREPARE_COMMIT
                        : TransactionState.PREPARE_ABORT;
        return transaction
                .as(raising ? producer.raised() : producer, lineage)
                .speaking(raising ? Transaction.RAISING_VERSION : 0)
                .in(next, draft.nowMs());
    }

    // ---- ends that no client asked for ----

    /**
     * Aborts an open transaction whose producer took too long. Nobody has taken its place: when it
     * aborts, too, it goes on in the epoch after.
     */
    void timeIsUp(Draft draft, Transaction transaction) {
        if (transaction.is(TransactionState.ONGOING)) {
            draft.tell(
                    new TransactionEvent.TimedOut(
                            transaction.id(),
                            transaction.producer(),
                            transaction.terms().startMs()));
            fence(draft, transaction, transaction.producer().epoch());
        }
    }

    /**
     * Aborts an open transaction in an epoch that no client has, so that its producer can write
     * nothing more.
     *
     * @param lastEpoch the epoch of the client that may go on after it; -1 when none may
     */
    void fence(Draft draft, Transaction transaction, short lastEpoch) {
        ProducerIdentity producer = transaction.producer();
        Invariant.check(
                producer.epoch() < Short.MAX_VALUE,
                "producer %d has an open transaction in epoch %d",
                producer.id(),
                producer.epoch());
        var lineage = new Lineage(lastEpoch, transaction.lineage().previousId(), -1);
        prepare(
                draft,
                transaction
                        .as(producer.raised(), lineage)
                        .in(TransactionState.PREPARE_ABORT, draft.nowMs()));
    }

    // ---- what all ends have in common ----

    private static void prepare(Draft draft, Transaction ending) {
        draft.cancel(TransactionAlarm.timeout(ending.id()));
        draft.store(ending);
        wantMarkers(draft, ending);
    }

    /** Asks for the markers that are missing; again after a failover. */
    static void wantMarkers(Draft draft, Transaction ending) {
        if (ending.partitions().isEmpty()) {
            complete(draft, ending);
            return;
        }
        draft.tell(
                new MarkersWanted(
                        ending.id(),
                        ending.producer(),
                        ending.is(TransactionState.PREPARE_COMMIT),
                        ending.terms().version(),
                        ending.partitions()));
    }

    void markersWritten(Draft draft, MarkersWritten news) {
        Transaction ending = draft.transaction(news.id());
        if (ending != null
                && ending.state().ending()
                && ending.producer().equals(news.producer())) {
            Transaction rest = ending.touching(ending.partitions().minus(news.partitions()));
            if (rest.partitions().isEmpty()) {
                complete(draft, rest);
            } else {
                draft.put(rest);
            }
        }
        draft.answer(news.ticket(), Errors.NONE);
    }

    private static Transaction complete(Draft draft, Transaction ending) {
        Lineage lineage = ending.lineage();
        Lineage next =
                lineage.nextId() < 0
                        ? lineage
                        : new Lineage(lineage.lastEpoch(), ending.producer().id(), -1);
        TransactionState over =
                ending.is(TransactionState.PREPARE_COMMIT)
                        ? TransactionState.COMPLETE_COMMIT
                        : TransactionState.COMPLETE_ABORT;
        Transaction complete =
                ending.as(ending.successor(), next)
                        .touching(TouchedPartitions.NONE)
                        .in(over, draft.nowMs());
        draft.store(complete);
        return complete;
    }

    private static void refuse(Draft draft, Ticket<ProducerAnswer> ticket, Errors error) {
        draft.answer(ticket, new Refused(error));
    }
}
