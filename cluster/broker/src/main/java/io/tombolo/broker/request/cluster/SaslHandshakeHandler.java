package io.tombolo.broker.request.cluster;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;

import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.Errors;

/** SaslHandshake on a listener without SASL: refused, so that a client notices its mistake. */
public final class SaslHandshakeHandler implements RequestHandler<SaslHandshakeRequestData> {

    @Override
    public void handle(Exchange exchange, SaslHandshakeRequestData body) {
        exchange.answer(
                new SaslHandshakeResponseData().setErrorCode(Errors.ILLEGAL_SASL_STATE.code()));
    }
}
