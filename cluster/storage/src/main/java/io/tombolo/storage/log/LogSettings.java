package io.tombolo.storage.log;

import java.time.Duration;
import java.util.Optional;

/**
 * How a log is kept: the topic configs that concern storage, already parsed. Immutable; change one
 * with the {@code with…} methods.
 *
 * @param segmentBytesMax size at which a segment is closed and the next begun
 * @param segmentAgeMax age (by record timestamp) at which a segment is closed
 * @param segmentJitterMax upper bound of what is randomly taken off {@code segmentAgeMax}, so that
 *     logs created together do not roll together
 * @param indexBytesMax size at which the offset index of a segment counts as full
 * @param indexIntervalBytes bytes of log between two index entries
 * @param messageBytesMax largest batch that {@link PartitionLog#append} accepts
 * @param timestamps whose clock stamps the records
 * @param retentionAgeMax age at which a segment may go; empty means never
 * @param retentionBytesMax size of the log above which the oldest segments go; empty means never
 * @param compaction when the log cleaner keeps only the latest record of a key; empty when it never
 *     does ({@code cleanup.policy} does not contain compact)
 * @param deletable whether retention applies at all ({@code cleanup.policy} contains delete)
 * @param flush when the log is forced to disk
 * @param fileDeleteDelay how long files of a deleted segment are kept under another name
 * @param producerIdExpiration how long an idle producer's sequence numbers are remembered
 */
public record LogSettings(
        int segmentBytesMax,
        Duration segmentAgeMax,
        Duration segmentJitterMax,
        int indexBytesMax,
        int indexIntervalBytes,
        int messageBytesMax,
        Timestamps timestamps,
        Optional<Duration> retentionAgeMax,
        Optional<Long> retentionBytesMax,
        Optional<Compaction> compaction,
        boolean deletable,
        Flush flush,
        Duration fileDeleteDelay,
        Duration producerIdExpiration) {

    /** Kafka's defaults. */
    public static final LogSettings STANDARD =
            new LogSettings(
                    1 << 30,
                    Duration.ofDays(7),
                    Duration.ZERO,
                    10 << 20,
                    4096,
                    1048588,
                    Timestamps.CREATE_TIME,
                    Optional.of(Duration.ofDays(7)),
                    Optional.empty(),
                    Optional.empty(),
                    true,
                    Flush.BY_THE_OPERATING_SYSTEM,
                    Duration.ofMinutes(1),
                    Duration.ofDays(1));

    public LogSettings {
        requireAtLeast(1, segmentBytesMax, "segmentBytesMax");
        requireAtLeast(1, segmentAgeMax.toMillis(), "segmentAgeMax in ms");
        requireAtLeast(0, segmentJitterMax.toMillis(), "segmentJitterMax in ms");
        requireAtLeast(8, indexBytesMax, "indexBytesMax");
        requireAtLeast(0, indexIntervalBytes, "indexIntervalBytes");
        requireAtLeast(0, messageBytesMax, "messageBytesMax");
        requireAtLeast(0, fileDeleteDelay.toMillis(), "fileDeleteDelay in ms");
        requireAtLeast(1, producerIdExpiration.toMillis(), "producerIdExpiration in ms");
    }

    /** Whether the log cleaner may leave gaps between offsets. */
    public boolean compacted() {
        return compaction.isPresent();
    }

    /** The age at which a segment is closed; what must be compacted in time has to be closed. */
    public Duration closingAge() {
        Duration lagMax = compaction.map(Compaction::lagMax).orElse(segmentAgeMax);
        return lagMax.compareTo(segmentAgeMax) < 0 ? lagMax : segmentAgeMax;
    }

    /**
     * When a log is compacted, and what of it may go then.
     *
     * @param dirtyRatioMin share of the bytes that have not been compacted yet, above which it is
     * @param lagMin age of records below which nothing of their segment is compacted
     * @param lagMax age of a segment's first record above which it is compacted whatever the share
     * @param deleteRetention how long tombstones and markers stay after they were first compacted
     */
    public record Compaction(
            double dirtyRatioMin, Duration lagMin, Duration lagMax, Duration deleteRetention) {

        /** Kafka's defaults. */
        public static final Compaction STANDARD =
                new Compaction(
                        0.5, Duration.ZERO, Duration.ofMillis(Long.MAX_VALUE), Duration.ofDays(1));

        public Compaction {
            if (dirtyRatioMin < 0 || dirtyRatioMin > 1) {
                throw new IllegalArgumentException("dirtyRatioMin is " + dirtyRatioMin);
            }
        }
    }

    /** Whose clock the timestamps of records come from ({@code message.timestamp.type}). */
    public enum Timestamps {
        CREATE_TIME,
        LOG_APPEND_TIME
    }

    /**
     * When appended data is forced to disk, beyond what closing a segment does.
     *
     * @param messagesMax records after which a flush begins
     * @param ageMax time after which a flush of unforced data begins; empty means never
     * @param groupCommit whether every append begins a flush, one at a time, each covering all that
     *     was appended before it began
     */
    public record Flush(long messagesMax, Optional<Duration> ageMax, boolean groupCommit) {

        /** Kafka's default: the page cache is trusted, replicas are the durability. */
        public static final Flush BY_THE_OPERATING_SYSTEM =
                new Flush(Long.MAX_VALUE, Optional.empty(), false);

        /** Acknowledgements wait for {@link PartitionLog#durableOffset()}. */
        public static final Flush GROUP_COMMIT = new Flush(1, Optional.empty(), true);

        public Flush {
            // Nothing of the outer record: its constants need these constants first.
            if (messagesMax < 1) {
                throw new IllegalArgumentException(
                        "messagesMax is " + messagesMax + ", less than 1");
            }
        }

        /**
         * Whether an append may only be acknowledged once {@link PartitionLog#durableOffset()} has
         * passed it: under group commit, and with {@code flush.messages=1}, which promises the
         * same.
         */
        public boolean acknowledgesDurable() {
            return groupCommit || messagesMax == 1;
        }
    }

    public LogSettings withFlush(Flush changed) {
        return new LogSettings(
                segmentBytesMax,
                segmentAgeMax,
                segmentJitterMax,
                indexBytesMax,
                indexIntervalBytes,
                messageBytesMax,
                timestamps,
                retentionAgeMax,
                retentionBytesMax,
                compaction,
                deletable,
                changed,
                fileDeleteDelay,
                producerIdExpiration);
    }

    public LogSettings withCompaction(Compaction changed) {
        return new LogSettings(
                segmentBytesMax,
                segmentAgeMax,
                segmentJitterMax,
                indexBytesMax,
                indexIntervalBytes,
                messageBytesMax,
                timestamps,
                retentionAgeMax,
                retentionBytesMax,
                Optional.of(changed),
                false,
                flush,
                fileDeleteDelay,
                producerIdExpiration);
    }

    public LogSettings withSegmentBytesMax(int changed) {
        return new LogSettings(
                changed,
                segmentAgeMax,
                segmentJitterMax,
                indexBytesMax,
                indexIntervalBytes,
                messageBytesMax,
                timestamps,
                retentionAgeMax,
                retentionBytesMax,
                compaction,
                deletable,
                flush,
                fileDeleteDelay,
                producerIdExpiration);
    }

    private static void requireAtLeast(long min, long value, String name) {
        if (value < min) {
            throw new IllegalArgumentException(name + " is " + value + ", less than " + min);
        }
    }
}
