package io.tombolo.raft;

import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RaftEvent.Room;

import java.util.List;

/**
 * The replicated state machine. Every call arrives on the node's loop, in the order of the log:
 * each committed batch exactly once per process life, whole.
 */
public interface RaftListener {

    /**
     * The log is open, and this replica has not taken part in anything yet: who is told may still
     * close the node.
     *
     * @param status with the voters that the log names
     */
    default void onOpened(RaftStatus status) {}

    /**
     * A batch is committed: it is durable on a majority and will be on every later leader. Offsets
     * rise but need not be contiguous: the quorum's own records are left out.
     */
    void onCommit(LogBatch batch);

    /**
     * A snapshot comes: at start when there is one, and when this replica had fallen behind the
     * leader's log. Its records follow in slices, a turn of the loop for each, so that nobody needs
     * all of it in memory at once. What was begun before and not ended is void.
     */
    void onSnapshotBegun(OffsetAndEpoch id);

    /** The next records of the snapshot begun, in the order in which they were written. */
    void onSnapshotRecords(List<byte[]> records);

    /**
     * The snapshot is whole: the state machine must forget everything else and take this state
     * instead, everything below {@code id.offset()}.
     */
    void onSnapshotEnded(OffsetAndEpoch id);

    /**
     * The leader changed or is unknown now. When this node is the leader, every batch of earlier
     * epochs has been delivered before, so that the state machine may act on its state at once and
     * propose in {@code leader.epoch()}. The loss of the leadership is told behind what was
     * committed before it: whatever else was proposed may be committed later or never.
     */
    void onLeaderChange(LeaderAndEpoch leader);

    /**
     * The disk has more or less room for the log than before. With less than {@link Room#AMPLE}
     * what can wait should not be proposed: the leader of several voters has resigned, and what a
     * sole one proposes takes from the reserve, or waits.
     */
    default void onRoom(Room room) {}

    /**
     * The log directory failed, or an invariant broke; the node has stopped for good and answers
     * nothing any more.
     */
    void onFault(Exception cause);
}
