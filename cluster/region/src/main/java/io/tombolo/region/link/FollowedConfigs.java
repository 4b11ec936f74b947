package io.tombolo.region.link;

import java.util.Set;

/**
 * Which configurations of a mirror topic follow the source. What is in neither class is the
 * region's own business: minimum of in-sync replicas, unclean elections, placement, throttles,
 * tiering.
 */
public final class FollowedConfigs {

    /** They decide what a record may be and what compaction keeps: the copy must agree. */
    public static final Set<String> ALWAYS =
            Set.of(
                    "cleanup.policy",
                    "compression.type",
                    "max.message.bytes",
                    "message.timestamp.type",
                    "max.compaction.lag.ms",
                    "min.compaction.lag.ms",
                    "min.cleanable.dirty.ratio");

    /** They follow unless the region of the copy chooses otherwise. */
    public static final Set<String> BY_DEFAULT =
            Set.of(
                    "delete.retention.ms",
                    "retention.bytes",
                    "retention.ms",
                    "segment.bytes",
                    "segment.jitter.ms",
                    "segment.ms",
                    "segment.index.bytes",
                    "index.interval.bytes",
                    "message.timestamp.after.max.ms",
                    "message.timestamp.before.max.ms");

    /** Those of {@link #BY_DEFAULT} that may be chosen larger in the copy, −1 being without end. */
    public static final Set<String> AT_LEAST =
            Set.of("delete.retention.ms", "retention.bytes", "retention.ms");

    private FollowedConfigs() {}

    /**
     * Whether a value of {@link #AT_LEAST} keeps as much as another one; −1 is without end. What is
     * no number does.
     */
    public static boolean atLeast(String value, String other) {
        try {
            return Long.compareUnsigned(Long.parseLong(value), Long.parseLong(other)) >= 0;
        } catch (NumberFormatException unset) {
            return true;
        }
    }

    /** Whether a link sets this configuration on its mirror topics. */
    public static boolean has(String name) {
        return ALWAYS.contains(name) || BY_DEFAULT.contains(name);
    }
}
