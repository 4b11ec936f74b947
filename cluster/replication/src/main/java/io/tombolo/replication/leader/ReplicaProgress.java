package io.tombolo.replication.leader;

/**
 * How far one follower is, by its own fetches; mutable, confined to the loop of its partition. A
 * fetch at an offset says that the follower has everything below.
 */
final class ReplicaProgress {

    private static final long UNKNOWN = -1;

    private final int brokerId;
    private long offset = UNKNOWN;
    private long logStartOffset = UNKNOWN;
    private long brokerEpoch = UNKNOWN;
    private long caughtUpNanos;
    private boolean everFetched;
    private boolean hadAll;
    private long lastFetchNanos;
    private long leaderEndAtLastFetch;
    private Attendance attendance = new Attendance();
    private int removalCount;
    private long removedNanos;

    /**
     * @param inSync a replica in sync begins with the benefit of the doubt, any other without
     */
    ReplicaProgress(int brokerId, boolean inSync, long nowNanos, long lagMaxNanos) {
        this.brokerId = brokerId;
        this.caughtUpNanos = inSync ? nowNanos : nowNanos - lagMaxNanos - 1;
    }

    int brokerId() {
        return brokerId;
    }

    /**
     * It has everything below this offset; −1 while it has not fetched in this leadership, or since
     * it left the ISR.
     */
    long offset() {
        return offset;
    }

    long logStartOffset() {
        return logStartOffset;
    }

    /** Of the incarnation that fetched last, −1 when none told. */
    long brokerEpoch() {
        return brokerEpoch;
    }

    /**
     * Notes a fetch. A follower was caught up at its last fetch when it now has all that the log
     * had then, however much was appended since.
     */
    void fetched(
            long fetchOffset,
            long startOffset,
            long epoch,
            Attendance session,
            long leaderEnd,
            long nowNanos) {
        attendance = session;
        if (fetchOffset >= leaderEnd) {
            caughtUpNanos = nowNanos;
        } else if (everFetched && fetchOffset >= leaderEndAtLastFetch) {
            caughtUpNanos = Math.max(caughtUpNanos, lastFetchNanos);
        }
        everFetched = true;
        hadAll = fetchOffset >= leaderEnd;
        offset = fetchOffset;
        logStartOffset = startOffset;
        brokerEpoch = epoch;
        lastFetchNanos = nowNanos;
        leaderEndAtLastFetch = leaderEnd;
    }

    /**
     * It left the ISR, whoever wanted that: where it stood counts no more until it fetches again,
     * for its disk may be gone while its broker is well.
     */
    void left() {
        hadAll = false;
        offset = UNKNOWN;
    }

    /**
     * The log is about to grow, or the follower leaves its session: if it had all of the log, then
     * so it was at its last fetch, although nobody looked here since.
     */
    void countAttendance() {
        if (hadAll) {
            hadAll = false;
            lastFetchNanos = attendance.orLater(lastFetchNanos);
            caughtUpNanos = attendance.orLater(caughtUpNanos);
        }
    }

    /** Its session is about this partition no more. */
    void endAttendance() {
        countAttendance();
        attendance = new Attendance();
    }

    /** Whether it has all of the log, or had it not longer ago than the lag allows. */
    boolean keepsUp(long leaderEnd, long nowNanos, long lagMaxNanos) {
        return offset == leaderEnd || nowNanos - caughtUpNanos <= lagMaxNanos;
    }

    /** Time in which the leader itself stood still is not held against it. */
    void excuse(long nowNanos) {
        caughtUpNanos = nowNanos;
    }

    /** It left the ISR because it lagged. Removals long ago are forgiven. */
    void removed(long nowNanos, long lagMaxNanos) {
        boolean again = removalCount > 0 && nowNanos - removedNanos <= 10 * lagMaxNanos;
        removalCount = again ? removalCount + 1 : 1;
        removedNanos = nowNanos;
    }

    /**
     * Whether it may come back. The first time at once, then after a pause that doubles from an
     * eighth of the allowed lag up to all of it: a follower that leaves and joins all the time
     * makes every acknowledgement wait for it each time.
     */
    boolean mayRejoin(long nowNanos, long lagMaxNanos) {
        if (removalCount < 2) {
            return true;
        }
        long pauseNanos = (lagMaxNanos / 8) << Math.min(removalCount - 2, 3);
        return nowNanos - removedNanos > pauseNanos;
    }
}
