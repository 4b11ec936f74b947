package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.controller.command.BrokerCommand.HeartbeatBroker;
import io.tombolo.controller.command.BrokerCommand.RegisterBroker;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.Refusal;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRegistration;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What broker 1 does until it may go; topic {@code orders} has three partitions that it leads. */
class DepartureTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final BrokerState STAYS = new BrokerState(true, false, false);
    private static final BrokerState GOES = new BrokerState(true, true, true);

    private final Simulator simulator = new Simulator(1);
    private final EventLoop loop = simulator.addNode("one", 1).start(_ -> {}).loops().loop(0);
    private final Images images = Worlds.images(Worlds.image(Worlds.topic("orders", 3)));
    private final Controller controller = new Controller();
    private final List<String> told = new ArrayList<>();
    private final Registration registration =
            new Registration(
                    new Registration.Identity(
                            1,
                            new Uuid(5, 5),
                            new BrokerRegistration.Endpoints(List.of(), ""),
                            List.of(),
                            List::of,
                            -1),
                    controller,
                    images,
                    loop,
                    Duration.ofMillis(500),
                    new Registration.Steps(() -> {}, () -> {}, () -> {}, Runnable::run, _ -> {}));
    private boolean possible = true;
    private long hints;
    private boolean gone;
    private final Departure departure =
            new Departure(
                    new Departure.Place(1, loop, simulator.node("one").environment().clock()),
                    registration,
                    images,
                    new Departure.Ports(() -> hints, answer -> answer.accept(possible), told::add));

    /** Takes the registration, and answers those who want to go with what a test says. */
    private static final class Controller implements Commands {

        private Answer<BrokerState> answer = new Answer.Done<>(STAYS);
        private final List<HeartbeatBroker> asked = new ArrayList<>();

        @Override
        @SuppressWarnings("unchecked")
        public <A> void submit(
                Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
            switch (command) {
                case RegisterBroker _ ->
                        reply(replyTo, answered, (Answer<A>) new Answer.Done<>(40L));
                case HeartbeatBroker beat when beat.wantShutDown() -> {
                    asked.add(beat);
                    reply(replyTo, answered, (Answer<A>) answer);
                }
                default -> {}
            }
        }

        private static <A> void reply(
                EventLoop loop, Consumer<Answer<A>> answered, Answer<A> answer) {
            loop.execute(() -> answered.accept(answer));
        }
    }

    private void begin() {
        loop.execute(registration::register);
        simulator.runFor(Duration.ofMillis(10));
        loop.execute(() -> departure.begin(PATIENCE, () -> gone = true));
    }

    private void runFor(Duration time) {
        simulator.runFor(time);
    }

    private static MetadataImage leaderless() {
        return MetadataImage.EMPTY;
    }

    @Test
    void itAsksUntilItMayGoAndThenLetsClientsHear() {
        begin();
        runFor(Duration.ofSeconds(2));
        assertThat(gone).isFalse();

        controller.answer = new Answer.Done<>(GOES);
        images.publish(leaderless());
        runFor(Duration.ofSeconds(1));

        assertThat(gone).isTrue();
        assertThat(told.getFirst()).isEqualTo("0 of 3 leaders moved");
        assertThat(told.getLast()).isEqualTo("3 of 3 leaders moved");
    }

    @Test
    void itStaysWhileClientsComeThatHaveNotHeard() {
        controller.answer = new Answer.Done<>(GOES);
        begin();
        for (int round = 0; round < 5; round++) {
            hints++;
            runFor(Duration.ofNanos(Departure.QUIET_NANOS / 2));
        }
        assertThat(gone).isFalse();

        runFor(Duration.ofNanos(2 * Departure.QUIET_NANOS));
        assertThat(gone).isTrue();
    }

    @Test
    void clientsThatNeverLearnDoNotKeepIt() {
        controller.answer = new Answer.Done<>(GOES);
        begin();
        for (int round = 0; round < 20; round++) {
            hints++;
            runFor(Duration.ofNanos(Departure.LINGER_NANOS_MAX / 10));
        }

        assertThat(gone).isTrue();
    }

    @Test
    void aControllerThatIsNotThereIsAskedAgain() {
        controller.answer = new Refusal(Errors.NOT_CONTROLLER, "").answer();
        begin();
        runFor(Duration.ofSeconds(3));
        assertThat(gone).isFalse();

        controller.answer = new Answer.Done<>(GOES);
        runFor(Duration.ofSeconds(2));
        assertThat(gone).isTrue();
    }

    @Test
    void itDoesNotWaitForAControllerThatCannotCome() {
        controller.answer = new Refusal(Errors.NOT_CONTROLLER, "").answer();
        possible = false;
        begin();
        runFor(Duration.ofMillis(10));

        assertThat(gone).isTrue();
    }

    @Test
    void havingWaitedHalfTheTimeItGoesEvenWhereItIsNeeded() {
        begin();
        runFor(PATIENCE.dividedBy(2).plusSeconds(1));

        assertThat(controller.asked.getFirst().wantFence()).isFalse();
        assertThat(controller.asked.getLast().wantFence()).isTrue();
    }

    @Test
    void withoutTimeLeftItGoesAndSaysWhatItLeads() {
        begin();
        runFor(PATIENCE.plusSeconds(1));

        assertThat(gone).isTrue();
        assertThat(told.getLast())
                .isEqualTo(
                        "out of time; 3 of 3 leaders were not moved: orders-0, orders-1, orders-2");
        assertThat(departure.remaining()).startsWith("3 of 3 leaders were not moved");
    }

    @Test
    void aBrokerThatNobodyKnowsGoesAtOnce() {
        loop.execute(() -> departure.begin(PATIENCE, () -> gone = true));
        runFor(Duration.ofMillis(10));

        assertThat(gone).isTrue();
        assertThat(controller.asked).isEmpty();
    }
}
