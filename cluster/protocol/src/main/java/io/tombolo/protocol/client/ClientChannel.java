package io.tombolo.protocol.client;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Frame;
import io.tombolo.environment.Invariant;
import io.tombolo.environment.Network;
import io.tombolo.protocol.VersionRange;
import io.tombolo.protocol.client.ClientCall.Cause;
import io.tombolo.protocol.client.ClientCall.Result;

import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * One connection to a broker: opened by the first call, given up with all its calls at the first
 * sign of trouble, opened again by the next call. Answers come in the order of the calls; a failure
 * is told in a later turn of the loop. Mutable; owned by its loop.
 *
 * <pre>
 * CLOSED       call                      OPENING      connect
 * OPENING      opened                    NEGOTIATING  ask for the API versions
 * NEGOTIATING  versions answered         READY        send the calls that waited
 * NEGOTIATING  error answered            CLOSED       every call fails
 * READY        call                      READY        send
 * any          closed, time-out, garbage CLOSED       every call fails
 * </pre>
 */
public final class ClientChannel {

    private enum State {
        CLOSED,
        OPENING,
        NEGOTIATING,
        READY
    }

    /** Where a channel runs. */
    public record Place(EventLoop loop, Network network, Timers timers) {

        /** A channel whose timers are those of its loop. */
        public static Place on(EventLoop loop, Network network) {
            return new Place(loop, network, loop::schedule);
        }
    }

    /** Runs tasks of the loop after a delay. */
    @FunctionalInterface
    public interface Timers {

        /** Runs a task after so many nanoseconds, unless it is cancelled before. */
        EventLoop.Timer after(long delayNanos, Runnable task);
    }

    /**
     * Who is called.
     *
     * @param name what messages call it
     */
    public record Remote(Endpoint endpoint, String name) {}

    /** What the owner hears of the connection, before the calls that it concerns end. */
    public interface Events {

        /** The broker has told its versions: calls go out from now on. */
        default void ready() {}

        /** The broker answered the handshake with an error; {@link #dropped} follows. */
        default void refused(Errors error) {}

        /** The connection was given up, or could not be opened. */
        default void dropped() {}
    }

    private static final ResponseDecoder DECODER = new ResponseDecoder();

    private final Place place;
    private final Remote remote;
    private final ChannelSettings settings;
    private final ChannelSettings.Handshake handshake;
    private final Events events;
    private final RequestEncoder encoder;
    private final ArrayDeque<Call> waiting = new ArrayDeque<>();
    private final PendingRequests<Call> sent;

    private State state = State.CLOSED;
    private @Nullable Wire wire;
    private @Nullable VersionChoice versions;
    private boolean closed;

    public ClientChannel(
            Place place,
            Remote remote,
            ChannelSettings settings,
            ChannelSettings.Handshake handshake,
            Events events) {
        this.place = place;
        this.remote = remote;
        this.settings = settings;
        this.handshake = handshake;
        this.events = events;
        this.encoder = new RequestEncoder(settings.clientId());
        this.sent = new PendingRequests<>(settings.callsMax() + 1);
    }

    /** Who is called. */
    public Remote remote() {
        return remote;
    }

    /**
     * Calls the broker.
     *
     * @param answerNanos how long the answer may take, opening the connection included
     * @param done called exactly once, never before this returns
     */
    public void call(ClientCall request, long answerNanos, Consumer<Result> done) {
        if (closed || waiting.size() + sent.count() >= settings.callsMax()) {
            String why = closed ? "the connection is closed for good" : "too many calls wait";
            failLater(done, new Result.Failed(Cause.NOT_TAKEN, Errors.NONE, false, why));
            return;
        }
        Call call = timed(request, answerNanos, done);
        if (state == State.READY) {
            send(call);
            return;
        }
        waiting.add(call);
        if (state == State.CLOSED) {
            open();
        }
    }

    /** Closes the connection; every call fails, now and later. Repeatable. */
    public void close() {
        closed = true;
        drop(Cause.CLOSED, Errors.NONE, "this side closed the connection");
    }

    private Call timed(ClientCall request, long answerNanos, Consumer<Result> done) {
        EventLoop.Timer timeout = place.timers().after(answerNanos, () -> timedOut(request.api()));
        return new Call(request, done, timeout);
    }

    private void open() {
        state = State.OPENING;
        var opening = new Wire();
        wire = opening;
        place.network().connect(place.loop(), remote.endpoint(), settings.limits(), opening);
    }

    private void opened(Connection connection) {
        state = State.NEGOTIATING;
        short version = handshake.version();
        var question =
                new ClientCall(
                        ApiKeys.API_VERSIONS,
                        new VersionRange(version, version),
                        _ -> handshake.request());
        write(connection, timed(question, settings.handshakeNanos(), this::negotiated), version);
    }

