package io.tombolo.linker;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When a group that stands still at the source is looked at here nevertheless, and when its offsets
 * are committed anew. Its copy may be deleted here, and has no members here that would keep it from
 * expiring. Groups take turns, so that no round asks for all of them. Pure.
 */
final class GroupTurns {

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long REFRESH_NANOS_MAX = TimeUnit.HOURS.toNanos(1);
    private static final int REFRESHES_PER_RETENTION = 4;
    private static final int SHARES = 1_024;

    private GroupTurns() {}

    /** Whether it is a group's turn in this round; about every ten seconds it is. */
    static boolean looksAt(String group, long round, Duration interval) {
        long turns = Math.max(1, LOOK_NANOS / Math.max(1, interval.toNanos()));
        return Math.floorMod(group.hashCode() - round, turns) == 0;
    }

    /** After how long offsets are committed anew: well before they expire. */
    static long refreshNanos(Duration retention) {
        return Math.min(REFRESH_NANOS_MAX, retention.dividedBy(REFRESHES_PER_RETENTION).toNanos());
    }

    /** How much of its first period a group has behind it, so that groups found at once spread. */
    static long headStartNanos(String group, long refreshNanos) {
        return refreshNanos / SHARES * Math.floorMod(group.hashCode(), SHARES);
    }
}
