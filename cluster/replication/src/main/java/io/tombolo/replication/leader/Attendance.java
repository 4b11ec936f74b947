package io.tombolo.replication.leader;

/**
 * When a follower was heard last over one fetch session. A fetch of a session is about all its
 * partitions, also those that are not looked at because nothing is new in them: for these this is
 * the time of their last fetch. Written on one loop, read on any.
 */
public final class Attendance {

    private volatile boolean heard;
    private volatile long heardNanos;

    /** The follower has fetched. */
    public void heard(long nowNanos) {
        heardNanos = nowNanos;
        heard = true;
    }

    /** The later one of a time and of when the follower was heard last. */
    long orLater(long nanos) {
        return heard && heardNanos - nanos > 0 ? heardNanos : nanos;
    }
}
