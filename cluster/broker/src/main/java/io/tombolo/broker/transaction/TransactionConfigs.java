package io.tombolo.broker.transaction;

import io.tombolo.broker.group.InternalTopic;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.coordinator.runtime.RuntimeSettings;
import io.tombolo.coordinator.transaction.TransactionSettings;
import io.tombolo.region.config.BrokerConfig;

import java.time.Duration;
import java.util.TreeMap;

/** Kafka's broker configs for transactions, as the coordinator and its topic want them. */
public final class TransactionConfigs {

    private TransactionConfigs() {}

    /** What the coordinator goes by. */
    static TransactionSettings settings(BrokerConfig config) {
        return new TransactionSettings(
                config.integer("transaction.state.log.num.partitions"),
                Duration.ofMillis(config.number("transaction.max.timeout.ms")),
                Duration.ofMillis(config.number("transactional.id.expiration.ms")),
                Duration.ofMillis(
                        config.number(
                                "transaction.remove.expired.transaction.cleanup.interval.ms")),
                RuntimeSettings.STANDARD);
    }

    /**
     * How the topic is made when it is first needed.
     *
     * @param brokerCount brokers of the region; the topic has no more replicas than that, and wants
     *     no more of them in sync
     */
    public static NewTopic topic(BrokerConfig config, int brokerCount) {
        int replicas =
                Math.min(config.integer("transaction.state.log.replication.factor"), brokerCount);
        int inSync = Math.min(config.integer("transaction.state.log.min.isr"), replicas);
        var overrides = new TreeMap<String, String>();
        overrides.put("cleanup.policy", "compact");
        overrides.put("compression.type", "uncompressed");
        overrides.put("min.insync.replicas", Integer.toString(inSync));
        overrides.put(
                "segment.bytes",
                Long.toString(config.number("transaction.state.log.segment.bytes")));
        overrides.put("unclean.leader.election.enable", "false");
        return NewTopic.of(
                InternalTopic.TRANSACTIONS,
                config.integer("transaction.state.log.num.partitions"),
                replicas,
                overrides);
    }
}
