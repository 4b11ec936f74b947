package io.tombolo.coordinator.transaction;

import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TopicData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;

/** Questions about transactions, answered from a state. */
public final class TransactionQueries {

    private TransactionQueries() {}

    /** One transactional id of DescribeTransactions. */
    public static DescribeTransactionsResponseData.TransactionState describe(
            TransactionsState state, String id) {
        var described =
                new DescribeTransactionsResponseData.TransactionState().setTransactionalId(id);
        Transaction transaction = state.transaction(id);
        if (transaction == null) {
            return described.setErrorCode(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
        }
        described
                .setTransactionState(transaction.state().title())
                .setProducerId(transaction.producer().id())
                .setProducerEpoch(transaction.producer().epoch())
                .setTransactionTimeoutMs(transaction.terms().timeoutMs())
                .setTransactionStartTimeMs(transaction.terms().startMs());
        transaction
                .partitions()
                .byTopic()
                .forEach((topic, indexes) ->
                        described
                                .topics()
                                .add(
                                        new TopicData()
                                                .setTopic(topic)
                                                .setPartitions(List.copyOf(indexes))));
        return described;
    }

    /**
     * The ids of one partition that ListTransactions asks for, by state, producer and how long the
     * transaction is open; by pattern not (ListTransactions 2).
     */
    public static List<ListTransactionsResponseData.TransactionState> list(
            TransactionsState state, ListTransactionsRequestData request, long nowMs) {
        var listed = new ArrayList<ListTransactionsResponseData.TransactionState>();
        for (Transaction transaction : state.transactions().values()) {
            if (wanted(transaction, request, nowMs)) {
                listed.add(
                        new ListTransactionsResponseData.TransactionState()
                                .setTransactionalId(transaction.id())
                                .setProducerId(transaction.producer().id())
                                .setTransactionState(transaction.state().title()));
            }
        }
        return listed;
    }

    /** The states asked for that do not exist. */
    public static List<String> unknownStates(ListTransactionsRequestData request) {
        return request.stateFilters().stream()
                .filter(title -> TransactionState.titled(title).isEmpty())
                .toList();
    }

    private static boolean wanted(
            Transaction transaction, ListTransactionsRequestData request, long nowMs) {
        return (request.stateFilters().isEmpty()
                        || request.stateFilters().contains(transaction.state().title()))
                && (request.producerIdFilters().isEmpty()
                        || request.producerIdFilters().contains(transaction.producer().id()))
                && (request.durationFilter() < 0
                        || openForMs(transaction, nowMs) > request.durationFilter());
    }

    private static long openForMs(Transaction transaction, long nowMs) {
        boolean open = !transaction.state().idle();
        return open ? nowMs - transaction.terms().startMs() : -1;
    }
}
