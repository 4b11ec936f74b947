package io.tombolo.broker.quorum;

import io.tombolo.environment.Clock;
import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Network;
import io.tombolo.protocol.client.DecodedResponse;
import io.tombolo.protocol.client.PendingRequests;
import io.tombolo.protocol.client.RequestEncoder;
import io.tombolo.protocol.client.ResponseDecoder;
import io.tombolo.protocol.client.VersionChoice;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * One connection to another broker of the region: opened by the first call, given up with all its
 * calls at the first sign of trouble, opened again by the next call, after a pause that grows. The
 * peer must belong to the same cluster and have the id that it is called by. Mutable; owned by the
 * controller's loop.
 *
 * <pre>
 * CLOSED       call, pause not over          CLOSED       the call fails
 * CLOSED       call                          OPENING      connect
 * OPENING      opened                        NEGOTIATING  ask for versions as this cluster, this node
 * NEGOTIATING  it is the one                 READY        send the calls that waited
 * NEGOTIATING  it is another                 CLOSED       every call fails
 * READY        call                          READY        send
 * any          closed, time-out, garbage     CLOSED       every call fails
 * </pre>
 */
final class PeerChannel {

    /** Calls that may wait for their answers; further ones fail at once. */
    static final int CALLS_MAX = 1_000;

    static final long PAUSE_NANOS_MIN = Duration.ofMillis(20).toNanos();
    static final long PAUSE_NANOS_MAX = Duration.ofSeconds(1).toNanos();

    private static final long NEGOTIATION_NANOS = Duration.ofSeconds(2).toNanos();
    private static final short API_VERSIONS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(PeerChannel.class);
    private static final ResponseDecoder DECODER = new ResponseDecoder();
    private static final FrameLimits LIMITS =
            new FrameLimits(100 << 20, Duration.ofSeconds(30).toNanos(), Long.MAX_VALUE, 64L << 20);

    private enum State {
        CLOSED,
        OPENING,
        NEGOTIATING,
        READY
    }

    /** Where the channels of a broker run. */
    record Place(EventLoop loop, Clock clock, Network network, String clientId) {}

    private final Place place;
    private final Peer peer;
    private final RequestEncoder encoder;
    private final ArrayDeque<Call> waiting = new ArrayDeque<>();
    private final PendingRequests<Call> sent = new PendingRequests<>(CALLS_MAX + 1);
    private State state = State.CLOSED;
    private @Nullable Wire wire;
    private @Nullable VersionChoice versions;
    private long pauseNanos = PAUSE_NANOS_MIN;
    private boolean failedLately;
    private boolean strange;
    private long mayOpenNanos;
    private boolean closed;

    PeerChannel(Place place, Peer peer) {
        this.place = place;
        this.peer = peer;
        this.encoder = new RequestEncoder(place.clientId());
    }

    /**
     * Calls the peer.
     *
     * @param done called exactly once, never before this returns
     */
    void call(PeerCall request, Consumer<PeerCall.Result> done) {
        var call = new Call(request, done);
        if (closed || waiting.size() + sent.count() >= CALLS_MAX) {
            failLater(call, closed ? "this broker stops" : "too many calls wait");
            return;
        }
        if (state == State.CLOSED && failedLately && place.clock().nanoTime() < mayOpenNanos) {
            failLater(call, "broker " + peer.nodeId() + " could not be reached just now");
            return;
        }
        call.timeout = place.loop().schedule(request.waitNanos(), () -> timedOut(call));
        if (state == State.READY) {
            send(call);
            return;
        }
        waiting.add(call);
        if (state == State.CLOSED) {
            open();
        }
    }

    /** Closes the connection; every call fails, now and later. */
    void close() {
        closed = true;
        drop(CloseReason.Kind.LOCAL, "this broker stops");
    }

    private void open() {
        state = State.OPENING;
        var opening = new Wire();
        wire = opening;
        place.network().connect(place.loop(), peer.internal(), LIMITS, opening);
    }

    private void opened(Connection connection) {
        state = State.NEGOTIATING;
        var question =
                new ApiVersionsRequestData()
                        .setClientSoftwareName("tombolo")
                        .setClientSoftwareVersion("1")
                        .setClusterId(peer.clusterId())
                        .setNodeId(peer.nodeId());
        var range = io.tombolo.protocol.VersionRange.of(API_VERSIONS, API_VERSIONS);
        var call =
                new Call(
                        new PeerCall(ApiKeys.API_VERSIONS, range, question, NEGOTIATION_NANOS),
                        this::negotiated);
        call.timeout = place.loop().schedule(NEGOTIATION_NANOS, () -> timedOut(call));
        write(connection, call, API_VERSIONS);
    }

