package io.tombolo.broker;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.BrokerRegistration;

import org.apache.kafka.common.Uuid;

import java.time.Duration;
import java.util.List;

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
    private boolean serving;
    private boolean stopped;

    /**
     * Who is registered.
     *
     * @param previousBrokerEpoch what the last clean stop left in the log directories
     */
    record Identity(
            int brokerId,
            Uuid incarnation,
            BrokerRegistration.Endpoints endpoints,
            List<Uuid> logDirs,
            long previousBrokerEpoch) {}

    /**
     * What is done on the way.
     *
     * @param registered called whenever the controller has taken a registration
     * @param admitted called once, when the controller lets this broker serve
     */
    record Steps(Runnable registered, Runnable admitted) {}

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
                        steps.registered().run();
                        beat();
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
        commands.submit(
                new BrokerCommand.HeartbeatBroker(
                        identity.brokerId(),
                        brokerEpoch,
                        images.current().place().offset(),
                        false,
                        false),
                loop,
                this::beaten);
    }

    private void beaten(Answer<BrokerState> answer) {
        switch (answer) {
            case Answer.Done<BrokerState>(BrokerState state) -> {
                if (!state.fenced() && !serving) {
                    serving = true;
                    steps.admitted().run();
                }
                loop.schedule(state.fenced() ? RETRY_NANOS : heartbeatNanos, this::beat);
            }
            case Answer.Refused<BrokerState> refused -> {
                boolean replaced =
                        refused.error()
                                == org.apache.kafka.common.protocol.Errors.STALE_BROKER_EPOCH;
                loop.schedule(RETRY_NANOS, replaced ? this::register : this::beat);
            }
        }
    }

    void stop() {
        stopped = true;
    }
}
