package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.runtime.Alarms;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * All transactional ids of one partition of the transaction topic; an immutable value.
 *
 * @param transactions by id
 * @param alarms deadlines; not stored
 */
public record TransactionsState(
        TreePMap<String, Transaction> transactions, Alarms<TransactionAlarm> alarms) {

    static final TransactionsState EMPTY = new TransactionsState(TreePMap.empty(), Alarms.none());

    @Nullable Transaction transaction(String id) {
        return transactions.get(id);
    }

    TransactionsState with(Transaction transaction) {
        return new TransactionsState(transactions.plus(transaction.id(), transaction), alarms);
    }

    TransactionsState without(String id) {
        return new TransactionsState(transactions.minus(id), alarms);
    }

    TransactionsState with(Alarms<TransactionAlarm> next) {
        return new TransactionsState(transactions, next);
    }
}
