package io.tombolo.replication.fetch;

import io.tombolo.replication.Partition;
import io.tombolo.replication.follower.FetchPosition;

import org.jspecify.annotations.Nullable;

/**
 * One partition in the eyes of its fetcher; mutable.
 *
 * <table>
 * <caption>What is done next</caption>
 * <tr><th>state</th><th>event</th><th>next</th></tr>
 * <tr><td>fetching</td><td>records, truncated by epochs</td><td>fetching</td></tr>
 * <tr><td>fetching</td><td>OFFSET_OUT_OF_RANGE</td><td>asking for the leader's start</td></tr>
 * <tr><td>asking start</td><td>start above our end</td><td>fetching, from that start</td></tr>
 * <tr><td>asking start</td><td>start at or below our end</td><td>asking for the end</td></tr>
 * <tr><td>asking end</td><td>end</td><td>fetching, truncated to it when below ours</td></tr>
 * <tr><td>any</td><td>an error</td><td>pausing, then fetching</td></tr>
 * <tr><td>fetching, behind</td><td>the limit is spent</td><td>pausing, then fetching</td></tr>
 * <tr><td>any</td><td>followed anew</td><td>fetching at once</td></tr>
 * </table>
 */
final class FollowedPartition {

    /** What the leader is asked for next. */
    enum Question {
        RECORDS,
        START,
        END
    }

    private final Partition partition;
    private Question question = Question.RECORDS;
    private long leaderStartOffset;
    private @Nullable FetchPosition asked;
    private long leaderHighWatermark = -1;
    private int errorCount;
    private boolean held;
    private long pausedUntilNanos;

    FollowedPartition(Partition partition) {
        this.partition = partition;
    }

    Partition partition() {
        return partition;
    }

    Question question() {
        return question;
    }

    boolean pausing(long nowNanos) {
        return (errorCount > 0 || held) && nowNanos - pausedUntilNanos < 0;
    }

    long pausedUntilNanos() {
        return pausedUntilNanos;
    }

    /** Where it was when the question for offsets was asked. */
    void asks(FetchPosition position) {
        asked = position;
    }

    @Nullable FetchPosition asked() {
        return asked;
    }

    long leaderStartOffset() {
        return leaderStartOffset;
    }

    void askForStart() {
        question = Question.START;
    }

    void askForEnd(long startOffset) {
        leaderStartOffset = startOffset;
        question = Question.END;
    }

    /** All is well. */
    void fetchOn() {
        question = Question.RECORDS;
        errorCount = 0;
        held = false;
    }

    /** The leader told its high watermark. */
    void seen(long highWatermark) {
        leaderHighWatermark = highWatermark;
    }

    /** Whether it has all that is committed, as far as it knows. */
    boolean caughtUp(long endOffset) {
        return endOffset >= leaderHighWatermark;
    }

    /** Others have had its share: it asks again later, and that is no error. */
    void holdUntil(long nanos) {
        held = true;
        pausedUntilNanos = nanos;
    }

    /** Waits, the longer the more errors there were in a row. */
    void pause(FetcherSettings settings, long nowNanos) {
        question = Question.RECORDS;
        errorCount++;
        pausedUntilNanos = nowNanos + settings.pauseNanos(errorCount);
    }
}