    private void negotiated(Result result) {
        if (!(result instanceof Result.Answered answer)) {
            return; // dropped already
        }
        answer.frame().release();
        var list = (ApiVersionsResponseData) answer.body();
        Errors error = Errors.forCode(list.errorCode());
        if (error != Errors.NONE) {
            events.refused(error);
            drop(Cause.REFUSED, error, remote.name() + " answers ApiVersions: " + error);
            return;
        }
        versions = VersionChoice.from(list);
        state = State.READY;
        events.ready();
        while (state == State.READY && !waiting.isEmpty()) {
            send(waiting.removeFirst());
        }
    }

    private void send(Call call) {
        Connection connection = wire == null ? null : wire.connection;
        Optional<Short> version =
                versions == null
                        ? Optional.empty()
                        : versions.highest(call.request.api(), call.request.versions());
        if (version.isPresent() && connection != null) {
            write(connection, call, version.get());
            return;
        }
        call.fail(
                Cause.UNSERVED,
                Errors.NONE,
                "%s does not serve %s as needed".formatted(remote.name(), call.request.api()));
    }

    private void write(Connection connection, Call call, short version) {
        OptionalInt correlation = sent.add(call.request.api(), version, call);
        Invariant.check(correlation.isPresent(), "more calls were sent than may wait");
        call.written = true;
        connection.send(
                encoder.encode(
                        call.request.api(),
                        version,
                        correlation.getAsInt(),
                        call.request.body().apply(version)));
    }

    private void received(Frame frame) {
        OptionalInt correlation = ResponseDecoder.correlationId(frame.bytes());
        Optional<PendingRequests.Pending<Call>> found =
                correlation.isPresent() ? sent.take(correlation.getAsInt()) : Optional.empty();
        if (found.isEmpty()) {
            frame.release();
            malformed("an answer that was not asked for");
            return;
        }
        PendingRequests.Pending<Call> pending = found.get();
        Call call = pending.context();
        switch (DECODER.decode(frame.bytes(), pending.api(), pending.version())) {
            case DecodedResponse.Unreadable(String detail) -> {
                frame.release();
                waiting.addFirst(call); // fails with the others
                malformed(detail);
            }
            case DecodedResponse.Answer answer -> {
                call.timeout.cancel();
                call.done.accept(new Result.Answered(answer.body(), pending.version(), frame));
            }
        }
    }

    private void malformed(String detail) {
        drop(Cause.MALFORMED, Errors.NONE, remote.name() + " sent " + detail);
    }

    private void timedOut(ApiKeys api) {
        drop(
                Cause.TIMED_OUT,
                Errors.NONE,
                "%s did not answer %s in time".formatted(remote.name(), api));
    }

    /** Gives the connection up; whatever was asked fails for this reason. */
    private void drop(Cause cause, Errors error, String detail) {
        Wire old = wire;
        wire = null;
        state = State.CLOSED;
        versions = null;
        if (old != null && old.connection != null) {
            old.connection.close(new CloseReason(kindOf(cause), detail));
        }
        List<Call> failed = new ArrayList<>();
        sent.drain().forEach(pending -> failed.add(pending.context()));
        failed.addAll(waiting);
        waiting.clear();
        events.dropped();
        failed.forEach(call -> call.fail(cause, error, detail));
    }

    private static CloseReason.Kind kindOf(Cause cause) {
        return switch (cause) {
            case NOT_TAKEN, CLOSED, UNSERVED -> CloseReason.Kind.LOCAL;
            case UNREACHABLE -> CloseReason.Kind.PEER;
            case TIMED_OUT -> CloseReason.Kind.IDLE;
            case REFUSED, MALFORMED -> CloseReason.Kind.MALFORMED;
        };
    }

    private void failLater(Consumer<Result> done, Result.Failed failure) {
        place.loop().execute(() -> done.accept(failure));
    }

    /** A call on its way. */
    private final class Call {

        private final ClientCall request;
        private final Consumer<Result> done;
        private final EventLoop.Timer timeout;
        private boolean written;

        Call(ClientCall request, Consumer<Result> done, EventLoop.Timer timeout) {
            this.request = request;
            this.done = done;
            this.timeout = timeout;
        }

        void fail(Cause cause, Errors error, String detail) {
            timeout.cancel();
            failLater(done, new Result.Failed(cause, error, written, detail));
        }
    }

    /** One life of the connection; what a former one has to say is not heard any more. */
    private final class Wire implements ConnectionHandler {

        private @Nullable Connection connection;

        @Override
        public void opened(Connection opened) {
            if (wire != this) {
                opened.close(new CloseReason(CloseReason.Kind.LOCAL, "no longer wanted"));
                return;
            }
            connection = opened;
            ClientChannel.this.opened(opened);
        }

        @Override
        public void received(Frame frame) {
            if (wire == this) {
                ClientChannel.this.received(frame);
            } else {
                frame.release();
            }
        }

        @Override
        public void closed(CloseReason reason) {
            if (wire == this) {
                connection = null;
                drop(Cause.UNREACHABLE, Errors.NONE, remote.name() + " " + reason);
            }
        }
    }
}
