package io.tombolo.controller.command;

import io.tombolo.raft.core.RaftEvent.Room;

import org.apache.kafka.common.protocol.Errors;

import java.util.Optional;

/**
 * What is refused while the disk below the metadata log is full. What is left of its reserve is for
 * what keeps the region going (registrations, elections, in-sync replicas) and for what makes room:
 * deletions, and configs that shorten retention. What makes the metadata or the logs grow waits;
 * when the reserve is used up too, everything that clients ask for.
 */
public final class ScarceRoom {

    private ScarceRoom() {}

    /** Why a command is not even decided now; empty when it may be. */
    public static Optional<Refusal> refusal(Command<?> command, Room room, int nodeId) {
        boolean refused =
                switch (room) {
                    case AMPLE -> false;
                    case RESERVE -> grows(command);
                    case NONE -> grows(command) || asked(command);
                };
        return refused
                ? Optional.of(
                        new Refusal(
                                Errors.KAFKA_STORAGE_ERROR,
                                "The disk of the metadata log of broker %d is full. Try again when there is room on it%s."
                                        .formatted(
                                                nodeId,
                                                room == Room.RESERVE
                                                        ? "; topics can be deleted and configs be"
                                                                + " changed until then"
                                                        : "")))
                : Optional.empty();
    }

    private static boolean grows(Command<?> command) {
        return switch (command) {
            case TopicCommand.CreateTopics _, TopicCommand.CreatePartitions _ -> true;
            case TopicCommand.DeleteTopics _ -> false;
            case ReplicaCommand.AlterReassignments _ -> true;
            case ReplicaCommand<?> _ -> false;
            case BrokerCommand.ContinueDrain _ -> true;
            case BrokerCommand<?> _ -> false;
            case ConfigCommand<?> _ -> false;
            case RegionCommand.UpdateFeatures _ -> true;
            case RegionCommand<?> _ -> false;
            case LinkCommand.DefineLink _,
                    LinkCommand.CreateMirrorTopic _,
                    LinkCommand.RestartMirrorTopic _,
                    LinkCommand.GrowMirrorTopic _ ->
                    true;
            case LinkCommand<?> _ -> false;
            case HandoverCommand<?> _ -> false;
        };
    }

    /** By people or clients, who can ask again; brokers and the controller itself wait. */
    private static boolean asked(Command<?> command) {
        return switch (command) {
            case TopicCommand<?> _, ConfigCommand<?> _, LinkCommand<?> _ -> true;
            case BrokerCommand.UnregisterBroker _, BrokerCommand.DrainBroker _ -> true;
            case BrokerCommand<?> _ -> false;
            case ReplicaCommand.ElectLeaders _ -> true;
            case ReplicaCommand<?> _ -> false;
            case RegionCommand.ClaimOwnership _, RegionCommand.UnregisterController _ -> true;
            case RegionCommand<?> _ -> false;
            case HandoverCommand<?> _ -> false;
        };
    }
}
