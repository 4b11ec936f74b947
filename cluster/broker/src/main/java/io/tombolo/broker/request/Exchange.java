package io.tombolo.broker.request;

import io.tombolo.broker.shard.GuardedLoop;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Frame;
import io.tombolo.environment.Payload;
import io.tombolo.protocol.Request;
import io.tombolo.protocol.ResponseEncoder;

import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * One request and its answer. Confined to the loop of its connection, except for the methods that
 * finish it: those may be called from any loop, once.
 */
public final class Exchange {

    private final Owner owner;
    private final Request request;
    private final Frame frame;
    private final EventLoop loop;
    private boolean frameReleased;
    private @Nullable Ending ending;

    /** Whom the request came from; every call is made on the loop of its connection. */
    interface Owner {

        Connection connection();

        Attachments attachments();

        /** Sends an answer and ends the exchange; drops one that comes after its end. */
        void answerFrame(Exchange exchange, List<Payload> frame);

        /** Ends the exchange. */
        void finish(Exchange exchange, Ending ending);

        /** Begins no further request for a while; those that it has are answered. */
        void mute(long forNanos);

        /** Takes no more requests, and closes when those that it has are answered. */
        void endWhenAnswered(CloseReason reason);

        /** Ends the exchange because of a mistake of ours. */
        void giveUp(Exchange exchange, RuntimeException mistake);
    }

    Exchange(Owner owner, Request request, Frame frame) {
        this.owner = owner;
        this.request = request;
        this.frame = frame;
        this.loop = new GuardedLoop(owner.connection().loop(), this::fail);
    }

    public Request request() {
        return request;
    }

    public short version() {
        return request.version();
    }

    /** The whole request with its header; valid until {@link #releaseFrame} or the end. */
    public ByteBuffer frame() {
        return frame.bytes().duplicate();
    }

    /** The connection the request came on. */
    public Connection connection() {
        return owner.connection();
    }

    /** The loop of the connection; a task of this exchange that throws there fails the exchange. */
    public EventLoop loop() {
        return loop;
    }

    /** What lives and dies with this connection. */
    public Attachments attachments() {
        return owner.attachments();
    }

    /** Sends the answer, when all requests before this one have ended. */
    public void answer(ApiMessage response) {
        onLoop(() -> {
            List<Payload> encoded;
            try {
                encoded =
                        ResponseEncoder.encode(
                                request.api(),
                                request.version(),
                                request.correlationId(),
                                response);
            } catch (RuntimeException mistake) {
                fail(mistake);
                return;
            }
            owner.answerFrame(this, encoded);
        });
    }

    /** Sends an answer that another broker has made, header and all. */
    public void answerFrame(List<Payload> response) {
        onLoop(() -> owner.answerFrame(this, response));
    }

    /**
     * Begins no further request of the connection for a while (KIP-219). To be called before the
     * answer, which says for how long and leaves at once; 0 for not at all.
     */
    public void mute(int throttleTimeMs) {
        if (throttleTimeMs > 0) {
            onLoop(() -> owner.mute(TimeUnit.MILLISECONDS.toNanos(throttleTimeMs)));
        }
    }

    /** Ends the exchange without an answer, as acks=0 asks for. */
    public void answerNothing() {
        onLoop(() -> owner.finish(this, new Ending.Nothing()));
    }

    /** Sends the answer, and closes the connection when all requests before it have theirs. */
    public void answerAndLeave(ApiMessage response, String why) {
        answer(response);
        var reason = new CloseReason(CloseReason.Kind.LOCAL, why);
        onLoop(() -> owner.endWhenAnswered(reason));
    }

    /** Ends the exchange by closing the connection. */
    public void close(String reason) {
        var closing = new Ending.Close(new CloseReason(CloseReason.Kind.MALFORMED, reason));
        onLoop(() -> owner.finish(this, closing));
    }

    /** A mistake of ours: the exchange ends without an answer, and with it the connection. */
    void fail(RuntimeException mistake) {
        owner.giveUp(this, mistake);
    }

    boolean finished() {
        return ending != null;
    }

    /** How it ended; it must have. */
    Ending ending() {
        return Objects.requireNonNull(ending);
    }

    void end(Ending how) {
        ending = how;
        releaseFrame();
    }

    /**
     * Gives back the memory in which the request came: to be called, on the loop of the connection,
     * by who makes it wait for others and has no views of its bytes. Those who wait must not use up
     * what is there for those they wait for.
     */
    public void releaseFrame() {
        if (!frameReleased) {
            frameReleased = true;
            frame.release();
        }
    }

    private void onLoop(Runnable end) {
        Shards.run(loop, end);
    }
}
