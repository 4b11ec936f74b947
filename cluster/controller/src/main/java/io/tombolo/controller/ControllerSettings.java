package io.tombolo.controller;

import io.tombolo.controller.replica.SafetyRules;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.region.ProducerIdRange;

import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the controller of a region is set to.
 *
 * @param identity who the region is; a metadata log of another one is refused
 * @param producerIds the region's own range
 */
public record ControllerSettings(
        RegionIdentity identity,
        ProducerIdRange producerIds,
        TopicDefaults topicDefaults,
        SortedMap<String, FeatureRange> features,
        Pace pace,
        Bounds bounds) {

    public ControllerSettings {
        features = Collections.unmodifiableSortedMap(new TreeMap<>(features));
    }

    /**
     * How long things take.
     *
     * @param brokerSession how long a broker may be silent before it is fenced
     * @param leaderBalance how often leaderships are given back to preferred leaders; empty for
     *     never
     */
    public record Pace(Duration brokerSession, Optional<Duration> leaderBalance) {

        public Pace {
            if (brokerSession.isNegative() || brokerSession.isZero()) {
                throw new IllegalArgumentException("the session of a broker must be positive");
            }
        }
    }

    /**
     * For topics that do not say: Kafka's num.partitions and default.replication.factor for those
     * created with -1, and when their records are safe.
     */
    public record TopicDefaults(int partitionCount, int replicationFactor, SafetyRules safety) {

        /** One replica in sync is enough, and none but such a one leads. */
        public TopicDefaults(int partitionCount, int replicationFactor) {
            this(partitionCount, replicationFactor, new SafetyRules(1, false));
        }
    }

    /**
     * The levels of a feature that this release can run.
     *
     * @param initial the level that a new region starts with; 0 for off
     * @param lossBelow going down to a level below this one loses metadata: an unsafe downgrade
     */
    public record FeatureRange(short min, short max, short initial, short lossBelow) {

        public FeatureRange {
            if (min < 0 || max < min || initial > max) {
                throw new IllegalArgumentException(
                        "no feature levels from %d by %d to %d".formatted(min, initial, max));
            }
        }

        public boolean has(short level) {
            return level >= min && level <= max;
        }
    }

    /**
     * What keeps memory and batches finite; all positive.
     *
     * @param waitingCommands commands that may wait for their turn or their commit; further ones
     *     are refused with THROTTLING_QUOTA_EXCEEDED
     * @param batchBytes of one proposal; a change that must be atomic and is larger is refused with
     *     POLICY_VIOLATION. At most the quorum's own bound
     * @param snapshotEveryBytes records applied between two snapshots of the metadata
     */
    public record Bounds(int waitingCommands, long batchBytes, long snapshotEveryBytes) {

        /** 1,000 commands, batches of 8 MiB, a snapshot every 20 MiB. */
        public static final Bounds STANDARD = new Bounds(1_000, 8L << 20, 20L << 20);

        public Bounds {
            if (waitingCommands < 1 || batchBytes < 1 || snapshotEveryBytes < 1) {
                throw new IllegalArgumentException("every bound must be positive");
            }
        }
    }
}
