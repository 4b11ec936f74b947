package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.pattern.LinearPattern;

import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TopicData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
     * Which transactions a ListTransactions asks for.
     *
     * @param id what the transactional id matches as a whole; null for any
     */
    public record Filter(ListTransactionsRequestData request, @Nullable LinearPattern id) {}

    /** What is asked for; empty when its pattern is none. */
    public static Optional<Filter> filter(ListTransactionsRequestData request) {
        String pattern = request.transactionalIdPattern();
        if (pattern == null || pattern.isEmpty()) {
            return Optional.of(new Filter(request, null));
        }
        try {
            return Optional.of(new Filter(request, LinearPattern.of(pattern)));
        } catch (IllegalArgumentException invalid) {
            return Optional.empty();
        }
    }

    /** The ids of one partition that ListTransactions asks for. */
    public static List<ListTransactionsResponseData.TransactionState> list(
            TransactionsState state, Filter filter, long nowMs) {
        var listed = new ArrayList<ListTransactionsResponseData.TransactionState>();
        for (Transaction transaction : state.transactions().values()) {
            if (wanted(transaction, filter, nowMs)) {
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

    private static boolean wanted(Transaction transaction, Filter filter, long nowMs) {
        ListTransactionsRequestData request = filter.request();
        return (filter.id() == null || filter.id().matches(transaction.id()))
                && (request.stateFilters().isEmpty()
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
