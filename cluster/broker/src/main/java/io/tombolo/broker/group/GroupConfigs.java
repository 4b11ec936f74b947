package io.tombolo.broker.group;

import io.tombolo.coordinator.group.GroupSettings;
import io.tombolo.coordinator.group.GroupSettings.MigrationPolicy;
import io.tombolo.coordinator.group.consumer.ConsumerGroup.Capacity;
import io.tombolo.coordinator.runtime.RuntimeSettings;
import io.tombolo.region.config.BrokerConfig;

import java.time.Duration;
import java.util.Locale;

/** Kafka's broker configs for groups, as the coordinator wants them. */
public final class GroupConfigs {

    /** What is around a group's record in the log, with room to spare. */
    private static final int BATCH_BYTES = 4096;

    /** What one group's members say may take this part of the memory. */
    private static final int WISHES_SHARE = 8;

    private GroupConfigs() {}

    /** All of them. */
    public static GroupSettings settings(BrokerConfig config) {
        return new GroupSettings(
                config.integer("offsets.topic.num.partitions"),
                new GroupSettings.Membership(
                        Duration.ofMillis(config.number("group.min.session.timeout.ms")),
                        Duration.ofMillis(config.number("group.max.session.timeout.ms")),
                        Duration.ofMillis(config.number("group.initial.rebalance.delay.ms")),
                        config.integer("group.max.size"),
                        Math.max(config.integer("message.max.bytes") - BATCH_BYTES, 1)),
                new GroupSettings.Consumers(
                        Duration.ofMillis(config.number("group.consumer.session.timeout.ms")),
                        Duration.ofMillis(config.number("group.consumer.heartbeat.interval.ms")),
                        new Capacity(
                                config.integer("group.consumer.max.size"),
                                Runtime.getRuntime().maxMemory() / WISHES_SHARE),
                        migration(config)),
                new GroupSettings.Offsets(
                        config.integer("offset.metadata.max.bytes"),
                        Duration.ofMinutes(config.number("offsets.retention.minutes")),
                        Duration.ofMillis(config.number("offsets.retention.check.interval.ms"))),
                RuntimeSettings.STANDARD);
    }

    private static MigrationPolicy migration(BrokerConfig config) {
        return config.text("group.consumer.migration.policy")
                .map(policy -> MigrationPolicy.valueOf(policy.trim().toUpperCase(Locale.ROOT)))
                .orElse(MigrationPolicy.BIDIRECTIONAL);
    }
}
