package io.tombolo.broker.request;

import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Answers the requests of one API key.
 *
 * @param <T> the body of the request
 */
@FunctionalInterface
public interface RequestHandler<T extends ApiMessage> {

    /**
     * Takes one request. Called on the loop of the connection; the exchange must be finished
     * exactly once, now or later, on any loop. Views into the request stay valid until then.
     */
    void handle(Exchange exchange, T body);
}
