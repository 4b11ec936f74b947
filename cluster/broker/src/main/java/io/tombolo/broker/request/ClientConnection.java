package io.tombolo.broker.request;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Frame;
import io.tombolo.environment.Payload;
import io.tombolo.protocol.DecodedFrame;
import io.tombolo.protocol.Request;
import io.tombolo.protocol.ResponseEncoder;

import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/**
 * A client's connection. Its requests are begun in their order and answered in their order, one at
 * a time; only produces may be under way together, because a producer sends the next before it has
 * the answer to the last and each would otherwise wake the loop of its partition alone.
 */
public final class ClientConnection implements ConnectionHandler, Exchange.Owner {

    static final int PRODUCES_MAX = 8;

    static final CloseReason ENDED = new CloseReason(CloseReason.Kind.LOCAL, "this broker stops");
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private final Connection connection;
    private final RequestDispatcher dispatcher;
    private final Consumer<ClientConnection> onClosed;
    private final Attachments attachments = new Attachments();

    /** In the order of their arrival; either one request, or produces only. */
    private final ArrayDeque<Exchange> underWay = new ArrayDeque<>();

    private @Nullable Frame heldBack;
    private boolean producing;
    private boolean paused;

    /** How many of its requests hold it back: as long as one of them does, nothing is begun. */
    private int mutes;

    private boolean closed;
    private @Nullable CloseReason stopping;

    public ClientConnection(Connection connection, RequestDispatcher dispatcher) {
        this(connection, dispatcher, _ -> {});
    }

    /**
     * @param onClosed hears on the loop of the connection when it is closed
     */
    ClientConnection(
            Connection connection,
            RequestDispatcher dispatcher,
            Consumer<ClientConnection> onClosed) {
        this.connection = connection;
        this.dispatcher = dispatcher;
        this.onClosed = onClosed;
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public Attachments attachments() {
        return attachments;
    }

    @Override
    public void received(Frame frame) {
        if (closed || stopping != null) {
            frame.release();
            return;
        }
        if (!muted() && (underWay.isEmpty() || producing && isProduce(frame))) {
            take(frame);
        } else {
            heldBack = frame;
            attachments.endWait();
        }
        pauseOrResume();
    }

    private static boolean isProduce(Frame frame) {
        ByteBuffer bytes = frame.bytes();
        return bytes.remaining() >= Short.BYTES
                && bytes.getShort(bytes.position()) == ApiKeys.PRODUCE.id;
    }

    private void take(Frame frame) {
        switch (decoded(frame)) {
            case DecodedFrame.Accepted(Request request) -> begin(request, frame);
            case DecodedFrame.ApiVersionsRefused(int correlationId) -> {
                frame.release();
                connection.send(
                        ResponseEncoder.apiVersionsRefused(correlationId, dispatcher.apis()));
            }
            case DecodedFrame.Refused(var reason, String detail) -> {
                frame.release();
                close(new CloseReason(CloseReason.Kind.MALFORMED, reason + ": " + detail));
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
        producing = request.api() == ApiKeys.PRODUCE;
        underWay.add(exchange);
        try {
            dispatcher.dispatch(exchange);
        } catch (RuntimeException mistake) {
            giveUp(exchange, mistake);
        }
    }

    /** Reads on as long as another request could be begun. */
    private void pauseOrResume() {
        boolean full =
                heldBack != null
                        || muted()
                        || underWay.size() >= PRODUCES_MAX
                        || !underWay.isEmpty() && !producing && !attachments.mayWait();
        if (full && !paused) {
            paused = true;
            connection.pauseReading();
        } else if (!full && paused && !closed) {
            paused = false;
            connection.resumeReading();
        }
    }

    @Override
    public void answerFrame(Exchange exchange, List<Payload> frame) {
        if (exchange.finished()) {
            frame.forEach(Payload::release); // an answer that comes after a mistake
            return;
        }
        finish(exchange, new Ending.Answer(frame));
    }

    /**
     * A mistake of ours in one request costs its client the connection, and nobody else anything.
     */
    @Override
    public void giveUp(Exchange exchange, RuntimeException mistake) {
        Request request = exchange.request();
        LOG.atError()
                .addKeyValue("api", request.api())
                .addKeyValue("version", request.version())
                .setCause(mistake)
                .log("A request could not be answered; its connection is closed");
        var reason = new CloseReason(CloseReason.Kind.LOCAL, "the request failed here");
        if (exchange.finished()) {
            close(reason);
        } else {
            finish(exchange, new Ending.Close(reason));
        }
    }

    /** Ends an exchange; what comes of it leaves when all before it have ended. */
    @Override
    public void finish(Exchange exchange, Ending ending) {
        if (exchange.finished()) {
            return; // given up before, because of a mistake
        }
        exchange.end(ending);
        while (!underWay.isEmpty() && underWay.element().finished()) {
            carryOut(underWay.remove().ending());
        }
        if (stopping != null && heldBack == null && underWay.isEmpty()) {
            close(stopping);
        }
        goOn();
    }

    private void goOn() {
        Frame next = heldBack;
        if (next != null && underWay.isEmpty() && !muted() && !closed) {
            heldBack = null;
            take(next);
        }
        pauseOrResume();
    }

    /** Whoever has to leave soon is not kept. */
    private boolean muted() {
        return mutes > 0 && stopping == null;
    }

    @Override
    public void mute(long forNanos) {
        mutes++;
        connection.loop().schedule(forNanos, this::unmute);
        pauseOrResume();
    }

    private void unmute() {
        mutes--;
        goOn();
    }

    private void carryOut(Ending ending) {
        switch (ending) {
            case Ending.Answer(List<Payload> frame) when closed -> frame.forEach(Payload::release);
            case Ending.Answer(List<Payload> frame) -> connection.send(frame);
            case Ending.Nothing() -> {}
            case Ending.Close(CloseReason reason) -> close(reason);
        }
    }

    /** On its loop. */
    @Override
    public void endWhenAnswered(CloseReason reason) {
        stopping = reason;
        if (underWay.isEmpty() && heldBack == null) {
            close(reason);
        } else {
            attachments.endWait();
            goOn();
        }
    }

    /**
     * Nothing is begun any more, not even what is held back. Answers of this turn leave at its end,
     * so the connection ends after it.
     */
    private void close(CloseReason reason) {
        if (closed) {
            return;
        }
        closed = true;
        if (connection.queuedBytes() == 0) {
            connection.close(reason);
        } else {
            connection.loop().schedule(0, () -> connection.close(reason));
        }
    }

    @Override
    public void closed(CloseReason reason) {
        closed = true;
        if (heldBack != null) {
            heldBack.release();
            heldBack = null;
        }
        attachments.close();
        onClosed.accept(this);
    }
}
