package io.tombolo.region.link;

import org.apache.kafka.common.TopicPartition;

import java.time.Duration;
import java.util.Map;
import java.util.SortedSet;
import java.util.function.Consumer;

/**
 * Committed offsets of consumer groups in this region. Called on the loop of the link; answers
 * exactly once on that loop.
 */
public interface GroupOffsets {

    /**
     * Whether the offsets of a group are kept by this broker. Of the brokers of a region one does,
     * and that one copies them.
     */
    boolean keeps(String group);

    /** How long offsets of a group without members are kept here after they were committed. */
    Duration retention();

    /** The names of the groups that have committed offsets here; empty when they cannot be read. */
    void groups(Consumer<SortedSet<String>> answer);

    /** The offsets a group has committed here. */
    void committed(String group, Consumer<ReadAnswer> answer);

    /**
     * Commits offsets for a group that nobody uses here. All are committed, or none. A group that
     * does not exist is made.
     *
     * @param ownershipEpoch refused when this region knows a higher one
     */
    void commit(
            String group,
            Map<TopicPartition, Committed> offsets,
            long ownershipEpoch,
            Consumer<CommitAnswer> answer);

    /**
     * A committed offset.
     *
     * @param offset the next record to read, ≥ 0
     * @param leaderEpoch of the record before it, −1 when unknown
     */
    record Committed(long offset, int leaderEpoch, String metadata) {}

    /** What became of a read. */
    sealed interface ReadAnswer {}

    /** What became of a commit. */
    sealed interface CommitAnswer {}

    /** What the group has committed; empty for a group that does not exist. */
    record Offsets(Map<TopicPartition, Committed> offsets) implements ReadAnswer {
        public Offsets {
            offsets = Map.copyOf(offsets);
        }
    }

    /** The offsets are committed. */
    record Stored() implements CommitAnswer {}

    /** The group was left alone. */
    record Skipped(SkipReason reason, String detail) implements CommitAnswer {}

    /** The coordinator cannot answer now. */
    record Unavailable(String detail) implements ReadAnswer, CommitAnswer {}

    /** Why the offsets of a group, or of one of its partitions, are not copied. */
    enum SkipReason {
        /** Consumers of the group run in this region; their own commits win. */
        ACTIVE_HERE,
        /** The partition is not mirrored by this link. */
        NOT_MIRRORED,
        /** The mirror partition has not been opened here yet, or has failed. */
        NOT_READY,
        /** The group has gone on here; only a reset at the source moves it back. */
        AHEAD_HERE,
        /** The group's kind has no offsets that can be copied. */
        UNSUPPORTED_KIND,
        /** The source would not give the offsets. */
        SOURCE_REFUSED,
        /** This region owns the topics by now. */
        OWNERSHIP_STALE,
        /** The coordinator here refused the commit. */
        REFUSED_HERE
    }
}
