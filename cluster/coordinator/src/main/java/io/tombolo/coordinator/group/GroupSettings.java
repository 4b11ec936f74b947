package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.consumer.ConsumerGroup.Capacity;
import io.tombolo.coordinator.runtime.RuntimeSettings;

import java.time.Duration;

/**
 * Settings of groups; Kafka's {@code group.*} and {@code offsets.*}.
 *
 * @param offsetsPartitionCount partitions of {@code __consumer_offsets}; must not change while it
 *     exists
 * @param membership limits for members
 * @param consumers for members of consumer groups
 * @param offsets limits for committed offsets
 * @param runtime bounds of each hosted partition
 */
public record GroupSettings(
        int offsetsPartitionCount,
        Membership membership,
        Consumers consumers,
        Offsets offsets,
        RuntimeSettings runtime) {

    /** Kafka's defaults. */
    public static final GroupSettings STANDARD =
            new GroupSettings(
                    50,
                    Membership.STANDARD,
                    Consumers.STANDARD,
                    Offsets.STANDARD,
                    RuntimeSettings.STANDARD);

    public GroupSettings {
        if (offsetsPartitionCount < 1) {
            throw new IllegalArgumentException("the offsets topic needs at least one partition");
        }
    }

    /**
     * Limits for members.
     *
     * @param sessionMin {@code group.min.session.timeout.ms}
     * @param sessionMax {@code group.max.session.timeout.ms}
     * @param initialRebalanceDelay how long the first rebalance of a group waits for more members
     * @param membersMax {@code group.max.size}
     * @param recordBytesMax what the members of a classic group may come to, with what they want
     *     and what they have: a group is one record, which the log has to take
     */
    public record Membership(
            Duration sessionMin,
            Duration sessionMax,
            Duration initialRebalanceDelay,
            int membersMax,
            int recordBytesMax) {

        /** Kafka's defaults. */
        public static final Membership STANDARD =
                new Membership(
                        Duration.ofSeconds(6),
                        Duration.ofMinutes(30),
                        Duration.ofSeconds(3),
                        Integer.MAX_VALUE,
                        1 << 20);

        public Membership {
            if (sessionMin.compareTo(sessionMax) > 0 || initialRebalanceDelay.isNegative()) {
                throw new IllegalArgumentException("session limits are the wrong way round");
            }
            if (Math.min(membersMax, recordBytesMax) < 1) {
                throw new IllegalArgumentException("a group must be allowed at least one member");
            }
        }

        /** Whether a member may ask for this session timeout. */
        public boolean allowsSession(int sessionMs) {
            return sessionMs >= sessionMin.toMillis() && sessionMs <= sessionMax.toMillis();
        }
    }

    /**
     * For members of consumer groups; a group may have its own session timeout and interval.
     *
     * @param session {@code group.consumer.session.timeout.ms}
     * @param heartbeatInterval {@code group.consumer.heartbeat.interval.ms}
     * @param capacity how many members a group takes, and how much they may subscribe to
     * @param migration {@code group.consumer.migration.policy}
     */
    public record Consumers(
            Duration session,
            Duration heartbeatInterval,
            Capacity capacity,
            MigrationPolicy migration) {

        /** Kafka's defaults. */
        public static final Consumers STANDARD =
                new Consumers(
                        Duration.ofSeconds(45),
                        Duration.ofSeconds(5),
                        new Capacity(Integer.MAX_VALUE, 1 << 28),
                        MigrationPolicy.BIDIRECTIONAL);

        public Consumers {
            if (heartbeatInterval.compareTo(session) >= 0 || capacity.membersMax() < 1) {
                throw new IllegalArgumentException("members must be able to keep their sessions");
            }
        }
    }

    /** Which way groups may change their protocol while they have members. */
    public enum MigrationPolicy {
        DISABLED(false, false),
        UPGRADE(true, false),
        DOWNGRADE(false, true),
        BIDIRECTIONAL(true, true);

        private final boolean upgrades;
        private final boolean downgrades;

        MigrationPolicy(boolean upgrades, boolean downgrades) {
            this.upgrades = upgrades;
            this.downgrades = downgrades;
        }

        /** Whether classic groups may become consumer groups. */
        public boolean upgrades() {
            return upgrades;
        }

        /** Whether consumer groups may become classic groups. */
        public boolean downgrades() {
            return downgrades;
        }
    }

    /**
     * Limits for committed offsets.
     *
     * @param metadataLengthMax {@code offset.metadata.max.bytes}
     * @param retention how long offsets outlive the last member, or the commit when there was none
     * @param retentionCheck how often expired ones are looked for
     */
    public record Offsets(int metadataLengthMax, Duration retention, Duration retentionCheck) {

        /** Kafka's defaults. */
        public static final Offsets STANDARD =
                new Offsets(4096, Duration.ofDays(7), Duration.ofMinutes(10));

        public Offsets {
            if (!retention.isPositive() || !retentionCheck.isPositive()) {
                throw new IllegalArgumentException("retention must be positive");
            }
        }
    }
}
