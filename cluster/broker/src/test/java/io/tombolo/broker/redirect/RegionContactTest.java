package io.tombolo.broker.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.protocol.client.ClientCall;

import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** What another region is asked, and how little of it waits for one that does not answer. */
class RegionContactTest {

    private static final FrameLimits LIMITS =
            new FrameLimits(1 << 20, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 20);
    private static final Endpoint THERE = new Endpoint("there", 9092);
    private static final Duration MOMENT = Duration.ofMillis(100);

    private final Simulator simulator = new Simulator(1);
    private final Environment here = simulator.addNode("here", 1).start(_ -> {});
    private final RegionContact contact =
            new RegionContact(
                    new RegionContact.Place(here.loops().loop(0), here.clock(), here.network()),
                    List.of(THERE),
                    "test@there");
    private int connections;
    private int unanswered;

    @Test
    void noMoreQuestionsWaitThanTheBoundAndTheNextIsToldAtOnce() {
        serve(_ -> {});

        for (int question = 0; question < RegionContact.CALLS_MAX; question++) {
            ask();
        }
        simulator.runFor(MOMENT);
        assertThat(unanswered).isZero();

        ask();
        simulator.runFor(MOMENT);
        assertThat(unanswered).isEqualTo(1);

        simulator.runFor(Duration.ofNanos(RegionContact.ANSWER_NANOS));
        assertThat(unanswered).isEqualTo(RegionContact.CALLS_MAX + 1);
        assertThat(connections).isEqualTo(1);
    }

    @Test
    void aRegionThatDoesNotAnswerIsLeftInPeaceForAMoment() {
        serve(connection -> connection.close(new CloseReason(CloseReason.Kind.LOCAL, "test")));
        ask();
        simulator.runFor(MOMENT);
        assertThat(unanswered).isEqualTo(1);
        assertThat(connections).isEqualTo(1);

        ask();
        simulator.runFor(MOMENT);
        assertThat(unanswered).isEqualTo(2);
        assertThat(connections).isEqualTo(1);

        simulator.runFor(Duration.ofNanos(RegionContact.PAUSE_NANOS));
        ask();
        simulator.runFor(MOMENT);
        assertThat(unanswered).isEqualTo(3);
        assertThat(connections).isEqualTo(2);
    }

    private interface Reaction {
        void to(Connection connection);
    }

    /** A broker that never answers. */
    private void serve(Reaction reaction) {
        simulator
                .addNode(THERE.host(), 1)
                .start(there ->
                        there.network()
                                .listen(
                                        THERE,
                                        LIMITS,
                                        connection -> {
                                            connections++;
                                            return silent(connection, reaction);
                                        }));
    }

    private static ConnectionHandler silent(Connection connection, Reaction reaction) {
        return new ConnectionHandler() {
            @Override
            public void received(Frame frame) {
                frame.release();
                reaction.to(connection);
            }

            @Override
            public void closed(CloseReason reason) {}
        };
    }

    private void ask() {
        contact.ask(
                ClientCall.of(ApiKeys.METADATA, 12, 12, new MetadataRequestData()),
                answer -> unanswered += answer.isEmpty() ? 1 : 0);
    }
}
