package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.Refusal;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRegistration;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** When a broker may act on what the metadata say of its partitions. */
class RegistrationTest {

    private static final Uuid INCARNATION = new Uuid(5, 5);
    private static final BrokerRegistration.Endpoints NOWHERE =
            new BrokerRegistration.Endpoints(List.of(), "");
    private static final long EPOCH = 40;

    private final Simulator simulator = new Simulator(1);
    private final Images images = new Images();
    private final AtomicInteger registered = new AtomicInteger();

    /** A controller that has taken the registration and lets nobody serve. */
    private static final class Controller implements Commands {

        @Override
        @SuppressWarnings("unchecked")
        public <A> void submit(
                Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
            Object answer =
                    command instanceof BrokerCommand.RegisterBroker
                            ? EPOCH
                            : new BrokerState(false, true, false);
            replyTo.execute(() -> answered.accept(new Answer.Done<>((A) answer)));
        }
    }

    private static MetadataImage image(long offset, long brokerEpoch) {
        var registration =
                new BrokerRegistration(1, INCARNATION, brokerEpoch, NOWHERE, List.of(), true);
        return MetadataImage.EMPTY
                .apply(List.of(new BrokerRegistered(registration)), new LogPlace(offset, 1))
                .image();
    }

    private void publish(MetadataImage image) {
        images.publish(image);
        simulator.runFor(Duration.ofSeconds(5));
    }

    @Test
    void noImageIsActedOnThatLacksTheRegistrationOfThisStart() {
        var node = simulator.addNode("one", 1);
        var loop = node.start(_ -> {}).loops().loop(0);
        var registration =
                new Registration(
                        new Registration.Identity(1, INCARNATION, NOWHERE, List.of(), List::of, -1),
                        new Controller(),
                        images,
                        loop,
                        Duration.ofMillis(500),
                        new Registration.Steps(
                                registered::incrementAndGet,
                                () -> {},
                                () -> {},
                                Runnable::run,
                                _ -> {}));
        loop.execute(registration::register);

        publish(image(30, 20));
        assertThat(registered).as("an image from before it").hasValue(0);
        publish(image(EPOCH + 1, 20));
        assertThat(registered).as("far enough, and still without it").hasValue(0);
        publish(image(EPOCH + 2, EPOCH));
        assertThat(registered).hasValue(1);
        publish(image(EPOCH + 3, EPOCH));
        assertThat(registered).as("once").hasValue(1);
    }

    @Test
    void itAsksToStayFencedUntilClientsCanBeServed() {
        var wishes = new ArrayList<Boolean>();
        var loop = simulator.addNode("one", 1).start(_ -> {}).loops().loop(0);
        var registration =
                new Registration(
                        new Registration.Identity(1, INCARNATION, NOWHERE, List.of(), List::of, -1),
                        new Noting(wishes),
                        images,
                        loop,
                        Duration.ofMillis(500),
                        new Registration.Steps(
                                registered::incrementAndGet,
                                () -> {},
                                () -> {},
                                Runnable::run,
                                _ -> {}));
        loop.execute(registration::register);
        publish(image(EPOCH + 2, EPOCH));
        loop.execute(registration::tell);
        simulator.runFor(Duration.ofSeconds(5));
        assertThat(wishes).isNotEmpty().doesNotContain(false);
        wishes.clear();

        loop.execute(registration::accept);
        simulator.runFor(Duration.ofSeconds(5));

        assertThat(wishes).isNotEmpty().doesNotContain(true);
    }

    /** Notes who asks to be fenced; lets everybody serve. */
    private record Noting(List<Boolean> wishes) implements Commands {

        @Override
        public <A> void submit(
                Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
            if (command instanceof BrokerCommand.HeartbeatBroker beat) {
                wishes.add(beat.wantFence());
            }
            new Controller().submit(command, replyTo, answered);
        }
    }

    @Test
    void whomTheRegionRefusesDoesNotAskAgain() {
        var refusals = new ArrayList<String>();
        var loop = simulator.addNode("one", 1).start(_ -> {}).loops().loop(0);
        var registration =
                new Registration(
                        new Registration.Identity(1, INCARNATION, NOWHERE, List.of(), List::of, -1),
                        new TooNew(),
                        images,
                        loop,
                        Duration.ofMillis(500),
                        new Registration.Steps(
                                registered::incrementAndGet,
                                () -> {},
                                () -> {},
                                Runnable::run,
                                refusals::add));

        loop.execute(registration::register);
        simulator.runFor(Duration.ofSeconds(5));

        assertThat(refusals).containsExactly("too old");
        assertThat(registered).hasValue(0);
    }

    /** The controller of a region whose features have risen. */
    private static final class TooNew implements Commands {

        @Override
        public <A> void submit(
                Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
            Answer<A> refusal = new Refusal(Errors.UNSUPPORTED_VERSION, "too old").answer();
            replyTo.execute(() -> answered.accept(refusal));
        }
    }
}
