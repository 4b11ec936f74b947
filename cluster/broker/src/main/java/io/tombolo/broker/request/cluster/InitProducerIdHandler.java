package io.tombolo.broker.request.cluster;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;

import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.OptionalLong;

/** InitProducerId for idempotent producers. Transactional ones are refused: none are served. */
public final class InitProducerIdHandler implements RequestHandler<InitProducerIdRequestData> {

    private final ProducerIds producerIds;

    public InitProducerIdHandler(ProducerIds producerIds) {
        this.producerIds = producerIds;
    }

    @Override
    public void handle(Exchange exchange, InitProducerIdRequestData body) {
        if (body.transactionalId() != null) {
            boolean empty = body.transactionalId().isEmpty();
            exchange.answer(
                    refusal(
                            empty
                                    ? Errors.INVALID_REQUEST
                                    : Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
            return;
        }
        Shards.run(producerIds.loop(), () -> producerIds.take(id -> exchange.answer(response(id))));
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
