package io.tombolo.broker.group;

import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.region.config.BrokerConfig;

import java.util.TreeMap;

/** How the offsets topic is made when it is first needed. */
public final class OffsetsTopicSpec {

    private OffsetsTopicSpec() {}

    /**
     * @param brokerCount brokers of the region; the topic has no more replicas than that
     */
    public static NewTopic of(BrokerConfig config, int brokerCount) {
        var overrides = new TreeMap<String, String>();
        overrides.put("cleanup.policy", "compact");
        overrides.put("compression.type", "producer");
        overrides.put("segment.bytes", Long.toString(config.number("offsets.topic.segment.bytes")));
        return NewTopic.of(
                InternalTopic.OFFSETS,
                config.integer("offsets.topic.num.partitions"),
                Math.min(config.integer("offsets.topic.replication.factor"), brokerCount),
                overrides);
    }
}
