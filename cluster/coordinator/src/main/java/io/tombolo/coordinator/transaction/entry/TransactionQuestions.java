package io.tombolo.coordinator.transaction.entry;

import io.tombolo.coordinator.runtime.Gathered;
import io.tombolo.coordinator.runtime.Reply;
import io.tombolo.coordinator.runtime.SpreadRuntime;
import io.tombolo.coordinator.transaction.TransactionCommand;
import io.tombolo.coordinator.transaction.TransactionEvent;
import io.tombolo.coordinator.transaction.TransactionQueries;
import io.tombolo.coordinator.transaction.TransactionsState;
import io.tombolo.environment.Clock;

import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * DescribeTransactions and ListTransactions: answered from what is committed here. Every call comes
 * from {@link Asking#loop} and is answered there exactly once, perhaps before it returns.
 */
public final class TransactionQuestions {

    private final SpreadRuntime<TransactionsState, TransactionCommand, TransactionEvent> partitions;
    private final Clock clock;

    TransactionQuestions(
            SpreadRuntime<TransactionsState, TransactionCommand, TransactionEvent> partitions,
            Clock clock) {
        this.partitions = partitions;
        this.clock = clock;
    }

    /** Ids in the order asked for. */
    public void describe(
            Asking asking,
            DescribeTransactionsRequestData request,
            Consumer<DescribeTransactionsResponseData> answer) {
        var ids = request.transactionalIds();
        var described =
                new Gathered<TransactionState>(
                        ids.size(),
                        all ->
                                answer.accept(
                                        new DescribeTransactionsResponseData()
                                                .setTransactionStates(all)));
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            int place = i;
            partitions.read(
                    partitions.of(id),
                    asking.loop(),
                    state -> TransactionQueries.describe(state, id),
                    Reply.<TransactionState>of(
                            one -> described.put(place, one),
                            error ->
                                    new TransactionState()
                                            .setTransactionalId(id)
                                            .setErrorCode(error.code())));
        }
    }

    /** All ids coordinated here, filtered; an error when some of them are still loading. */
    public void list(
            Asking asking,
            ListTransactionsRequestData request,
            Consumer<ListTransactionsResponseData> answer) {
        var filter = TransactionQueries.filter(request);
        if (filter.isEmpty()) {
            answer.accept(
                    new ListTransactionsResponseData()
                            .setErrorCode(Errors.INVALID_REGULAR_EXPRESSION.code()));
            return;
        }
        long nowMs = clock.wallTimeMs();
        var parts =
                new Gathered<ListTransactionsResponseData>(
                        partitions.count(),
                        all ->
                                answer.accept(
                                        merged(all)
                                                .setUnknownStateFilters(
                                                        TransactionQueries.unknownStates(
                                                                request))));
        for (int partition = 0; partition < partitions.count(); partition++) {
            int place = partition;
            partitions.read(
                    partition,
                    asking.loop(),
                    state ->
                            new ListTransactionsResponseData()
                                    .setTransactionStates(
                                            TransactionQueries.list(state, filter.get(), nowMs)),
                    Reply.<ListTransactionsResponseData>of(
                            listed -> parts.put(place, listed), TransactionQuestions::notListed));
        }
    }

    private static ListTransactionsResponseData notListed(Errors error) {
        Errors shown = error == Errors.NOT_COORDINATOR ? Errors.NONE : error;
        return new ListTransactionsResponseData().setErrorCode(shown.code());
    }

    private static ListTransactionsResponseData merged(List<ListTransactionsResponseData> parts) {
        var found = new ArrayList<ListTransactionsResponseData.TransactionState>();
        for (ListTransactionsResponseData part : parts) {
            if (part.errorCode() != Errors.NONE.code()) {
                return new ListTransactionsResponseData().setErrorCode(part.errorCode());
            }
            found.addAll(part.transactionStates());
        }
        return new ListTransactionsResponseData().setTransactionStates(found);
    }
}
