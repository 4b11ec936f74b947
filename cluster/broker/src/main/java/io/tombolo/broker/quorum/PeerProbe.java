package io.tombolo.broker.quorum;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Network;
import io.tombolo.protocol.client.ChannelSettings;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.protocol.client.ClientChannel;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Calls a broker on its internal listener to learn whether its process is there. Whoever accepts
 * the call and does not answer is there; only a refusal says that nobody listens.
 */
public record PeerProbe(int self, EventLoop loop, Network network) {

    static final Duration ANSWER_MAX = Duration.ofSeconds(2);

    private static final short API_VERSIONS = 5;

    /**
     * Calls once.
     *
     * @param refused hears on the loop whether the connection was refused
     */
    public void call(Peer peer, Consumer<Boolean> refused) {
        ClientChannel channel = channelTo(peer);
        channel.call(
                ClientCall.of(ApiKeys.API_VERSIONS, 0, 4, new ApiVersionsRequestData()),
                ANSWER_MAX.toNanos(),
                result -> {
                    channel.close();
                    refused.accept(refused(result));
                });
    }

    private static boolean refused(ClientCall.Result result) {
        return switch (result) {
            case ClientCall.Result.Answered answered -> {
                answered.frame().release();
                yield false;
            }
            case ClientCall.Result.Failed failed ->
                    failed.cause() == ClientCall.Cause.UNREACHABLE && !failed.sent();
        };
    }

    private ClientChannel channelTo(Peer peer) {
        var introduction =
                new ApiVersionsRequestData()
                        .setClusterId(peer.clusterId())
                        .setNodeId(peer.nodeId());
        return new ClientChannel(
                ClientChannel.Place.on(loop, network),
                new ClientChannel.Remote(peer.internal(), "broker " + peer.nodeId()),
                new ChannelSettings(
                        "broker-%d-probe".formatted(self),
                        ChannelSettings.LIMITS,
                        1,
                        ANSWER_MAX.toNanos()),
                new ChannelSettings.Handshake(API_VERSIONS, introduction),
                new ClientChannel.Events() {});
    }
}
