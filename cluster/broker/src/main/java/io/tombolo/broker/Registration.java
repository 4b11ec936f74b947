package io.tombolo.broker;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.BrokerListener;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.storage.directory.LogDirectories;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Introduces this broker to the controller and keeps telling it that it lives. Mutable, confined to
 * the controller's loop.
 */
final class Registration {

    private static final long RETRY_NANOS = Duration.ofMillis(50).toNanos();

    private final Commands commands;
    private final Images images;
    private final EventLoop loop;
    private final Identity identity;
    private final long heartbeatNanos;
    private final Steps steps;
    private volatile long brokerEpoch = -1;
    private boolean announced;
    private boolean accepting;
    private boolean admitted;
    private boolean stopped;

    /**
     * Who is registered.
     *
     * @param logDirs ids of all its log directories, offline ones included
     * @param offlineLogDirs ids of those that are offline, asked at each heartbeat
     * @param previousBrokerEpoch what the last clean stop left in the log directories
     */
    record Identity(
            int brokerId,
            Uuid incarnation,
            BrokerRegistration.Endpoints endpoints,
            List<Uuid> logDirs,
            Supplier<List<Uuid>> offlineLogDirs,
            long previousBrokerEpoch) {}

    /**
     * What is done on the way.
     *
     * @param registered called whenever the controller has taken a registration and the metadata
     *     known here have it
     * @param admitted called once, when the controller lets this broker serve; not before {@link
     *     Registration#accept}
     * @param answered called whenever the controller has answered a heartbeat
     * @param works runs what it is given when this broker works. A heartbeat waits for it: one
     *     whose disk holds up a loop must not keep its leaderships by heartbeats from another loop
     * @param refused called when the region goes on without this broker, with the reason
     */
    record Steps(
            Runnable registered,
            Runnable admitted,
            Runnable answered,
            Consumer<Runnable> works,
            Consumer<String> refused) {}

    Registration(
            Identity identity,
            Commands commands,
            Images images,
            EventLoop loop,
            Duration heartbeat,
            Steps steps) {
        this.identity = identity;
        this.commands = commands;
        this.images = images;
        this.loop = loop;
        this.heartbeatNanos = heartbeat.toNanos();
        this.steps = steps;
    }

    /** The epoch of this registration, −1 before it; callable from any thread. */
    long brokerEpoch() {
        return brokerEpoch;
    }

    void register() {
        if (stopped) {
            return;
        }
        commands.submit(
                new BrokerCommand.RegisterBroker(
                        identity.brokerId(),
                        identity.incarnation(),
                        identity.endpoints(),
                        identity.logDirs(),
                        identity.previousBrokerEpoch()),
                loop,
                answer -> {
                    if (answer instanceof Answer.Done<Long>(Long epoch)) {
                        brokerEpoch = epoch;
                        announced = false;
                        beat();
                    } else if (answer instanceof Answer.Refused<Long> refused
                            && refused.error() == Errors.UNSUPPORTED_VERSION) {
                        steps.refused().accept(refused.message());
                    } else {
                        // No controller yet, or an earlier process of this broker is not yet given
                        // up.
                        loop.schedule(RETRY_NANOS, this::register);
                    }
                });
    }

    private void beat() {
        if (stopped) {
            return;
        }
        announce();
        steps.works()
                .accept(() -> {
                    if (!stopped) {
                        submit(new Wish(!accepting, false), this::beaten);
                    }
                });
    }

    /** What a heartbeat asks for; the words are Kafka's. */
    record Wish(boolean fence, boolean shutDown) {}

    /** Clients can be served from now on: the controller may send them here. */
    void accept() {
        accepting = true;
    }

    /**
     * Heartbeats begin at once; the rest waits until the registration itself is known here: what an
     * older image says of this broker's partitions may not hold for what its disk has now.
     */
    private void announce() {
        boolean known =
                images.current()
                        .brokers()
                        .broker(identity.brokerId())
                        .filter(own -> own.brokerEpoch() >= brokerEpoch)
                        .isPresent();
        if (!announced && known) {
            announced = true;
            steps.registered().run();
        }
    }

    /** Tells at once what has changed, beside the heartbeats in their time. */
    void tell() {
        if (!stopped && brokerEpoch >= 0) {
            submit(new Wish(!accepting, false), _ -> {});
        }
    }

    private void submit(Wish wish, Consumer<Answer<BrokerState>> answered) {
        commands.submit(
                new BrokerCommand.HeartbeatBroker(
                        identity.brokerId(),
                        brokerEpoch,
                        images.current().place().offset(),
                        wish.fence(),
                        wish.shutDown(),
                        identity.offlineLogDirs().get()),
                loop,
                answered);
    }

    private void beaten(Answer<BrokerState> answer) {
        switch (answer) {
            case Answer.Done<BrokerState>(BrokerState state) -> {
                steps.answered().run();
                boolean shown = images.current().brokers().isActive(identity.brokerId());
                if (!state.fenced() && !admitted && shown) {
                    admitted = true;
                    steps.admitted().run();
                }
                loop.schedule(
                        admitted && !state.fenced() ? heartbeatNanos : RETRY_NANOS, this::beat);
            }
            case Answer.Refused<BrokerState> refused -> {
                boolean replaced =
                        refused.error()
                                == org.apache.kafka.common.protocol.Errors.STALE_BROKER_EPOCH;
                loop.schedule(RETRY_NANOS, replaced ? this::register : this::beat);
            }
        }
    }

    /**
     * Says that this broker wants to go, in place of its heartbeats.
     *
     * @param atOnce whether it goes even where it is needed to have enough replicas in sync
     */
    void leave(boolean atOnce, Consumer<Answer<BrokerState>> answered) {
        stopped = true;
        submit(new Wish(atOnce, true), answered);
    }

    /** Whether the controller has ever taken a registration of this process. */
    boolean registered() {
        return brokerEpoch >= 0;
    }

    void stop() {
        stopped = true;
    }

    /** Who this broker says that it is: somebody new with each start. */
    static Identity identity(BrokerSettings settings, LogDirectories directories, Entropy entropy) {
        var kafka = settings.self().kafka();
        return new Identity(
                settings.id().value(),
                uuid(entropy.nextUuid()),
                new BrokerRegistration.Endpoints(
                        List.of(
                                new BrokerListener(
                                        BrokerSettings.LISTENER,
                                        kafka.host(),
                                        kafka.port(),
                                        "PLAINTEXT")),
                        settings.self().rack().orElse(""),
                        Features.levels()),
                kafka(directories.ids()),
                () -> kafka(directories.offlineIds()),
                directories.previousBrokerEpoch().orElse(BrokerCommand.RegisterBroker.NOT_CLEAN));
    }

    private static List<Uuid> kafka(List<UUID> ids) {
        return ids.stream().map(Registration::uuid).toList();
    }

    private static Uuid uuid(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
