package io.tombolo.controller.command;

import io.tombolo.metadata.record.BrokerRecord.Drain;
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
     *
     * <p>Unless the process shows that the one before it stopped cleanly under the registration
     * that is replaced, its replicas leave every in-sync and eligible set (KIP-966), save where it
     * is the only replica.
     *
     * @param previousBrokerEpoch the broker epoch that a clean stop left in all log directories;
     *     {@link #NOT_CLEAN} after anything else
     */
    record RegisterBroker(
            int brokerId,
            Uuid incarnation,
            BrokerRegistration.Endpoints endpoints,
            List<Uuid> logDirs,
            long previousBrokerEpoch)
            implements BrokerCommand<Long> {

        /** There was no clean stop, or no earlier process. */
        public static final long NOT_CLEAN = -1;

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
     * @param wantShutDown whether it wants to stop in an orderly way: what it leads is given to
     *     others and it goes on answering; when it leads nothing more that others could take, and
     *     enough others are in sync or nobody else is expected to be, it is fenced and may go. With
     *     {@code wantFence} as well it goes at once
     * @param offlineLogDirs all its log directories that failed
     */
    record HeartbeatBroker(
            int brokerId,
            long brokerEpoch,
            long metadataOffset,
            boolean wantFence,
            boolean wantShutDown,
            List<Uuid> offlineLogDirs)
            implements BrokerCommand<BrokerState> {

        public HeartbeatBroker {
            offlineLogDirs = List.copyOf(offlineLogDirs);
        }

        /** All log directories are well. */
        public HeartbeatBroker(
                int brokerId,
                long brokerEpoch,
                long metadataOffset,
                boolean wantFence,
                boolean wantShutDown) {
            this(brokerId, brokerEpoch, metadataOffset, wantFence, wantShutDown, List.of());
        }
    }

    /** A broker was not heard of for too long. Does nothing when it is fenced already. */
    record FenceBroker(int brokerId, long brokerEpoch) implements BrokerCommand<Applied> {}

    /** Takes a broker out of the region; a replica that it has stays assigned to it. */
    record UnregisterBroker(int brokerId) implements BrokerCommand<Applied> {}

    /**
     * Says what shall become of a broker's replicas. While they are to go, the broker gets no new
     * ones, its leaderships are given to others where others can lead, and its replicas are moved
     * in bounded batches by {@link ContinueDrain}. Taking it back cancels moves away from it that
     * are under way. Refused with BROKER_ID_NOT_REGISTERED.
     */
    record DrainBroker(int brokerId, Drain drain) implements BrokerCommand<Applied> {}

    /**
     * Carries on with what is wanted of a broker: begins to move more of its replicas, and takes it
     * out of the region when it shall leave, is empty and has stopped. To be repeated.
     *
     * @param movesMax how many of its replicas may be on their way at once; positive
     */
    record ContinueDrain(int brokerId, int movesMax) implements BrokerCommand<Applied> {}

    /**
     * The answer to a heartbeat.
     *
     * @param caughtUp whether the broker has applied its own registration
     * @param shouldShutDown whether it may stop now
     */
    record BrokerState(boolean caughtUp, boolean fenced, boolean shouldShutDown) {}
}
