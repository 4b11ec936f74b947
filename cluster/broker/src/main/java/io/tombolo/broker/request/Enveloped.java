package io.tombolo.broker.request;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.Frame;
import io.tombolo.environment.Payload;
import io.tombolo.protocol.DecodedFrame;
import io.tombolo.protocol.Request;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * A request of a client that another broker has handed on whole (KIP-590): answered by the same
 * handlers as on a connection of its own, and the answer goes back as it is. Confined to the loop
 * of the connection that the envelope came on.
 */
public final class Enveloped implements Exchange.Owner {

    private final Exchange outer;
    private final Consumer<List<Payload>> answered;

    private Enveloped(Exchange outer, Consumer<List<Payload>> answered) {
        this.outer = outer;
        this.answered = answered;
    }

    /**
     * Leads the request inside to its handler. What cannot be read or handled there costs the outer
     * connection.
     *
     * @param inner the request as the client sent it; stays valid while the outer exchange does
     * @param answered takes the response frame, once, on the loop of the outer exchange
     */
    public static void dispatch(
            RequestDispatcher dispatcher,
            Exchange outer,
            ByteBuffer inner,
            Consumer<List<Payload>> answered) {
        if (!(dispatcher.decode(inner) instanceof DecodedFrame.Accepted(Request request))) {
            outer.close("an envelope holds what cannot be read");
            return;
        }
        var owner = new Enveloped(outer, answered);
        var exchange = new Exchange(owner, request, new Letter(inner));
        try {
            dispatcher.dispatch(exchange);
        } catch (RuntimeException mistake) {
            owner.giveUp(exchange, mistake);
        }
    }

    @Override
    public Connection connection() {
        return outer.connection();
    }

    @Override
    public Attachments attachments() {
        return outer.attachments();
    }

    @Override
    public void answerFrame(Exchange exchange, List<Payload> frame) {
        if (exchange.finished()) {
            frame.forEach(Payload::release);
            return;
        }
        exchange.end(new Ending.Answer(frame));
        answered.accept(frame);
    }

    /** Nothing that is handed on goes without an answer. */
    @Override
    public void finish(Exchange exchange, Ending ending) {
        if (!exchange.finished()) {
            exchange.end(ending);
            outer.close("a request in an envelope ended without an answer");
        }
    }

    /** Whoever produces or fetches sends that himself. */
    @Override
    public void mute(long forNanos) {}

    /** The connection is another broker's, who has other requests on it. */
    @Override
    public void endWhenAnswered(CloseReason reason) {}

    @Override
    public void giveUp(Exchange exchange, RuntimeException mistake) {
        if (!exchange.finished()) {
            exchange.end(new Ending.Nothing());
        }
        outer.fail(mistake);
    }

    /** The bytes belong to the envelope, and are released with it. */
    private record Letter(ByteBuffer content) implements Frame {

        @Override
        public ByteBuffer bytes() {
            return content.duplicate();
        }

        @Override
        public void release() {}
    }
}
