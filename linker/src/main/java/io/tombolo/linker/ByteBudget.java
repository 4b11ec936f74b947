package io.tombolo.linker;

import java.util.concurrent.TimeUnit;

/**
 * How many bytes a link may fetch in a second: an account that is paid into as time passes, from
 * which whole fetches are taken when they have arrived. So no byte waits for its turn, and who asks
 * may put the account into debt, by one fetch for each connection.
 *
 * <p>What is live goes before what catches up: catching up takes what is in the account, live
 * partitions may also borrow {@value #BURST_MS} ms in advance. So as long as they alone stay below
 * the limit they never wait, and what catches up has the rest. Pure; mutable; owned by the loop of
 * the link.
 */
final class ByteBudget {

    /** What may be fetched at this moment; a later one includes the earlier ones. */
    enum Admitted {
        NOTHING,
        LIVE,
        EVERYTHING
    }

    static final long BURST_MS = 250;
    static final int FETCH_BYTES_MIN = 64 * 1024;

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private long bytesPerSecond;
    private double level;
    private long leveledNanos;

    /**
     * Changes the limit. A debt stays, and never takes longer to be paid than it would have: under
     * a higher limit it is paid sooner, under a lower one in the same time.
     *
     * @param limit in bytes per second, 0 for none
     * @return whether it is another one than before
     */
    boolean limit(long limit, long nowNanos) {
        if (limit == bytesPerSecond) {
            return false;
        }
        pass(nowNanos);
        double inSameTime = bytesPerSecond == 0 ? 0 : level / bytesPerSecond * limit;
        level = level < 0 ? Math.max(level, inSameTime) : inSameTime;
        bytesPerSecond = limit;
        leveledNanos = nowNanos;
        return true;
    }

    Admitted admits(long nowNanos) {
        if (bytesPerSecond == 0) {
            return Admitted.EVERYTHING;
        }
        pass(nowNanos);
        if (level >= 0) {
            return Admitted.EVERYTHING;
        }
        return level >= -burst() ? Admitted.LIVE : Admitted.NOTHING;
    }

    /** How long until more is admitted than now, if nothing is taken meanwhile; 0 if all is. */
    long nanosUntilMore(long nowNanos) {
        double missing =
                switch (admits(nowNanos)) {
                    case EVERYTHING -> 0;
                    case LIVE -> -level;
                    case NOTHING -> -level - burst();
                };
        return missing == 0 ? 0 : 1 + (long) Math.ceil(missing / bytesPerSecond * NANOS_PER_SECOND);
    }

    /** Takes what has arrived. */
    void take(long bytes, long nowNanos) {
        if (bytesPerSecond > 0) {
            pass(nowNanos);
            level -= bytes;
        }
    }

    /**
     * Bytes to ask for in one fetch at most: all connections together a burst, so that none of them
     * keeps the others waiting for long.
     */
    int fetchBytesMax(int laneCount) {
        long share = bytesPerSecond / 1_000 * BURST_MS / Math.max(1, laneCount);
        return bytesPerSecond == 0
                ? Integer.MAX_VALUE
                : Math.clamp(share, FETCH_BYTES_MIN, Integer.MAX_VALUE);
    }

    /** Whether there is a limit. */
    boolean limited() {
        return bytesPerSecond > 0;
    }

    private double burst() {
        return bytesPerSecond / 1_000.0 * BURST_MS;
    }

    private void pass(long nowNanos) {
        double earned = bytesPerSecond / NANOS_PER_SECOND * (nowNanos - leveledNanos);
        level = Math.min(burst(), level + earned);
        leveledNanos = nowNanos;
    }
}
