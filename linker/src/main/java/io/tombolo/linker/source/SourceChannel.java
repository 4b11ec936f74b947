package io.tombolo.linker.source;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Frame;
import io.tombolo.environment.Invariant;
import io.tombolo.protocol.client.DecodedResponse;
import io.tombolo.protocol.client.PendingRequests;
import io.tombolo.protocol.client.RequestEncoder;
import io.tombolo.protocol.client.ResponseDecoder;
import io.tombolo.protocol.client.VersionChoice;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * One connection to a source broker: opened by the first call, closed by a failure or by {@link
 * #close}, opened again by the next call. Answers come in the order of the calls. Mutable; owned by
 * the loop of the link.
 *
 * <pre>
 * CLOSED       call                      OPENING      connect
 * OPENING      opened                    NEGOTIATING  ask for the API versions
 * NEGOTIATING  versions answered         READY        send the calls that waited
 * READY        call                      READY        send
 * any          closed, time-out, garbage CLOSED       every call fails
 * </pre>
 */
final class SourceChannel {

    /** What all channels of a link share. */
    record Shared(LinkHost host, LinkTimers timers, SourceSettings settings) {}

    private enum State {
        CLOSED,
        OPENING,
        NEGOTIATING,
        READY
    }

    private static final ResponseDecoder DECODER = new ResponseDecoder();

    private final Shared shared;
    private final Endpoint remote;
    private final SourceBreaker breaker;
    private final ArrayDeque<Call> waiting = new ArrayDeque<>();
    private final PendingRequests<Call> sent = new PendingRequests<>(SourceSettings.CALLS_MAX + 1);

    private State state = State.CLOSED;
    private @Nullable Wire wire;
    private @Nullable VersionChoice versions;
    private boolean closed;

    SourceChannel(Shared shared, Endpoint remote, SourceBreaker breaker) {
        this.shared = shared;
        this.remote = remote;
        this.breaker = breaker;
    }

    /**
     * Calls the broker.
     *
     * @param request makes the body once the version is known
     * @param waitNanos how long the broker was asked to wait for something to answer
     * @param done called exactly once, never before this returns
     */
    void call(SourceCall request, long waitNanos, Consumer<CallOutcome> done) {
        var call = new Call(request, done);
        if (closed || waiting.size() + sent.count() >= SourceSettings.CALLS_MAX) {
            failLater(call, new Reason(Reason.Code.LIMIT_REACHED, "the connection is not in use"));
            return;
        }
        if (!breaker.permits()) {
            failLater(
                    call,
                    new Reason(
                            Reason.Code.BREAKER_OPEN,
                            "calls to " + remote + " are suspended after failures"));
            return;
        }
        call.timeout =
                shared.timers()
                        .after(shared.settings().callNanos() + waitNanos, () -> timedOut(call));
        if (state == State.READY) {
            send(call);
            return;
        }
        waiting.add(call);
        if (state == State.CLOSED) {
            open();
        }
    }

    /** Closes the connection; every call fails. Nothing can be called afterwards. */
    void close() {
        closed = true;
        drop(
                new Reason(Reason.Code.SOURCE_UNREACHABLE, "the link closed its connection"),
                CloseReason.Kind.LOCAL);
    }

    /** The address of the broker. */
    Endpoint remote() {
        return remote;
    }

    private void open() {
        state = State.OPENING;
        var opening = new Wire();
        wire = opening;
        shared.host()
                .network()
                .connect(shared.host().loop(), remote, shared.settings().limits(), opening);
    }

    private void opened(Connection connection) {
        state = State.NEGOTIATING;
        var question =
                new ApiVersionsRequestData()
                        .setClientSoftwareName("tombolo-linker")
                        .setClientSoftwareVersion("1");
        var negotiation =
                new Call(SourceCall.of(ApiKeys.API_VERSIONS, 3, 3, question), this::negotiated);
        negotiation.timeout =
                shared.timers().after(shared.settings().callNanos(), () -> timedOut(negotiation));
        write(connection, negotiation, (short) 3);
    }

    private void negotiated(CallOutcome outcome) {
        if (!(outcome instanceof CallOutcome.Answered answer)) {
            return; // the channel has been dropped already
        }
        var list = (ApiVersionsResponseData) answer.body();
        answer.lease().release();
        if (list.errorCode() != Errors.NONE.code()) {
            Errors error = Errors.forCode(list.errorCode());
            drop(
                    new Reason(
                            SourceInventory.codeOf(error),
                            remote + " answers ApiVersions: " + error),
                    CloseReason.Kind.MALFORMED);
            return;
        }
        versions = VersionChoice.from(list);
        state = State.READY;
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
        call.timeout.cancel();
        breaker.forgotten();
        failLater(
                call,
                new Reason(
                        Reason.Code.SOURCE_TOO_OLD,
                        remote + " does not serve " + call.request.api() + " as needed"));
    }

    private void write(Connection connection, Call call, short version) {
        OptionalInt correlation = sent.add(call.request.api(), version, call);
        Invariant.check(correlation.isPresent(), "more calls were sent than may wait");
        connection.send(
                new RequestEncoder(shared.settings().clientId())
                        .encode(
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
            drop(malformed("an answer that was not asked for"), CloseReason.Kind.MALFORMED);
            return;
        }
        PendingRequests.Pending<Call> pending = found.get();
        Call call = pending.context();
        switch (DECODER.decode(frame.bytes(), pending.api(), pending.version())) {
            case DecodedResponse.Unreadable(var detail) -> {
                frame.release();
                waiting.addFirst(call); // fails with the others
                drop(malformed(detail), CloseReason.Kind.MALFORMED);
            }
            case DecodedResponse.Answer answer -> {
                call.timeout.cancel();
                if (pending.api() != ApiKeys.API_VERSIONS) {
                    breaker.succeeded();
                }
                call.done.accept(
                        new CallOutcome.Answered(
                                answer.body(), pending.version(), new FrameLease(frame)));
            }
        }
    }

    private Reason malformed(@Nullable String detail) {
        return new Reason(Reason.Code.SOURCE_MALFORMED, remote + " sent " + detail);
    }

    private void timedOut(Call call) {
        drop(
                new Reason(
                        Reason.Code.SOURCE_TIMED_OUT,
                        remote + " did not answer " + call.request.api() + " in time"),
                CloseReason.Kind.IDLE);
    }

    /** Gives the connection up; whatever was asked fails for this reason. */
    private void drop(Reason reason, CloseReason.Kind kind) {
        Wire old = wire;
        wire = null;
        state = State.CLOSED;
        versions = null;
        if (old != null && old.connection != null) {
            old.connection.close(new CloseReason(kind, reason.detail()));
        }
        var failed = new ArrayList<Call>();
        sent.drain().forEach(pending -> failed.add(pending.context()));
        failed.addAll(waiting);
        waiting.clear();
        for (Call call : failed) {
            call.timeout.cancel();
            if (call.request.api() != ApiKeys.API_VERSIONS) {
                if (closed) {
                    breaker.forgotten();
                } else {
                    breaker.failed(reason.detail());
                }
            }
            call.done.accept(new CallOutcome.Failed(reason));
        }
    }

    private void failLater(Call call, Reason reason) {
        shared.host().loop().execute(() -> call.done.accept(new CallOutcome.Failed(reason)));
    }

    /** A call on its way. */
    private final class Call {

        private final SourceCall request;
        private final Consumer<CallOutcome> done;
        private LinkTimers.Pending timeout = shared.timers().none();

        private Call(SourceCall request, Consumer<CallOutcome> done) {
            this.request = request;
            this.done = done;
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
            SourceChannel.this.opened(opened);
        }

        @Override
        public void received(Frame frame) {
            if (wire == this) {
                SourceChannel.this.received(frame);
            } else {
                frame.release();
            }
        }

        @Override
        public void closed(CloseReason reason) {
            if (wire == this) {
                connection = null;
                drop(
                        new Reason(Reason.Code.SOURCE_UNREACHABLE, remote + " " + reason),
                        reason.kind());
            }
        }
    }
}
