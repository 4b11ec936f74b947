package io.tombolo.environment;

import static io.tombolo.environment.contract.Recorder.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.contract.Recorder;
import io.tombolo.environment.simulated.Latency;
import io.tombolo.environment.simulated.Simulator;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

class WanNetworkTest {

    private static final Duration ONE_WAY = Duration.ofMillis(40);
    private static final FrameLimits LIMITS =
            new FrameLimits(1 << 20, 60_000_000_000L, Long.MAX_VALUE, 1 << 20);

    private final Simulator simulator = new Simulator(3);
    private final List<Recorder> accepted = new ArrayList<>();
    private final Recorder client = new Recorder();
    private Environment near;

    @BeforeEach
    void connect() {
        simulator.network().latency(Latency.between(Duration.ZERO, Duration.ofNanos(1000)));
        Environment far = simulator.addNode("far", 1).start(started -> {});
        near = simulator.addNode("near", 1).start(started -> {});
        far.network()
                .listen(
                        new Endpoint("far", 9092),
                        LIMITS,
                        connection -> {
                            accepted.add(
                                    new Recorder((open, content) -> open.send(frame(content))));
                            return accepted.getLast();
                        });
        var wan = new WanNetwork(near.network(), near.clock(), ONE_WAY);
        wan.connect(near.loops().loop(0), new Endpoint("far", 9092), LIMITS, client);
    }

    @Test
    void openingTakesOneRoundTrip() {
        simulator.runUntil(client::isOpen, Duration.ofSeconds(1));
        assertThat(millis()).isBetween(80L, 82L);
    }

    @Test
    void aRoundTripTakesTwiceTheLatencyHoweverManyAreUnderWay() {
        simulator.runUntil(client::isOpen, Duration.ofSeconds(1));
        long began = millis();

        run(() -> IntStream.range(0, 500).forEach(n -> client.connection().send(frame("" + n))));

        simulator.runUntil(() -> client.frameCount() == 1, Duration.ofSeconds(1));
        assertThat(millis() - began).isBetween(80L, 82L);
        simulator.runUntil(() -> client.frameCount() == 500, Duration.ofSeconds(1));
        assertThat(millis() - began).isBetween(80L, 90L);
        assertThat(client.frames())
                .containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(n -> "" + n).toList());
    }

    @Test
    void bytesUnderWayAreCountedAsQueued() {
        simulator.runUntil(client::isOpen, Duration.ofSeconds(1));
        run(() -> {
            client.connection().send(frame("12345"));
            assertThat(client.connection().queuedBytes()).isEqualTo(5);
        });
    }

    @Test
    void aPauseHoldsBackWhatIsUnderWay() {
        simulator.runUntil(client::isOpen, Duration.ofSeconds(1));
        run(() -> {
            client.connection().send(frame("1"));
            client.connection().pauseReading();
        });
        simulator.runFor(Duration.ofSeconds(1));
        assertThat(client.frames()).isEmpty();

        run(() -> client.connection().resumeReading());
        simulator.runFor(Duration.ofSeconds(1));
        assertThat(client.frames()).containsExactly("1");
    }

    @Test
    void aCloseOfTheOtherSideComesAfterItsFrames() {
        simulator.runUntil(client::isOpen, Duration.ofSeconds(1));
        run(() -> client.connection().send(frame("1")));
        simulator.runUntil(() -> accepted.getFirst().frameCount() == 1, Duration.ofSeconds(1));
        simulator.runFor(Duration.ofMillis(1));

        simulator.node("far").kill();

        simulator.runUntil(client::isClosed, Duration.ofSeconds(1));
        assertThat(client.frames()).containsExactly("1");
        assertThat(client.closed().kind()).isEqualTo(CloseReason.Kind.PEER);
    }

    @Test
    void aConnectionClosedHereDeliversNothingMore() {
        simulator.runUntil(client::isOpen, Duration.ofSeconds(1));
        run(() -> client.connection().send(frame("1")));
        simulator.runUntil(() -> accepted.getFirst().frameCount() == 1, Duration.ofSeconds(1));
        simulator.runFor(Duration.ofMillis(1));

        run(() -> client.connection().close(new CloseReason(CloseReason.Kind.LOCAL, "done")));

        simulator.runUntil(client::isClosed, Duration.ofSeconds(1));
        assertThat(client.frames()).isEmpty();
        assertThat(client.closedCount()).isEqualTo(1);
        assertThat(simulator.node("near").framesHeldCount()).isZero();
    }

    @Test
    void anUnreachablePlaceIsReported() {
        var lost = new Recorder();
        new WanNetwork(near.network(), near.clock(), ONE_WAY)
                .connect(near.loops().loop(0), new Endpoint("far", 1), LIMITS, lost);
        simulator.runUntil(lost::isClosed, Duration.ofSeconds(1));
        assertThat(lost.closed().kind()).isEqualTo(CloseReason.Kind.UNREACHABLE);
    }

    private void run(Runnable task) {
        var before = simulator.nowNanos();
        boolean[] done = {false};
        near.loops()
                .loop(0)
                .execute(() -> {
                    task.run();
                    done[0] = true;
                });
        simulator.runUntil(() -> done[0], Duration.ofSeconds(1));
        assertThat(simulator.nowNanos()).isGreaterThan(before);
    }

    private long millis() {
        return simulator.nowNanos() / 1_000_000;
    }
}
