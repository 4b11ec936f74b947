package io.tombolo.broker.request;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Frame;
import io.tombolo.environment.Invariant;
import io.tombolo.protocol.DecodedFrame;
import io.tombolo.protocol.Request;
import io.tombolo.protocol.ResponseEncoder;

import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: takes one request at a time, so that answers leave in the order of the
 * requests even when one of them has to wait.
 */
public final class ClientConnection implements ConnectionHandler {

    private final Connection connection;
    private final RequestDispatcher dispatcher;
    private final Attachments attachments = new Attachments();
    private @Nullable Exchange current;
    private boolean paused;
    private boolean closed;

    public ClientConnection(Connection connection, RequestDispatcher dispatcher) {
        this.connection = connection;
        this.dispatcher = dispatcher;
    }

    Connection connection() {
        return connection;
    }

    Attachments attachments() {
        return attachments;
    }

    @Override
    public void received(Frame frame) {
        Invariant.check(current == null, "a request was delivered while another was under way");
        switch (dispatcher.decode(frame.bytes())) {
            case DecodedFrame.Accepted(Request request) -> begin(request, frame);
            case DecodedFrame.ApiVersionsRefused(int correlationId) -> {
                frame.release();
                connection.send(
                        ResponseEncoder.apiVersionsRefused(correlationId, dispatcher.apis()));
            }
            case DecodedFrame.Refused(var reason, String detail) -> {
                frame.release();
                connection.close(
                        new CloseReason(CloseReason.Kind.MALFORMED, reason + ": " + detail));
            }
        }
    }

    private void begin(Request request, Frame frame) {
        var exchange = new Exchange(this, request, frame);
        current = exchange;
        dispatcher.dispatch(exchange);
        if (!exchange.finished()) {
            paused = true;
            connection.pauseReading();
        }
    }

    void answer(Exchange exchange, ApiMessage response) {
        if (!closed) {
            Request request = exchange.request();
            connection.send(
                    ResponseEncoder.encode(
                            request.api(), request.version(), request.correlationId(), response));
        }
        finish(exchange);
    }

    void finish(Exchange exchange) {
        Invariant.check(exchange == current, "an exchange was finished twice");
        current = null;
        exchange.markFinished();
        if (paused && !closed) {
            paused = false;
            connection.resumeReading();
        }
    }

    @Override
    public void closed(CloseReason reason) {
        closed = true;
        attachments.close();
    }
}
