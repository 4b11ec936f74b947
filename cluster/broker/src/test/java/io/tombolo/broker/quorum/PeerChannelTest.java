package io.tombolo.broker.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.ClientListener;
import io.tombolo.broker.Worlds;
import io.tombolo.broker.quorum.PeerCall.Result;
import io.tombolo.broker.request.ClientConnection;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.request.cluster.ApiVersionsHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.protocol.ApiVersionsAnswer;
import io.tombolo.protocol.ServedApis;
import io.tombolo.protocol.VersionRange;

import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A connection to another broker, on a simulated network. */
class PeerChannelTest {

    private static final Endpoint ADDRESS = new Endpoint("peer", 7000);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Simulator simulator = new Simulator(1);
    private final List<Result> results = new ArrayList<>();
    private final List<Exchange> held = new ArrayList<>();
    private boolean answering = true;

    @Test
    void callsThatComeBeforeTheConnectionIsThereAreSentOnIt() {
        startPeer();
        PeerChannel channel = channelTo("cluster", 2);

        call(channel);
        call(channel);

        assertThat(simulator.runUntil(() -> results.size() == 2, LONG)).isTrue();
        assertThat(results).allMatch(Result.Answered.class::isInstance);
    }

    @Test
    void aBrokerOfAnotherClusterIsRefused() {
        startPeer();

        call(channelTo("another", 2));

        assertThat(simulator.runUntil(() -> results.size() == 1, LONG)).isTrue();
        assertThat(results.getFirst())
                .isInstanceOfSatisfying(
                        Result.Failed.class,
                        failed -> {
                            assertThat(failed.sent()).isFalse();
                            assertThat(failed.reason()).contains("is not broker 2");
                        });
    }

    @Test
    void anotherBrokerAtTheAddressIsRefused() {
        startPeer();

        call(channelTo("cluster", 3));

        assertThat(simulator.runUntil(() -> results.size() == 1, LONG)).isTrue();
        assertThat(results.getFirst()).isInstanceOf(Result.Failed.class);
    }

    @Test
    void aBrokenConnectionFailsItsCallsAtOnceAndTheNextCallOpensAnother() {
        startPeer();
        answering = false;
        PeerChannel channel = channelTo("cluster", 2);
        call(channel);
        assertThat(simulator.runUntil(() -> held.size() == 1, LONG)).isTrue();
        long brokenNanos = simulator.nowNanos();

        simulator.node("peer").kill();

        assertThat(simulator.runUntil(() -> results.size() == 1, LONG)).isTrue();
        assertThat(results.getFirst())
                .isInstanceOfSatisfying(
                        Result.Failed.class, failed -> assertThat(failed.sent()).isTrue());
        assertThat(simulator.nowNanos() - brokenNanos).isLessThan(100_000_000);

        answering = true;
        simulator.node("peer").restart();
        simulator.runFor(Duration.ofNanos(2 * PeerChannel.PAUSE_NANOS_MIN));
        call(channel);

        assertThat(simulator.runUntil(() -> results.size() == 2, LONG)).isTrue();
        assertThat(results.getLast()).isInstanceOf(Result.Answered.class);
    }

    @Test
    void aPeerThatDoesNotAnswerInTimeLosesTheConnection() {
        startPeer();
        answering = false;
        PeerChannel channel = channelTo("cluster", 2);

        call(channel);

        assertThat(simulator.runUntil(() -> results.size() == 1, LONG)).isTrue();
        assertThat(results.getFirst()).isInstanceOf(Result.Failed.class);
    }

    @Test
    void soManyCallsWaitAndNoMore() {
        startPeer();
        answering = false;
        PeerChannel channel = channelTo("cluster", 2);

        for (int count = 0; count < PeerChannel.CALLS_MAX + 1; count++) {
            call(channel);
        }

        assertThat(simulator.runUntil(() -> !results.isEmpty(), Duration.ofMillis(100))).isTrue();
        assertThat(results).hasSize(1);
        assertThat(((Result.Failed) results.getFirst()).sent()).isFalse();
    }

    @Test
    void thePauseBeforeAnotherConnectionGrowsToItsBound() {
        simulator.addNode("peer", 1); // nothing listens
        PeerChannel channel = channelTo("cluster", 2);
        long began = simulator.nowNanos();
        int attempts = 0;
        while (simulator.nowNanos() - began < Duration.ofSeconds(30).toNanos()) {
            int before = results.size();
            call(channel);
            simulator.runUntil(() -> results.size() > before, LONG);
            boolean tried =
                    results.getLast() instanceof Result.Failed failed
                            && !failed.reason().contains("just now");
            attempts += tried ? 1 : 0;
            simulator.runFor(Duration.ofMillis(10));
        }

        assertThat(attempts).isBetween(25, 40);
    }

    private PeerChannel channelTo(String cluster, int nodeId) {
        var environment = simulator.addNode("self", 1).start(_ -> {});
        return new PeerChannel(
                new PeerChannel.Place(
                        environment.loops().loop(0),
                        environment.clock(),
                        environment.network(),
                        "broker-1"),
                new Peer(cluster, nodeId, ADDRESS));
    }

    private void call(PeerChannel channel) {
        var call =
                new PeerCall(
                        ApiKeys.ALLOCATE_PRODUCER_IDS,
                        VersionRange.of(0, 0),
                        new AllocateProducerIdsRequestData(),
                        Duration.ofSeconds(5).toNanos());
        simulator
                .node("self")
                .environment()
                .loops()
                .loop(0)
                .execute(() -> channel.call(call, results::add));
    }

    private void startPeer() {
        simulator.addNode("peer", 1).start(this::serve);
    }

    private void serve(Environment environment) {
        var dispatcher = new RequestDispatcher(ServedApis.internalListener());
        dispatcher
                .with(
                        ApiKeys.API_VERSIONS,
                        ApiVersionsRequestData.class,
                        new ApiVersionsHandler(
                                Worlds.images(MetadataImage.EMPTY),
                                new ClientListener("cluster", "INTERNAL", 2),
                                new ApiVersionsAnswer(dispatcher.apis(), new TreeMap<>())))
                .with(
                        ApiKeys.ALLOCATE_PRODUCER_IDS,
                        AllocateProducerIdsRequestData.class,
                        (exchange, _) -> {
                            if (answering) {
                                exchange.answer(new AllocateProducerIdsResponseData());
                            } else {
                                held.add(exchange);
                            }
                        });
        environment
                .network()
                .listen(
                        ADDRESS,
                        new FrameLimits(1 << 20, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 20),
                        connection -> new ClientConnection(connection, dispatcher));
    }
}
