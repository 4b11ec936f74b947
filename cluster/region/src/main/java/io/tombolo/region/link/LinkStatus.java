package io.tombolo.region.link;

import io.tombolo.region.LinkName;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a link is doing on one broker.
 *
 * @param lag records and bytes summed over the partitions that have not failed, milliseconds of the
 *     worst of them; of a link that has stopped, as it was then
 * @param recent the lag of the last minutes
 * @param lossBound what would be lost if this region took over now; of a link that has stopped, as
 *     it was then
 * @param trouble the last problem with the source as a whole, until it is over
 * @param topics ordered by name
 * @param groups ordered by name; those whose offsets this broker keeps
 */
public record LinkStatus(
        LinkName name,
        State state,
        Lag lag,
        LagHistory recent,
        LossBound lossBound,
        Optional<Trouble> trouble,
        List<TopicStatus> topics,
        List<GroupStatus> groups) {

    public LinkStatus {
        recent = Objects.requireNonNullElse(recent, LagHistory.NONE); // as of older releases
        topics = List.copyOf(topics);
        groups = List.copyOf(groups);
    }

    /** The states of links, topics and partitions. That of a whole is the worst of its parts. */
    public enum State {
        /** Finding out where source and copy stand. */
        PREPARING,
        /** Copying, and still far behind. */
        SYNCING,
        /** Copying as records are produced. */
        ACTIVE,
        /** Waiting until the leader epoch here is as high as the source's. */
        EPOCH_FENCING,
        /** Told to wait. */
        PAUSED,
        /** The source does not answer; retried. */
        SOURCE_UNAVAILABLE,
        /** Coming back: what only this region has is reported, set aside and cut off first. */
        TRUNCATING,
        /** Stopped by a problem that does not pass by itself, or refused by the source. */
        FAILED,
        /** Told to stop; appends in flight are waited for. */
        STOPPING,
        /** Nothing is copied any more. */
        STOPPED;

        /** The one of both that tells more about what is wrong, or not yet right. */
        public State worse(State other) {
            return rank() >= other.rank() ? this : other;
        }

        private int rank() {
            return switch (this) {
                case STOPPED -> 0;
                case ACTIVE -> 1;
                case PAUSED -> 2;
                case SYNCING -> 3;
                case EPOCH_FENCING -> 4;
                case PREPARING -> 5;
                case STOPPING -> 6;
                case TRUNCATING -> 7;
                case SOURCE_UNAVAILABLE -> 8;
                case FAILED -> 9;
            };
        }
    }

    /**
     * A problem.
     *
     * @param count how often it happened in a row
     * @param retryInMs until the next attempt; empty when none is planned
     */
    public record Trouble(Reason reason, long count, Optional<Long> retryInMs) {}

    /** One mirror topic, or one that should be. */
    public record TopicStatus(
            String topic,
            State state,
            Lag lag,
            Optional<Trouble> trouble,
            List<PartitionStatus> partitions) {
        public TopicStatus {
            partitions = List.copyOf(partitions);
        }
    }

    /**
     * One mirror partition.
     *
     * @param progress where source and copy stand
     */
    public record PartitionStatus(
            LinkPartition partition,
            State state,
            Lag lag,
            Progress progress,
            Optional<Trouble> trouble) {}

    /**
     * Where source and copy stand.
     *
     * @param endOffset the local log end offset, −1 before it is known
     * @param highWatermark the local one, −1 before it is known
     * @param highestEpoch of the copied batches, −1 when there are none
     * @param sourceHighWatermark at the source's last answer, −1 before it
     * @param sourceLogStartOffset at the source's last answer, −1 before it
     */
    public record Progress(
            long endOffset,
            long highWatermark,
            int highestEpoch,
            long sourceHighWatermark,
            long sourceLogStartOffset) {}

    /**
     * The offsets of one group.
     *
     * @param syncedPartitionCount partitions whose offset here is that of the source
     * @param clampedPartitionCount partitions whose offset at the source is beyond the copy
     * @param ageMs since the last successful synchronisation, −1 before the first
     */
    public record GroupStatus(
            String group,
            int syncedPartitionCount,
            int clampedPartitionCount,
            long ageMs,
            List<SkippedOffset> skipped) {
        public GroupStatus {
            skipped = List.copyOf(skipped);
        }
    }

    /**
     * Offsets that are not copied, and why.
     *
     * @param where a partition as {@code topic-number}, or {@code *} for the group as a whole
     */
    public record SkippedOffset(String where, GroupOffsets.SkipReason reason, String detail) {}
}
