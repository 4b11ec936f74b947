package io.tombolo.raft.core;

import io.tombolo.raft.core.RaftMessage.Envelope;

import java.util.List;

/** What can happen to a replica. */
public sealed interface RaftEvent {

    /** The process runs; the first event, once. */
    record Started() implements RaftEvent {}

    /** The time of the last {@link RaftEffect.SetTimer} has come. */
    record TimerFired() implements RaftEvent {}

    record MessageReceived(Envelope envelope) implements RaftEvent {}

    /** The transport gave up on a request of this replica. */
    record RequestFailed(long exchange) implements RaftEvent {}

    /**
     * The state machine wants records in the log.
     *
     * @param epoch the epoch it believes this replica leads
     */
    record Proposed(List<byte[]> records, int epoch) implements RaftEvent {}

    /**
     * Somebody wants to change the voters; answered by {@link RaftEffect.AnswerVoterChange}.
     *
     * @param request chosen by the driver, repeated in the answer
     * @param timeoutNanos how long to wait for the replica to catch up and for the commit
     */
    record VoterChangeRequested(long request, VoterChange change, long timeoutNanos)
            implements RaftEvent {}

    /** The fsync ordered by {@link RaftEffect.ForceLog} is done. */
    record LogForced() implements RaftEvent {}

    /** A snapshot of this replica's state machine is durable; its offset is committed. */
    record SnapshotCreated(OffsetAndEpoch id) implements RaftEvent {}

    /** The log has been cut at its beginning. */
    record LogTrimmed(long startOffset) implements RaftEvent {}

    /** A fetched snapshot has replaced the log, durably. */
    record SnapshotInstalled(OffsetAndEpoch id, VoterSet voters) implements RaftEvent {}

    /** The fetched bytes are not a whole snapshot; nothing has been replaced. */
    record SnapshotRejected(OffsetAndEpoch id) implements RaftEvent {}

    /** How much room the disk has for the log of a replica, as its last writes found out. */
    enum Room {

        /** Enough, and a reserve beside it. */
        AMPLE,

        /** None but what the log keeps for itself: whatever can wait should. */
        RESERVE,

        /** None at all: nothing becomes durable until there is some again. */
        NONE
    }

    /** Writes have found more or less room on the disk than before. */
    record RoomChanged(Room room) implements RaftEvent {}

    /** This replica is about to leave. */
    record ResignRequested() implements RaftEvent {}
}
