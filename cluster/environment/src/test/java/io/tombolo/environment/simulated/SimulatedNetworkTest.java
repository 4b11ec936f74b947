package io.tombolo.environment.simulated;

import static io.tombolo.environment.contract.Recorder.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.CloseReason.Kind;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Invariant;
import io.tombolo.environment.contract.Recorder;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

class SimulatedNetworkTest {

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final FrameLimits LIMITS =
            new FrameLimits(1 << 20, 60_000_000_000L, Long.MAX_VALUE, 1 << 20);

    private final Simulator simulator = new Simulator(21);
    private final SimulatedNode a = simulator.addNode("a", 1);
    private final SimulatedNode b = simulator.addNode("b", 1);
    private final List<Recorder> accepted = new ArrayList<>();
    private Recorder client;

    @BeforeEach
    void connect() {
        a.start(environment -> {});
        b.start(this::serve);
        client = connectFromA();
        simulator.runUntil(client::isOpen, SOON);
        simulator.runUntil(() -> !accepted.isEmpty() && server().isOpen(), SOON);
    }

    private void serve(Environment environment) {
        environment
                .network()
                .listen(
                        new Endpoint("0.0.0.0", 9092),
                        LIMITS,
                        connection -> {
                            accepted.add(new Recorder());
                            return accepted.getLast();
                        });
    }

    @Test
    void aCutHoldsBackOneDirectionAndKeepsTheOrder() {
        simulator.network().cut("a", "b");
        send(a, client, "1", "2");
        send(b, server(), "back");
        simulator.runFor(SOON);

        assertThat(server().frames()).isEmpty();
        assertThat(client.frames()).containsExactly("back");

        send(a, client, "3");
        simulator.network().heal("a", "b");
        simulator.runFor(SOON);
        assertThat(server().frames()).containsExactly("1", "2", "3");
    }

    @Test
    void aKilledProcessIsNoticedByItsPeers() {
        send(b, server(), "last words");
        simulator.runFor(Duration.ofNanos(30_000));

        b.kill();
        simulator.runFor(SOON);

        assertThat(client.frames()).containsExactly("last words");
        assertThat(client.closed().kind()).isEqualTo(Kind.PEER);
        assertThat(server().closedCount()).as("the dead hear nothing").isZero();
    }

    @Test
    void aMachineWithoutPowerIsSilentUntilItIsBackAndSpokenTo() {
        b.losePower();
        send(a, client, "anyone?");
        simulator.runFor(Duration.ofMinutes(1));
        assertThat(client.isClosed()).isFalse();

        b.restart();
        simulator.runFor(SOON);
        assertThat(client.closed().kind()).isEqualTo(Kind.PEER);
    }