    private void negotiated(PeerCall.Result result) {
        if (!(result instanceof PeerCall.Result.Answered(ApiVersionsResponseData list))) {
            return; // dropped already
        }
        if (list.errorCode() != Errors.NONE.code()) {
            warnOfStranger(Errors.forCode(list.errorCode()));
            drop(
                    CloseReason.Kind.MALFORMED,
                    "%s is not broker %d of cluster %s"
                            .formatted(peer.internal(), peer.nodeId(), peer.clusterId()));
            return;
        }
        versions = VersionChoice.from(list);
        state = State.READY;
        pauseNanos = PAUSE_NANOS_MIN;
        failedLately = false;
        strange = false;
        while (state == State.READY && !waiting.isEmpty()) {
            send(waiting.removeFirst());
        }
    }

    private void warnOfStranger(Errors error) {
        if (!strange) {
            strange = true;
            LOG.atWarn()
                    .addKeyValue("address", peer.internal())
                    .addKeyValue("broker", peer.nodeId())
                    .addKeyValue("cluster", peer.clusterId())
                    .addKeyValue("answer", error)
                    .log("Another broker than the topology names answers at this address");
        }
    }

    private void send(Call call) {
        Connection connection = wire == null ? null : wire.connection;
        Optional<Short> version =
                versions == null
                        ? Optional.empty()
                        : versions.highest(call.request.api(), call.request.versions());
        if (connection == null || version.isEmpty()) {
            call.cancelTimeout();
            failLater(
                    call,
                    "broker %d does not serve %s as needed"
                            .formatted(peer.nodeId(), call.request.api()));
            return;
        }
        write(connection, call, version.get());
    }

    private void write(Connection connection, Call call, short version) {
        int correlationId = sent.add(call.request.api(), version, call).orElseThrow();
        call.written = true;
        connection.send(
                encoder.encode(call.request.api(), version, correlationId, call.request.body()));
    }

    private void received(Frame frame) {
        try {
            OptionalInt correlation = ResponseDecoder.correlationId(frame.bytes());
            Optional<PendingRequests.Pending<Call>> found =
                    correlation.isPresent() ? sent.take(correlation.getAsInt()) : Optional.empty();
            if (found.isEmpty()) {
                drop(CloseReason.Kind.MALFORMED, "an answer that was not asked for");
                return;
            }
            Call call = found.get().context();
            switch (DECODER.decode(frame.bytes(), found.get().api(), found.get().version())) {
                case DecodedResponse.Unreadable(String detail) -> {
                    waiting.addFirst(call); // fails with the others
                    drop(CloseReason.Kind.MALFORMED, detail);
                }
                case DecodedResponse.Answer answer -> {
                    call.cancelTimeout();
                    call.done.accept(new PeerCall.Result.Answered(answer.body()));
                }
            }
        } finally {
            frame.release();
        }
    }

    private void timedOut(Call call) {
        drop(
                CloseReason.Kind.IDLE,
                "broker %d did not answer %s in time".formatted(peer.nodeId(), call.request.api()));
    }

    /** Gives the connection up; whatever was asked fails for this reason. */
    private void drop(CloseReason.Kind kind, String reason) {
        Wire old = wire;
        wire = null;
        state = State.CLOSED;
        versions = null;
        failedLately = true;
        mayOpenNanos = place.clock().nanoTime() + pauseNanos;
        pauseNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
        if (old != null && old.connection != null) {
            old.connection.close(new CloseReason(kind, reason));
        }
        var failed = new ArrayList<Call>();
        sent.drain().forEach(pending -> failed.add(pending.context()));
        failed.addAll(waiting);
        waiting.clear();
        for (Call call : failed) {
            call.cancelTimeout();
            failLater(call, reason);
        }
    }

    private void failLater(Call call, String reason) {
        place.loop()
                .execute(() -> call.done.accept(new PeerCall.Result.Failed(call.written, reason)));
    }

    /** A call on its way. */
    private static final class Call {

        private final PeerCall request;
        private final Consumer<PeerCall.Result> done;
        private EventLoop.@Nullable Timer timeout;
        private boolean written;

        private Call(PeerCall request, Consumer<PeerCall.Result> done) {
            this.request = request;
            this.done = done;
        }

        private void cancelTimeout() {
            if (timeout != null) {
                timeout.cancel();
            }
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
            PeerChannel.this.opened(opened);
        }

        @Override
        public void received(Frame frame) {
            if (wire == this) {
                PeerChannel.this.received(frame);
            } else {
                frame.release();
            }
        }

        @Override
        public void closed(CloseReason reason) {
            if (wire == this) {
                connection = null;
                drop(reason.kind(), "broker " + peer.nodeId() + ": " + reason);
            }
        }
    }
}
