package io.tombolo.broker.request.cluster;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.coordinator.transaction.entry.Asking;
import io.tombolo.coordinator.transaction.entry.TransactionCoordinator;

import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.OptionalLong;

/**
 * InitProducerId: of idempotent producers at any broker, of transactional ones at a coordinator.
 */
public final class InitProducerIdHandler implements RequestHandler<InitProducerIdRequestData> {

    private final ProducerIds producerIds;
    private final TransactionCoordinator transactions;

    public InitProducerIdHandler(ProducerIds producerIds, TransactionCoordinator transactions) {
        this.producerIds = producerIds;
        this.transactions = transactions;
    }

    @Override
    public void handle(Exchange exchange, InitProducerIdRequestData body) {
        if (body.transactionalId() == null) {
            producerIds.take(exchange.loop(), id -> exchange.answer(response(id)));
        } else {
            var asking = new Asking(exchange.version(), exchange.loop());
            transactions.initialize(asking, body, exchange::answer);
        }
    }

    private static InitProducerIdResponseData response(OptionalLong id) {
        return id.isEmpty()
                ? refusal(Errors.COORDINATOR_LOAD_IN_PROGRESS)
                : new InitProducerIdResponseData()
                        .setProducerId(id.getAsLong())
                        .setProducerEpoch((short) 0);
    }

    private static InitProducerIdResponseData refusal(Errors error) {
        return new InitProducerIdResponseData()
                .setErrorCode(error.code())
                .setProducerId(-1)
                .setProducerEpoch((short) -1);
    }
}
