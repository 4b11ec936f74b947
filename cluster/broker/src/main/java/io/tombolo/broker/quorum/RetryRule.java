package io.tombolo.broker.quorum;

import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.HandoverCommand;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.ReplicaCommand;

import org.apache.kafka.common.protocol.ApiKeys;

import java.time.Duration;

/**
 * When something is asked of the controller once more: until a deadline, and where it may have been
 * done already only if doing it twice is as good as once.
 *
 * @param deadlineNanos on the clock of the broker
 * @param idempotent whether it may be done twice
 */
record RetryRule(long deadlineNanos, boolean idempotent) {

    /** Between two attempts. */
    static final long PAUSE_NANOS = Duration.ofMillis(50).toNanos();

    private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    /** What is known of an attempt that brought no answer. */
    enum Fate {
        /** Nobody has done it: no controller was known or reached, or who was asked is none. */
        NOT_TAKEN,
        /** The connection or the leadership was lost: it may have been done. */
        UNKNOWN
    }

    /** For a command; brokers repeat their registration and heartbeats by themselves. */
    static RetryRule of(Command<?> command, long nowNanos) {
        boolean once =
                command instanceof BrokerCommand.RegisterBroker
                        || command instanceof BrokerCommand.HeartbeatBroker;
        return new RetryRule(nowNanos + (once ? 0 : PATIENCE_NANOS), idempotent(command));
    }

    /** For a client's request. */
    static RetryRule of(ApiKeys api, long nowNanos) {
        boolean idempotent =
                switch (api) {
                    case UPDATE_FEATURES,
                            DESCRIBE_QUORUM,
                            ELECT_LEADERS,
                            LIST_PARTITION_REASSIGNMENTS ->
                            true;
                    default -> false;
                };
        return new RetryRule(nowNanos + PATIENCE_NANOS, idempotent);
    }

    boolean again(Fate fate, long nowNanos) {
        return nowNanos - deadlineNanos < 0 && (fate == Fate.NOT_TAKEN || idempotent);
    }

    /**
     * Commands for which what is so already succeeds. A topic that is created twice is refused the
     * second time, and a claim under an epoch that has passed as well. A config that is set a
     * second time might undo what somebody else has set meanwhile; so might an order to empty a
     * broker, or to hold a link, that has been taken back.
     */
    private static boolean idempotent(Command<?> command) {
        return switch (command) {
            case LinkCommand<?> link -> idempotent(link);
            case HandoverCommand.FencePartitions _, HandoverCommand.HandOver _ -> true;
            case RegionCommand.ObserveOwnership _ -> true;
            case RegionCommand.RegisterController _ -> true;
            case RegionCommand.AllocateProducerIds _ -> true; // some ids stay unused
            case ReplicaCommand.AlterPartitions _ -> true; // the partition epoch tells
            case ReplicaCommand.AssignReplicasToDirs _ -> true;
            case BrokerCommand.RegisterBroker _ -> true;
            case BrokerCommand.HeartbeatBroker _ -> true;
            default -> false;
        };
    }

    /**
     * What only goes forward, or names the epoch under which it is true, undoes nothing. Whoever
     * holds, releases, defines or removes a link, or tells the state of a mirror topic, looks again
     * before it says so again.
     */
    private static boolean idempotent(LinkCommand<?> command) {
        return switch (command) {
            case LinkCommand.DefineLink _,
                    LinkCommand.PauseLink _,
                    LinkCommand.ResumeLink _,
                    LinkCommand.RemoveLink _,
                    LinkCommand.CreateMirrorTopic _,
                    LinkCommand.RestartMirrorTopic _,
                    LinkCommand.SetMirrorTopicState _ ->
                    false;
            case LinkCommand.GrowMirrorTopic _,
                    LinkCommand.RaiseLeaderEpochs _,
                    LinkCommand.RecordGaps _,
                    LinkCommand.BeginPromotion _,
                    LinkCommand.SettleMirrorPartitions _,
                    LinkCommand.ClampMirrorOffsets _,
                    LinkCommand.AbortMirrorTransactions _,
                    LinkCommand.CompareMirrorTransactions _,
                    LinkCommand.CompletePromotion _,
                    LinkCommand.BeginReturn _,
                    LinkCommand.ReportDivergence _,
                    LinkCommand.ConfirmExport _,
                    LinkCommand.ConfirmCut _ ->
                    true;
        };
    }
}
