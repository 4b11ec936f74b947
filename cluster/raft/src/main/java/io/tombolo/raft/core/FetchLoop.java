package io.tombolo.raft.core;

/**
 * Where a follower or observer stands in fetching from one leader: one request at a time. Mutable,
 * part of {@link RaftCore}.
 */
final class FetchLoop {

    static final long NONE = -1;

    /** The node fetched from, or {@link LeaderAndEpoch#NO_LEADER} while looking for one. */
    final int leaderId;

    /** Without word from the leader until then it is given up. */
    long leaderDeadlineNanos;

    /** Whether the leader has been heard at all; before that it does not stop anyone's election. */
    boolean heard;

    /** The unanswered request, or {@link #NONE}. */
    long exchange = NONE;

    /** When it was sent. */
    long sentNanos;

    /** When it is given up. */
    long requestDeadlineNanos;

    /** No request before this time. */
    long retryNanos;

    /** The leader's high watermark, as last told. */
    long leaderHighWatermark;

    /** The snapshot being fetched, or {@link OffsetAndEpoch#ZERO}. */
    OffsetAndEpoch snapshot = OffsetAndEpoch.ZERO;

    /** How much of it has come. */
    long snapshotPosition;

    FetchLoop(int leaderId, long leaderDeadlineNanos, long nowNanos) {
        this.leaderId = leaderId;
        this.leaderDeadlineNanos = leaderDeadlineNanos;
        this.retryNanos = nowNanos;
    }

    boolean hasLeader() {
        return leaderId != LeaderAndEpoch.NO_LEADER;
    }

    boolean fetchesSnapshot() {
        return snapshot.offset() > 0;
    }

    boolean waitsForAnswer() {
        return exchange != NONE;
    }
}
