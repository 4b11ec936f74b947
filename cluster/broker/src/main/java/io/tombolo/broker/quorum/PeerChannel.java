package io.tombolo.broker.quorum;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Network;
import io.tombolo.protocol.client.ChannelSettings;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.protocol.client.ClientChannel;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * One connection to another broker of the region: opened by the first call, given up with all its
 * calls at the first sign of trouble, opened again by the next call, after a pause that grows. The
 * peer must belong to the same cluster and have the id that it is called by. Mutable; owned by the
 * loop that it was made for.
 */
public final class PeerChannel {

    /** Calls that may wait for their answers; further ones fail at once. */
    static final int CALLS_MAX = 1_000;

    static final long PAUSE_NANOS_MIN = Duration.ofMillis(20).toNanos();
    static final long PAUSE_NANOS_MAX = Duration.ofSeconds(1).toNanos();

    private static final long HANDSHAKE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final Logger LOG = LoggerFactory.getLogger(PeerChannel.class);

    /** The first version of ApiVersions that names the cluster and the node (KIP-1242). */
    private static final short API_VERSIONS = 5;

    /** Where the channels of a broker run. */
    public record Place(EventLoop loop, Clock clock, Network network, String clientId) {}

    private final Place place;
    private final Peer peer;
    private final ClientChannel channel;
    private long pauseNanos = PAUSE_NANOS_MIN;
    private boolean failedLately;
    private boolean strange;
    private long mayOpenNanos;

    public PeerChannel(Place place, Peer peer) {
        this.place = place;
        this.peer = peer;
        var introduction =
                new ApiVersionsRequestData()
                        .setClientSoftwareName("tombolo")
                        .setClientSoftwareVersion("1")
                        .setClusterId(peer.clusterId())
                        .setNodeId(peer.nodeId());
        this.channel =
                new ClientChannel(
                        ClientChannel.Place.on(place.loop(), place.network()),
                        new ClientChannel.Remote(peer.internal(), "broker " + peer.nodeId()),
                        new ChannelSettings(
                                place.clientId(),
                                ChannelSettings.LIMITS,
                                CALLS_MAX,
                                HANDSHAKE_NANOS),
                        new ChannelSettings.Handshake(API_VERSIONS, introduction),
                        new Pauses());
    }

    /**
     * Calls the peer.
     *
     * @param done called exactly once, never before this returns
     */
    public void call(PeerCall request, Consumer<PeerCall.Result> done) {
        if (failedLately && place.clock().nanoTime() < mayOpenNanos) {
            var failed =
                    new PeerCall.Result.Failed(
                            false, "broker " + peer.nodeId() + " could not be reached just now");
            place.loop().execute(() -> done.accept(failed));
            return;
        }
        channel.call(
                new ClientCall(request.api(), request.versions(), _ -> request.body()),
                request.waitNanos(),
                result -> told(result, done));
    }

    /** Closes the connection; every call fails, now and later. */
    public void close() {
        channel.close();
    }

    private void told(ClientCall.Result result, Consumer<PeerCall.Result> done) {
        switch (result) {
            case ClientCall.Result.Answered(var body, _, var frame) -> {
                try {
                    done.accept(new PeerCall.Result.Answered(body));
                } finally {
                    frame.release();
                }
            }
            case ClientCall.Result.Failed failed ->
                    done.accept(new PeerCall.Result.Failed(failed.sent(), reason(failed)));
        }
    }

    private String reason(ClientCall.Result.Failed failed) {
        return failed.cause() == ClientCall.Cause.REFUSED
                ? "%s is not broker %d of cluster %s"
                        .formatted(peer.internal(), peer.nodeId(), peer.clusterId())
                : failed.detail();
    }

    /** Lengthens the pause with every connection that is lost, until one is made. */
    private final class Pauses implements ClientChannel.Events {

        @Override
        public void ready() {
            pauseNanos = PAUSE_NANOS_MIN;
            failedLately = false;
            strange = false;
        }

        @Override
        public void refused(Errors error) {
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

        @Override
        public void dropped() {
            failedLately = true;
            mayOpenNanos = place.clock().nanoTime() + pauseNanos;
            pauseNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
        }
    }
}
