package io.tombolo.region.link;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What would be lost if the copying ended now: what is known to be missing, and what the source may
 * have taken since the state of it that is known. The second part rests on the assumption that the
 * source takes records no faster than it did at its fastest lately.
 *
 * @param records known to be missing at the last answer of the source, −1 when no topic is counted
 * @param bytes an estimate for them, −1 when there is nothing to make it from
 * @param unheardMs how old the oldest state is that counts as known of any partition: since the
 *     question left that the source answered last, so the way there and back and the time that the
 *     source let the question wait are in it; −1 when a partition was never heard of
 * @param unheardRecords at most so many records the source took in that time; −1 when nothing was
 *     measured that would tell
 * @param silentMs since the source last answered anything, −1 when it never did
 * @param failedPartitionCount partitions that are not copied any more, and not part of the numbers
 *     above
 * @param uncountedTopics the names of topics of which it is not known how much would be lost: those
 *     with failed partitions, and those that the link should copy and does not
 */
public record LossBound(
        long records,
        long bytes,
        long unheardMs,
        long unheardRecords,
        long silentMs,
        int failedPartitionCount,
        SortedSet<String> uncountedTopics) {

    /** Nothing has been heard of the source. */
    public static final LossBound UNKNOWN =
            new LossBound(0, 0, -1, -1, -1, 0, Collections.emptySortedSet());

    public LossBound {
        uncountedTopics = Collections.unmodifiableSortedSet(new TreeSet<>(uncountedTopics));
    }

    /** The bound for both together; what is unknown of one is unknown of both. */
    public LossBound plus(LossBound other) {
        boolean heard = unheardMs >= 0 && other.unheardMs >= 0;
        boolean measured = unheardRecords >= 0 && other.unheardRecords >= 0;
        boolean bothSilent = silentMs < 0 || other.silentMs < 0;
        var uncounted = new TreeSet<>(uncountedTopics);
        uncounted.addAll(other.uncountedTopics);
        return new LossBound(
                records + other.records,
                bytes < 0 || other.bytes < 0 ? -1 : bytes + other.bytes,
                heard ? Math.max(unheardMs, other.unheardMs) : -1,
                measured ? unheardRecords + other.unheardRecords : -1,
                bothSilent
                        ? Math.max(silentMs, other.silentMs)
                        : Math.min(silentMs, other.silentMs),
                failedPartitionCount + other.failedPartitionCount,
                uncounted);
    }

    /** The same bound, of which these topics are no part either. */
    public LossBound without(SortedSet<String> topics) {
        var uncounted = new TreeSet<>(uncountedTopics);
        uncounted.addAll(topics);
        return new LossBound(
                records,
                bytes,
                unheardMs,
                unheardRecords,
                silentMs,
                failedPartitionCount,
                uncounted);
    }

    /** The same silence of the source, and nothing else is known: no topic is counted. */
    public LossBound ofNothingCounted() {
        return new LossBound(
                -1, -1, unheardMs, -1, silentMs, failedPartitionCount, uncountedTopics);
    }

    /** At most so many records are lost; −1 when that is not known, be it of one topic. */
    public long recordsMax() {
        return unheardRecords < 0 || !uncountedTopics.isEmpty() ? -1 : records + unheardRecords;
    }

    /** The rate that {@link #unheardRecords} stands for, −1 when it is not known. */
    public long recordsPerSecond() {
        return unheardRecords < 0
                ? -1
                : Math.ceilDiv(unheardRecords * 1_000, Math.max(unheardMs, 1));
    }
}
