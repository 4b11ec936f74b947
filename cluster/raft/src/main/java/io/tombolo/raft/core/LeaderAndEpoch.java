package io.tombolo.raft.core;

/**
 * The leader of an epoch as far as somebody knows.
 *
 * @param leaderId a node id, or {@link #NO_LEADER}
 * @param epoch ≥ 0
 */
public record LeaderAndEpoch(int leaderId, int epoch) {

    /** No leader is known. */
    public static final int NO_LEADER = -1;

    /** Whether a leader is known. */
    public boolean hasLeader() {
        return leaderId != NO_LEADER;
    }

    @Override
    public String toString() {
        return (hasLeader() ? "leader " + leaderId : "no leader") + " in epoch " + epoch;
    }
}
