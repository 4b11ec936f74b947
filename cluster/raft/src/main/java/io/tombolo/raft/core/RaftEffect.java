package io.tombolo.raft.core;

import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotAnswer;

import java.util.List;

/**
 * What a replica asks of its driver. Effects take place in the order in which they are returned,
 * across steps too; those on the log and on snapshots see each other's outcome in that order. A
 * failure of the disk ends the replica.
 */
public sealed interface RaftEffect {

    /** Write durably; no later effect takes place before that. */
    record PersistElectionState(ElectionState state) implements RaftEffect {}

    /** Write behind the end of the log; durable only after a later {@link ForceLog}. */
    record AppendBatches(List<LogBatch> batches) implements RaftEffect {

        public AppendBatches {
            batches = List.copyOf(batches);
        }
    }

    /** Make everything appended so far durable, then report {@link RaftEvent.LogForced}. */
    record ForceLog() implements RaftEffect {}

    /** Cut the log's end, durably before anything is appended again. */
    record TruncateLog(long endOffset) implements RaftEffect {}

    /**
     * What lies below the snapshot may be deleted, whole batches only; report {@link
     * RaftEvent.LogTrimmed}. Older snapshots go too.
     */
    record TrimLog(OffsetAndEpoch snapshot) implements RaftEffect {}

    record Send(Envelope envelope) implements RaftEffect {}

    /**
     * Read whole batches from {@code offset} up to {@code endOffset} and about {@code bytesMax} (at
     * least one), put them into the answer and send it.
     *
     * @param envelope its body is a {@link FetchAnswer} still without records
     */
    record SendRecords(Envelope envelope, long offset, long endOffset, int bytesMax)
            implements RaftEffect {}

    /**
     * Read a piece of a snapshot and send it, or say why not.
     *
     * @param envelope its body is a {@link FetchSnapshotAnswer} with id and position, still without
     *     bytes
     */
    record SendSnapshotPiece(Envelope envelope, int bytesMax) implements RaftEffect {}

    /** Keep a piece of the snapshot being fetched; position 0 starts it anew. */
    record WriteSnapshotPiece(OffsetAndEpoch id, long position, byte[] bytes)
            implements RaftEffect {}

    /**
     * The snapshot is fetched: check it, make it durable and let it replace the whole log, all or
     * nothing; report {@link RaftEvent.SnapshotInstalled} or {@link RaftEvent.SnapshotRejected}.
     */
    record InstallSnapshot(OffsetAndEpoch id) implements RaftEffect {}

    /** Forget what was fetched of a snapshot. */
    record DiscardSnapshotPieces() implements RaftEffect {}

    /** Hand the snapshot to the state machine; what comes next begins at its offset. */
    record LoadSnapshot(OffsetAndEpoch id) implements RaftEffect {}

    /** Everything below is committed: hand it to the state machine, in whole batches. */
    record AdvanceHighWatermark(long highWatermark) implements RaftEffect {}

    /**
     * Tell the state machine of the leader, after everything below {@code appliedOffset} has been
     * handed to it (0: at once).
     */
    record AnnounceLeader(LeaderAndEpoch leader, long appliedOffset) implements RaftEffect {}

    /** The outcome of the {@link RaftEvent.Proposed} of the same step. */
    record AnswerProposal(ProposeResult result) implements RaftEffect {}

    /** The outcome of a {@link RaftEvent.VoterChangeRequested}, once for each. */
    record AnswerVoterChange(long request, VoterChange.Outcome result) implements RaftEffect {}

    /**
     * Ask the leader to change the voters on behalf of this replica, best effort; repeated until
     * the log shows that it was done.
     */
    record AskVoterChange(LeaderAndEpoch leader, VoterChange change) implements RaftEffect {}

    /** Report {@link RaftEvent.TimerFired} at this time instead of any earlier wish. */
    record SetTimer(long deadlineNanos) implements RaftEffect {}

    /**
     * A step that changes its mind about elections writes only the outcome, in place of the first
     * change: nothing of the step leaves before it is durable, and one fsync is enough.
     */
    static List<RaftEffect> withOnePersist(List<RaftEffect> effects) {
        int first = -1;
        for (int index = 0; index < effects.size(); index++) {
            if (effects.get(index) instanceof PersistElectionState last) {
                if (first < 0) {
                    first = index;
                } else {
                    effects.set(first, last);
                    effects.remove(index--);
                }
            }
        }
        return effects;
    }
}
