package io.tombolo.broker.replica;

import io.tombolo.broker.quorum.PeerCall;
import io.tombolo.broker.quorum.PeerChannel;
import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.protocol.VersionRange;
import io.tombolo.replication.fetch.FetcherEvent;
import io.tombolo.replication.fetch.FetcherRequest;
import io.tombolo.replication.fetch.ReplicaFetcher;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

import java.util.ArrayDeque;
import java.util.OptionalLong;

/**
 * What one shard copies from one leader, over a connection of its own: hands the fetcher its events
 * one after the other, sends what it asks for, and wakes it. Mutable, confined to the loop of the
 * shard.
 *
 * <p>A leader lets a fetch wait for records. When somebody is followed meanwhile whom that fetch
 * does not name, a small request is sent behind it, at which the leader answers the fetch at once:
 * that takes a round trip, where Kafka's followers wait for up to half a second.
 */
final class LeaderFeed {

    private static final VersionRange FETCH = VersionRange.of(17, 18);
    private static final VersionRange LIST_OFFSETS = VersionRange.of(11, 11);
    private static final VersionRange NUDGE = VersionRange.of(3, 4);

    private final ReplicaFetcher fetcher;
    private final PeerChannel channel;
    private final Timing timing;
    private final ArrayDeque<FetcherEvent> events = new ArrayDeque<>();
    private EventLoop.Timer wake = () -> {};
    private boolean stepping;
    private boolean nudged;
    private boolean closed;

    /**
     * Time on the loop of the shard.
     *
     * @param answerNanos how long the leader may take to answer
     */
    record Timing(EventLoop loop, Clock clock, long answerNanos) {}

    LeaderFeed(ReplicaFetcher fetcher, PeerChannel channel, Timing timing) {
        this.fetcher = fetcher;
        this.channel = channel;
        this.timing = timing;
    }

    int followedCount() {
        return fetcher.followedCount();
    }

    /** Hands over an event; one that comes up while another is handled waits for its turn. */
    void handle(FetcherEvent event) {
        events.add(event);
        if (stepping || closed) {
            return;
        }
        stepping = true;
        try {
            while (!events.isEmpty()) {
                fetcher.step(events.remove(), timing.clock().nanoTime()).ifPresent(this::send);
            }
        } finally {
            stepping = false;
        }
        goOn();
    }

    /** Nothing is sent and nothing is heard any more. */
    void close() {
        closed = true;
        wake.cancel();
        channel.close();
    }

    private void send(FetcherRequest request) {
        nudged = false;
        PeerCall call =
                switch (request) {
                    case FetcherRequest.Fetch(var body) ->
                            new PeerCall(ApiKeys.FETCH, FETCH, body, timing.answerNanos());
                    case FetcherRequest.ListOffsets(var body) ->
                            new PeerCall(
                                    ApiKeys.LIST_OFFSETS, LIST_OFFSETS, body, timing.answerNanos());
                };
        channel.call(call, this::answered);
    }

    private void answered(PeerCall.Result result) {
        if (!closed) {
            handle(
                    switch (result) {
                        case PeerCall.Result.Failed _ -> new FetcherEvent.RequestFailed();
                        case PeerCall.Result.Answered(ApiMessage body) -> answer(body);
                    });
        }
    }

    private static FetcherEvent answer(ApiMessage body) {
        return switch (body) {
            case FetchResponseData fetched -> new FetcherEvent.Fetched(fetched);
            case ListOffsetsResponseData listed -> new FetcherEvent.OffsetsListed(listed);
            default -> throw new IllegalStateException("nobody asked for " + body);
        };
    }

    private void goOn() {
        long now = timing.clock().nanoTime();
        if (!nudged && fetcher.hurries(now)) {
            nudged = true;
            var nudge =
                    new ApiVersionsRequestData()
                            .setClientSoftwareName("tombolo")
                            .setClientSoftwareVersion("1");
            channel.call(
                    new PeerCall(ApiKeys.API_VERSIONS, NUDGE, nudge, timing.answerNanos()),
                    _ -> {});
        }
        wake.cancel();
        OptionalLong at = fetcher.wakeAtNanos();
        if (at.isPresent()) {
            wake =
                    timing.loop()
                            .schedule(
                                    at.getAsLong() - now,
                                    () -> handle(new FetcherEvent.TimePassed()));
        }
    }
}
