package io.tombolo.replication;

/**
 * Who leads a partition, for a client that asked the wrong broker (KIP-951).
 *
 * @param leaderId −1 when it is not known here
 * @param leaderEpoch −1 when it is not known here
 */
public record LeaderHint(int leaderId, int leaderEpoch) {

    /** Not known here. */
    public static final LeaderHint NONE = new LeaderHint(-1, -1);
}
