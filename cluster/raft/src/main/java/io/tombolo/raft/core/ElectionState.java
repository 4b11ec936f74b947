package io.tombolo.raft.core;

/**
 * What a replica must remember of elections across a crash. It never votes twice in an epoch and
 * never goes back to an earlier one because this is durable before anything that depends on it
 * leaves the node.
 *
 * @param epoch ≥ 0, never decreases
 * @param votedFor the one candidate that got this replica's vote in this epoch, or nobody
 * @param leaderId the leader of this epoch when known, else {@link LeaderAndEpoch#NO_LEADER}
 */
public record ElectionState(int epoch, ReplicaKey votedFor, int leaderId) {

    /** The state of a replica that has never taken part. */
    public static final ElectionState NEW =
            new ElectionState(0, ReplicaKey.NONE, LeaderAndEpoch.NO_LEADER);

    /** The leader as others are told of it. */
    public LeaderAndEpoch leader() {
        return new LeaderAndEpoch(leaderId, epoch);
    }
}
