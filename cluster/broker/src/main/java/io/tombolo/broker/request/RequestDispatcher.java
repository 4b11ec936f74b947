package io.tombolo.broker.request;

import io.tombolo.protocol.DecodedFrame;
import io.tombolo.protocol.RequestDecoder;
import io.tombolo.protocol.ServedApis;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** Leads each request to the handler of its API key. Immutable once built. */
public final class RequestDispatcher {

    private final ServedApis apis;
    private final RequestDecoder decoder;

    private final Map<ApiKeys, RequestHandler<ApiMessage>> handlers = new EnumMap<>(ApiKeys.class);

    public RequestDispatcher(ServedApis apis) {
        this.apis = apis;
        this.decoder = new RequestDecoder(apis);
    }

    /** What is served; every one of these has a handler. */
    public ServedApis apis() {
        return apis;
    }

    DecodedFrame decode(ByteBuffer frame) {
        return decoder.decode(frame);
    }

    /** The APIs that are served and have no handler: none, once all are added. */
    public List<ApiKeys> unhandled() {
        return apis.apis().stream().filter(key -> !handlers.containsKey(key)).toList();
    }

    /** Adds the handler of a key; {@code type} is the generated class of its request. */
    public <T extends ApiMessage> RequestDispatcher with(
            ApiKeys key, Class<T> type, RequestHandler<T> handler) {
        handlers.put(key, (exchange, body) -> handler.handle(exchange, type.cast(body)));
        return this;
    }

    /**
     * Has requests refused before their handler sees them; the handler is there already.
     *
     * @param refused which requests
     * @param answer what they are told
     */
    public void refusing(
            ApiKeys key, Predicate<Exchange> refused, Function<Exchange, ApiMessage> answer) {
        handlers.computeIfPresent(
                key,
                (_, handler) ->
                        (exchange, body) -> {
                            if (refused.test(exchange)) {
                                exchange.answer(answer.apply(exchange));
                            } else {
                                handler.handle(exchange, body);
                            }
                        });
    }

    void dispatch(Exchange exchange) {
        var request = exchange.request();
        RequestHandler<ApiMessage> handler = handlers.get(request.api());
        if (handler == null) {
            exchange.close("no handler for " + request.api());
            return;
        }
        handler.handle(exchange, request.body());
    }
}
