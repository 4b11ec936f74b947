package io.tombolo.broker;

import io.tombolo.controller.ControllerSettings;
import io.tombolo.controller.replica.SafetyRules;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.region.config.BrokerConfig;

import java.time.Duration;
import java.util.Optional;

/** The file and Kafka's broker configs, as the controller wants them. */
final class ControllerConfigs {

    private ControllerConfigs() {}

    static ControllerSettings settings(NodeSettings settings) {
        var config = settings.config();
        return new ControllerSettings(
                new RegionIdentity(settings.clusterId(), settings.region().id()),
                settings.region().producerIds(),
                new ControllerSettings.TopicDefaults(
                        config.integer("num.partitions"),
                        config.integer("default.replication.factor"),
                        new SafetyRules(
                                config.integer("min.insync.replicas"),
                                config.flag("unclean.leader.election.enable"))),
                Features.ranges(),
                pace(config),
                new ControllerSettings.Bounds(
                        ControllerSettings.Bounds.STANDARD.waitingCommands(),
                        ControllerSettings.Bounds.STANDARD.batchBytes(),
                        config.number("metadata.log.max.record.bytes.between.snapshots")));
    }

    private static ControllerSettings.Pace pace(BrokerConfig config) {
        Duration session = Duration.ofMillis(config.number("broker.session.timeout.ms"));
        String interval = "leader.imbalance.check.interval.seconds";
        // Kafka's 300 seconds would leave all leaderships on one broker after each restart.
        Duration balance =
                config.fixed().containsKey(interval)
                        ? Duration.ofSeconds(config.number(interval))
                        : session.dividedBy(4);
        return new ControllerSettings.Pace(
                session,
                config.flag("auto.leader.rebalance.enable")
                        ? Optional.of(balance)
                        : Optional.empty());
    }
}