    @Test
    void connectingToADeadMachineTimesOutAndToADeadProcessIsRefused() {
        b.kill();
        Recorder refused = connectFromA();
        simulator.runFor(SOON);
        assertThat(refused.closed().detail()).contains("refused");

        b.restart();
        b.losePower();
        Recorder timedOut = connectFromA();
        simulator.runFor(Duration.ofSeconds(5));
        assertThat(timedOut.isClosed()).isFalse();
        simulator.runFor(Duration.ofSeconds(10));
        assertThat(timedOut.closed().kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(timedOut.closed().detail()).contains("timed out");
    }

    @Test
    void connectingThroughACutSucceedsWhenItHealsInTime() {
        simulator.network().cutBothWays("a", "b");
        Recorder patient = connectFromA();
        simulator.runFor(Duration.ofSeconds(3));
        assertThat(patient.isOpen()).isFalse();
        simulator.network().healAll();
        simulator.runFor(Duration.ofSeconds(3));
        assertThat(patient.isOpen()).isTrue();
    }

    @Test
    void aResetEndsBothSidesAndLosesWhatWasUnderWay() {
        send(a, client, "lost");
        simulator.runUntil(() -> false, Duration.ofNanos(20_000));

        simulator.network().reset("a", "b");
        simulator.runFor(SOON);

        assertThat(client.closed().kind()).isEqualTo(Kind.PEER);
        assertThat(server().closed().kind()).isEqualTo(Kind.PEER);
        assertThat(server().frames()).isEmpty();
    }

    @Test
    void aDelayHoldsUpWhatIsUnderWay() {
        simulator.network().latency(Latency.between(Duration.ofMillis(1), Duration.ofMillis(1)));
        send(a, client, "1");
        simulator.runFor(Duration.ofNanos(100_000));
        simulator.network().delay("a", "b", Duration.ofMillis(500));
        send(a, client, "2");

        simulator.runFor(Duration.ofMillis(400));
        assertThat(server().frames()).isEmpty();
        simulator.runFor(Duration.ofMillis(200));
        assertThat(server().frames()).containsExactly("1", "2");
    }

    @Test
    void framesOfDifferentConnectionsOvertakeEachOther() {
        Set<List<String>> orders = new HashSet<>();
        Recorder other = connectFromA();
        simulator.runUntil(() -> accepted.size() == 2 && other.isOpen(), SOON);
        for (int round = 0; round < 50; round++) {
            var arrivals = new ArrayList<String>();
            int before = accepted.get(0).frameCount();
            send(a, client, "first");
            send(a, other, "second");
            simulator.runUntil(
                    () -> {
                        note(arrivals, "first", accepted.get(0).frameCount() > before);
                        note(arrivals, "second", accepted.get(1).frameCount() > before);
                        return arrivals.size() == 2;
                    },
                    SOON);
            orders.add(arrivals);
        }
        assertThat(orders).hasSize(2);
    }

    private static void note(List<String> arrivals, String what, boolean arrived) {
        if (arrived && !arrivals.contains(what)) {
            arrivals.add(what);
        }
    }

    @Test
    void aFrameReadAfterItsReleaseIsNoticed() {
        var held = new ArrayList<Frame>();
        b.environment()
                .network()
                .listen(
                        new Endpoint("b", 9093),
                        LIMITS,
                        connection ->
                                new ConnectionHandler() {
                                    @Override
                                    public void received(Frame frame) {
                                        held.add(frame);
                                    }

                                    @Override
                                    public void closed(io.tombolo.environment.CloseReason why) {}
                                });
        Recorder sender = connectFromA(9093);
        simulator.runUntil(sender::isOpen, SOON);
        send(a, sender, "abc");
        simulator.runUntil(() -> !held.isEmpty(), SOON);
        Frame frame = held.getFirst();
        var kept = frame.bytes().duplicate();
        assertThat(b.framesHeldCount()).isEqualTo(1);

        frame.release();

        assertThat(b.framesHeldCount()).isZero();
        assertThat(kept.get(0)).isEqualTo((byte) 0xDB);
        assertThatThrownBy(frame::bytes).isInstanceOf(Invariant.Broken.class);
        assertThatThrownBy(frame::release).isInstanceOf(Invariant.Broken.class);
    }

    @Test
    void framesForAPausedProcessWait() {
        b.pause();
        send(a, client, "1", "2");
        Recorder late = connectFromA();
        simulator.runFor(SOON);
        assertThat(server().frames()).isEmpty();
        assertThat(late.isOpen()).as("the kernel accepts for it").isTrue();

        b.resume();
        simulator.runFor(SOON);
        assertThat(server().frames()).containsExactly("1", "2");
        assertThat(accepted).hasSize(2);
    }

    @Test
    void aLostAnswerBreaksTheConnectionOfAsOneThatWasHeard() {
        simulator.network().cutBothWays("a", "b");
        send(b, server(), "answer");
        send(a, client, "request");
        simulator.runFor(SOON);

        simulator.network().loseAnswers("b", "a");
        simulator.network().healAll();
        simulator.runFor(SOON);

        assertThat(server().frames()).containsExactly("request");
        assertThat(client.frames()).isEmpty();
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void messagesOverTwoConnectionsOvertakeEachOtherWhileTheirWayIsUneven() {
        Recorder second = connectFromA();
        simulator.runUntil(() -> accepted.size() == 2 && second.isOpen(), SOON);
        simulator.network().jitter("a", "b", Duration.ofMillis(400));
        int overtaken = 0;
        for (int round = 0; round < 20; round++) {
            send(a, client, "first");
            send(a, second, "second");
            int before = server().frames().size();
            simulator.runUntil(() -> server().frames().size() > before, SOON);
            overtaken += accepted.getLast().frames().size() > before ? 1 : 0;
            simulator.runFor(SOON);
        }
        assertThat(overtaken).isBetween(3, 17);
    }

    private Recorder server() {
        return accepted.getFirst();
    }

    private Recorder connectFromA() {
        return connectFromA(9092);
    }

    private Recorder connectFromA(int port) {
        var recorder = new Recorder();
        Environment environment = a.environment();
        environment
                .network()
                .connect(environment.loops().loop(0), new Endpoint("b", port), LIMITS, recorder);
        return recorder;
    }

    private static void send(SimulatedNode from, Recorder recorder, String... texts) {
        Connection connection = recorder.connection();
        from.environment()
                .loops()
                .loop(0)
                .execute(() -> List.of(texts).forEach(text -> connection.send(frame(text))));
    }
}
