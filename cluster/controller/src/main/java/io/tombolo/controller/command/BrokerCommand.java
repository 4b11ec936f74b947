package io.tombolo.controller.command;

import io.tombolo.metadata.record.BrokerRegistration;

import org.apache.kafka.common.Uuid;

import java.util.List;

/** What brokers ask for, and what is done to them. */
public sealed interface BrokerCommand<A> extends Command<A> {

    int brokerId();

    /**
     * A broker process introduces itself; it starts fenced. Answered with its broker epoch.
     * Repeating it with the same incarnation is answered with the same epoch. Refused with
     * DUPLICATE_BROKER_REGISTRATION while another incarnation of the id is alive.
     */
    record RegisterBroker(
            int brokerId,
            Uuid incarnation,
            BrokerRegistration.Endpoints endpoints,
            List<Uuid> logDirs)
            implements BrokerCommand<Long> {

        public RegisterBroker {
            logDirs = List.copyOf(logDirs);
        }
    }

    /**
     * A broker is alive. It is unfenced when it has caught up with its own registration and does
     * not want to be fenced. Refused with STALE_BROKER_EPOCH when it has been registered anew.
     *
     * @param metadataOffset of the last metadata record that it has applied
     * @param wantFence whether it is not ready to serve, for example because logs are loading
     * @param wantShutDown whether it wants to stop in an orderly way: it is fenced and what it
     *     leads is given to others, then it may go
     */
    record HeartbeatBroker(
            int brokerId,
            long brokerEpoch,
            long metadataOffset,
            boolean wantFence,
            boolean wantShutDown)
            implements BrokerCommand<BrokerState> {}

    /** A broker was not heard of for too long. Does nothing when it is fenced already. */
    record FenceBroker(int brokerId, long brokerEpoch) implements BrokerCommand<Applied> {}

    /** Takes a broker out of the region; a replica that it has stays assigned to it. */
    record UnregisterBroker(int brokerId) implements BrokerCommand<Applied> {}

    /**
     * The answer to a heartbeat.
     *
     * @param caughtUp whether the broker has applied its own registration
     * @param shouldShutDown whether it may stop now
     */
    record BrokerState(boolean caughtUp, boolean fenced, boolean shouldShutDown) {}
}
