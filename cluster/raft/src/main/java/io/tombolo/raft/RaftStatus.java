package io.tombolo.raft;

import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.RaftMessage.Past;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;

import java.util.List;

/**
 * The quorum as this node sees it; what DescribeQuorum shows. Positions of replicas are known to
 * the leader only.
 *
 * @param role name of this replica's state, such as {@code Leader} or {@code Follower}
 * @param logEnd end of this node's log
 * @param highWatermark everything below is committed, as far as this node knows
 * @param logStartOffset lowest offset still in this node's log
 * @param voterSet the voter set in force, with its addresses
 * @param replicas on the leader: all voters in id order, then the observers; elsewhere none
 * @param awaited the nodes without which this replica does not begin a new quorum; none at any
 *     other and once there is a quorum
 * @param past what a replica with an empty log knows of a quorum before
 * @param room what this node's disk has for its log
 */
public record RaftStatus(
        String role,
        LeaderAndEpoch leader,
        OffsetAndEpoch logEnd,
        long highWatermark,
        long logStartOffset,
        VoterSet voterSet,
        List<Replica> replicas,
        List<Integer> awaited,
        Past past,
        Room room) {

    /** The unknown time. */
    public static final long NEVER = -1;

    /**
     * One replica as the leader knows it.
     *
     * @param voter whether it votes; otherwise an observer
     * @param logEndOffset end of its durable log, −1 when unknown
     * @param lastFetchMs wall-clock time of its last fetch, or {@link #NEVER}
     * @param lastCaughtUpMs wall-clock time at which it last had everything, or {@link #NEVER}
     */
    public record Replica(
            ReplicaKey key,
            boolean voter,
            long logEndOffset,
            long lastFetchMs,
            long lastCaughtUpMs) {}
}
