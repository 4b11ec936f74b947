package io.tombolo.broker.request;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Frame;
import io.tombolo.environment.Invariant;
import io.tombolo.environment.Payload;
import io.tombolo.protocol.DecodedFrame;
import io.tombolo.protocol.Request;
import io.tombolo.protocol.ResponseEncoder;

import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;

/**
 * A client's connection: takes one request at a time, so that answers leave in the order of the
 * requests even when one of them has to wait.
 */
public final class ClientConnection implements ConnectionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

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
        switch (decoded(frame)) {
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

    private DecodedFrame decoded(Frame frame) {
        try {
            return dispatcher.decode(frame.bytes());
        } catch (RuntimeException mistake) {
            LOG.atError().setCause(mistake).log("A frame could not be decoded");
            return new DecodedFrame.Refused(DecodedFrame.Reason.MALFORMED, mistake.toString());
        }
    }

    private void begin(Request request, Frame frame) {
        var exchange = new Exchange(this, request, frame);
        current = exchange;
        try {
            dispatcher.dispatch(exchange);
        } catch (RuntimeException mistake) {
            giveUp(exchange, mistake);
        }
        if (!exchange.finished()) {
            paused = true;
            connection.pauseReading();
        }
    }

    void answer(Exchange exchange, ApiMessage response) {
        Request request = exchange.request();
        List<Payload> frame;
        try {
            frame =
                    ResponseEncoder.encode(
                            request.api(), request.version(), request.correlationId(), response);
        } catch (RuntimeException mistake) {
            giveUp(exchange, mistake);
            return;
        }
        if (exchange.finished()) {
            frame.forEach(Payload::release); // an answer that comes after a mistake
            return;
        }
        connection.send(frame);
        finish(exchange);
    }

    /**
     * A mistake of ours in one request costs its client the connection, and nobody else anything.
     */
    void giveUp(Exchange exchange, RuntimeException mistake) {
        Request request = exchange.request();
        LOG.atError()
                .addKeyValue("api", request.api())
                .addKeyValue("version", request.version())
                .setCause(mistake)
                .log("A request could not be answered; its connection is closed");
        if (exchange == current) {
            finish(exchange);
        }
        connection.close(new CloseReason(CloseReason.Kind.LOCAL, "the request failed here"));
    }

    void finish(Exchange exchange) {
        if (exchange.finished()) {
            return; // given up before, because of a mistake
        }
        Invariant.check(exchange == current, "an exchange that is not under way was finished");
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
