package io.tombolo.broker.redirect;

import io.tombolo.environment.Clock;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Network;
import io.tombolo.protocol.client.ChannelSettings;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.protocol.client.ClientCall.Result;
import io.tombolo.protocol.client.ClientChannel;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Asks another region what clients have asked here. One connection to one of its brokers; after a
 * failure the next broker is tried, and once none has answered nobody is asked for a moment, so
 * that clients of a dead region do not wait one after the other. Mutable, confined to its loop,
 * except for {@link #ask}.
 */
final class RegionContact {

    /** How many clients may wait for the other region; others are told to ask again. */
    static final int CALLS_MAX = 1_000;

    static final long ANSWER_NANOS = Duration.ofSeconds(2).toNanos();
    static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

    private static final short HANDSHAKE_VERSION = 3;

    private final Place place;
    private final List<Endpoint> brokers;
    private final String clientId;
    private @Nullable ClientChannel channel;
    private int broker;
    private int failures;
    private long silentUntilNanos;

    /** Where it runs. */
    record Place(EventLoop loop, Clock clock, Network network) {}

    /**
     * @param brokers at least one
     * @param clientId makes the other region answer with its own view
     */
    RegionContact(Place place, List<Endpoint> brokers, String clientId) {
        this.place = place;
        this.brokers = List.copyOf(brokers);
        this.clientId = clientId;
        this.silentUntilNanos = place.clock().nanoTime();
    }

    /**
     * Asks; callable from any thread.
     *
     * @param answer called once, on the loop of this contact; empty when there is no answer
     */
    void ask(ClientCall call, Consumer<Optional<ApiMessage>> answer) {
        place.loop().execute(() -> askOnLoop(call, answer));
    }

    private void askOnLoop(ClientCall call, Consumer<Optional<ApiMessage>> answer) {
        if (place.clock().nanoTime() - silentUntilNanos < 0) {
            answer.accept(Optional.empty());
            return;
        }
        ClientChannel open = channel == null ? opened() : channel;
        channel = open;
        open.call(call, ANSWER_NANOS, result -> answered(open, result, answer));
    }

    private void answered(
            ClientChannel from, Result result, Consumer<Optional<ApiMessage>> answer) {
        switch (result) {
            case Result.Answered answered -> {
                failures = 0;
                answered.frame().release();
                answer.accept(Optional.of(answered.body()));
            }
            case Result.Failed failed -> {
                if (failed.cause() != ClientCall.Cause.NOT_TAKEN && channel == from) {
                    giveUp(from);
                }
                answer.accept(Optional.empty());
            }
        }
    }

    private void giveUp(ClientChannel failed) {
        channel = null;
        failed.close();
        broker = (broker + 1) % brokers.size();
        failures++;
        if (failures >= brokers.size()) {
            failures = 0;
            silentUntilNanos = place.clock().nanoTime() + PAUSE_NANOS;
        }
    }

    private ClientChannel opened() {
        Endpoint remote = brokers.get(broker);
        return new ClientChannel(
                ClientChannel.Place.on(place.loop(), place.network()),
                new ClientChannel.Remote(remote, remote.toString()),
                new ChannelSettings(clientId, ChannelSettings.LIMITS, CALLS_MAX, ANSWER_NANOS),
                new ChannelSettings.Handshake(
                        HANDSHAKE_VERSION,
                        new ApiVersionsRequestData()
                                .setClientSoftwareName("tombolo-redirect")
                                .setClientSoftwareVersion("1")),
                new ClientChannel.Events() {});
    }
}
