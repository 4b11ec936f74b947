package io.tombolo.broker.request.cluster;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;

import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.Errors;

/** SaslAuthenticate on a listener without SASL: refused as {@link SaslHandshakeHandler} does. */
public final class SaslAuthenticateHandler implements RequestHandler<SaslAuthenticateRequestData> {

    @Override
    public void handle(Exchange exchange, SaslAuthenticateRequestData body) {
        exchange.answer(
                new SaslAuthenticateResponseData()
                        .setErrorCode(Errors.ILLEGAL_SASL_STATE.code())
                        .setErrorMessage(
                                "SaslAuthenticate request received after successful"
                                        + " authentication"));
    }
}
