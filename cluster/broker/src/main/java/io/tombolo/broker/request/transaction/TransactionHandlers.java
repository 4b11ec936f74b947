package io.tombolo.broker.request.transaction;

import io.tombolo.broker.Images;
import io.tombolo.broker.group.InternalTopic;
import io.tombolo.broker.publish.CommitRights;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.request.topic.AutoCreation;
import io.tombolo.broker.transaction.Transactions;
import io.tombolo.coordinator.transaction.ProducerIdentity;
import io.tombolo.coordinator.transaction.TouchedPartitions;
import io.tombolo.coordinator.transaction.entry.Asking;
import io.tombolo.coordinator.transaction.entry.TransactionCoordinator;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.function.ToIntFunction;

/** The requests of transactions. */
public final class TransactionHandlers {

    private static final short FIRST_OFFSETS_WITH_FENCED = 2;
    private static final short FIRST_END_WITH_ABORTABLE = 4;
    private static final short FIRST_END_WITH_PRODUCER = 5;

    /** Clients' default: what they asked for in the other region is not known here. */
    private static final int TIMEOUT_MS_OF_MOVED = 60_000;

    private final Images images;
    private final Transactions transactions;
    private final TransactionCoordinator coordinator;

    public TransactionHandlers(Images images, Transactions transactions) {
        this.images = images;
        this.transactions = transactions;
        this.coordinator = transactions.coordinator();
    }

    /** Adds what brokers ask of each other. */
    public RequestDispatcher addInternal(RequestDispatcher dispatcher) {
        return dispatcher
                .with(
                        ApiKeys.ADD_PARTITIONS_TO_TXN,
                        AddPartitionsToTxnRequestData.class,
                        new AddPartitionsToTxnHandler(images, coordinator))
                .with(
                        ApiKeys.WRITE_TXN_MARKERS,
                        WriteTxnMarkersRequestData.class,
                        new WriteTxnMarkersHandler(transactions.markers()));
    }

    /**
     * Adds what clients ask.
     *
     * @param offsetsPartitionOf the partition of {@code __consumer_offsets} that a group lives on
     */
    public void addTo(
            RequestDispatcher dispatcher,
            AutoCreation autoCreation,
            CommitRights rights,
            ToIntFunction<String> offsetsPartitionOf) {
        addInternal(dispatcher)
                .with(
                        ApiKeys.ADD_OFFSETS_TO_TXN,
                        AddOffsetsToTxnRequestData.class,
                        (exchange, body) ->
                                addOffsets(
                                        exchange,
                                        body,
                                        offsetsPartitionOf.applyAsInt(body.groupId()),
                                        autoCreation))
                .with(
                        ApiKeys.END_TXN,
                        EndTxnRequestData.class,
                        (exchange, body) -> end(exchange, body, rights))
                .with(
                        ApiKeys.DESCRIBE_TRANSACTIONS,
                        DescribeTransactionsRequestData.class,
                        (exchange, body) ->
                                coordinator
                                        .questions()
                                        .describe(asking(exchange), body, exchange::answer))
                .with(
                        ApiKeys.LIST_TRANSACTIONS,
                        ListTransactionsRequestData.class,
                        (exchange, body) ->
                                coordinator
                                        .questions()
                                        .list(asking(exchange), body, exchange::answer));
    }

    private void end(Exchange exchange, EndTxnRequestData body, CommitRights rights) {
        coordinator.end(
                asking(exchange),
                body,
                topic -> refusalOf(rights.of(topic), exchange.version()),
                response -> {
                    boolean unknown =
                            response.errorCode() == Errors.INVALID_PRODUCER_ID_MAPPING.code();
                    if (unknown
                            && !body.committed()
                            && transactions.moved().include(body.producerId())) {
                        endElsewhere(exchange, body);
                    } else if (body.committed()
                            && response.errorCode() == Errors.NONE.code()
                            && !rights.beyondDoubt()) {
                        exchange.answer(
                                new EndTxnResponseData()
                                        .setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code()));
                    } else {
                        exchange.answer(response);
                    }
                });
    }

    /** Who knows no better word begins anew, and so aborts. */
    private static Errors refusalOf(CommitRights.Standing standing, short version) {
        return switch (standing) {
            case OURS -> Errors.NONE;
            case UNDECIDED -> Errors.COORDINATOR_NOT_AVAILABLE;
            case ELSEWHERE ->
                    version < FIRST_END_WITH_ABORTABLE
                            ? Errors.PRODUCER_FENCED
                            : Errors.TRANSACTION_ABORTABLE;
        };
    }

    /**
     * A producer from another region aborts what is aborted already. Where the answer has a place
     * for it (KIP-890) it goes on under an id of this region, as at the end of its epochs; older
     * producers ask for one next.
     */
    private void endElsewhere(Exchange exchange, EndTxnRequestData body) {
        if (exchange.version() < FIRST_END_WITH_PRODUCER) {
            exchange.answer(new EndTxnResponseData());
            return;
        }
        coordinator.initialize(
                asking(exchange),
                new InitProducerIdRequestData()
                        .setTransactionalId(body.transactionalId())
                        .setTransactionTimeoutMs(TIMEOUT_MS_OF_MOVED),
                begun ->
                        exchange.answer(
                                new EndTxnResponseData()
                                        .setErrorCode(begun.errorCode())
                                        .setProducerId(begun.producerId())
                                        .setProducerEpoch(begun.producerEpoch())));
    }

    private void addOffsets(
            Exchange exchange,
            AddOffsetsToTxnRequestData body,
            int partition,
            AutoCreation autoCreation) {
        if (images.current().topics().topic(InternalTopic.OFFSETS).isEmpty()) {
            // Its marker would go nowhere if the transaction ended before the topic is known here.
            autoCreation.createInternal(InternalTopic.OFFSETS, exchange.loop());
            answer(exchange, Errors.COORDINATOR_LOAD_IN_PROGRESS);
            return;
        }
        coordinator.add(
                exchange.loop(),
                body.transactionalId(),
                new ProducerIdentity(body.producerId(), body.producerEpoch()),
                TouchedPartitions.of(List.of(new TopicPartition(InternalTopic.OFFSETS, partition))),
                TransactionCoordinator.KEEPING,
                error -> answer(exchange, error));
    }

    private static void answer(Exchange exchange, Errors error) {
        boolean old = exchange.version() < FIRST_OFFSETS_WITH_FENCED;
        Errors told =
                old && error == Errors.PRODUCER_FENCED ? Errors.INVALID_PRODUCER_EPOCH : error;
        exchange.answer(new AddOffsetsToTxnResponseData().setErrorCode(told.code()));
    }

    static Asking asking(Exchange exchange) {
        return new Asking(exchange.version(), exchange.loop());
    }
}
