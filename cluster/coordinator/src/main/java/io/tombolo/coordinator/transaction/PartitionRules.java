package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.transaction.Transaction.Lineage;
import io.tombolo.coordinator.transaction.TransactionCommand.AddPartitions;
import io.tombolo.coordinator.transaction.TransactionCommand.Verified;
import io.tombolo.coordinator.transaction.TransactionCommand.Verify;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What belongs to an open transaction. The first partition opens it. */
final class PartitionRules {

    void add(Draft draft, AddPartitions request) {
        Transaction transaction = draft.transaction(request.id());
        Errors error = check(transaction, request.producer());
        if (transaction == null || error != Errors.NONE) {
            draft.answer(request.ticket(), error);
            return;
        }
        boolean ongoing = transaction.is(TransactionState.ONGOING);
        if (!ongoing || !transaction.partitions().containsAll(request.partitions())) {
            store(draft, ongoing ? transaction : opened(draft, transaction), request);
        }
        draft.answer(request.ticket(), Errors.NONE);
    }

    private static Transaction opened(Draft draft, Transaction transaction) {
        draft.alarmIn(TransactionAlarm.timeout(transaction.id()), transaction.terms().timeoutMs());
        // Whoever asks for the epoch that this transaction runs in has not heard of it.
        var lineage = new Lineage((short) -1, transaction.lineage().previousId(), -1);
        return transaction.as(transaction.producer(), lineage).startedAt(draft.nowMs());
    }

    private static void store(Draft draft, Transaction transaction, AddPartitions request) {
        draft.store(
                transaction
                        .touching(transaction.partitions().plus(request.partitions()))
                        .speaking(request.version())
                        .in(TransactionState.ONGOING, draft.nowMs()));
    }

    void verify(Draft draft, Verify request) {
        Transaction transaction = draft.transaction(request.id());
        Errors error = check(transaction, request.producer());
        TouchedPartitions added =
                transaction != null && error == Errors.NONE
                        ? transaction.partitions()
                        : TouchedPartitions.NONE;
        draft.answer(request.ticket(), new Verified(error, added));
    }

    private static Errors check(@Nullable Transaction transaction, ProducerIdentity producer) {
        if (transaction == null || transaction.successor().id() != producer.id()) {
            return Errors.INVALID_PRODUCER_ID_MAPPING;
        }
        if (transaction.successor().epoch() != producer.epoch()) {
            return Errors.PRODUCER_FENCED;
        }
        return transaction.state().ending() ? Errors.CONCURRENT_TRANSACTIONS : Errors.NONE;
    }
}
