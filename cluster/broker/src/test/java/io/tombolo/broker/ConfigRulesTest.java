package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.region.config.BrokerConfig;
import io.tombolo.region.config.ConfigEntry;
import io.tombolo.storage.log.LogSettings;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which configs are taken, and what they come to. */
class ConfigRulesTest {

    private final BrokerConfig broker = BrokerConfig.ofFile(Map.of("log.segment.bytes", "2000000"));
    private final ConfigRules rules = new ConfigRules(() -> broker);
    private final TopicConfigs topics = new TopicConfigs(() -> broker);

    @Test
    void anUnknownOrImpossibleTopicConfigIsRefused() {
        var topic = ConfigResource.topic("orders");

        assertThat(refusal(topic, "retention.ms", "1000")).isEmpty();
        assertThat(refusal(topic, "retention.ms", "soon")).contains(Errors.INVALID_CONFIG);
        assertThat(refusal(topic, "retention.hours", "1")).contains(Errors.INVALID_CONFIG);
    }

    @Test
    void aConfigThatIsFixedAtStartCannotBeChanged() {
        var self = ConfigResource.broker(1);

        assertThat(refusal(self, "log.retention.ms", "1000")).isEmpty();
        assertThat(refusal(self, "node.id", "3")).contains(Errors.INVALID_REQUEST);
    }

    @Test
    void listsAndTheirDefaultsAreKnown() {
        assertThat(rules.listDefault(ConfigResource.topic("orders"), "cleanup.policy"))
                .contains("delete");
        assertThat(rules.listDefault(ConfigResource.topic("orders"), "retention.ms")).isEmpty();
    }

    @Test
    void aTopicWithoutOverridesFollowsItsBroker() {
        var image = Worlds.image(Worlds.topic("orders", 1));

        LogSettings settings = topics.logSettings(topics.inForce(image, "orders"));

        assertThat(settings.segmentBytesMax()).isEqualTo(2_000_000);
        assertThat(settings.timestamps()).isEqualTo(LogSettings.Timestamps.CREATE_TIME);
    }

    @Test
    void anOverrideWinsAndMinusOneMeansNoLimit() {
        var image =
                Worlds.image(
                        Worlds.topic("orders", 1),
                        List.of(
                                set("segment.bytes", "3000000"),
                                set("retention.ms", "-1"),
                                set("retention.bytes", "5000"),
                                set("min.insync.replicas", "2"),
                                set("message.timestamp.type", "LogAppendTime")));

        LogSettings settings = topics.logSettings(topics.inForce(image, "orders"));

        assertThat(settings.segmentBytesMax()).isEqualTo(3_000_000);
        assertThat(settings.retentionAgeMax()).isEqualTo(Optional.<Duration>empty());
        assertThat(settings.retentionBytesMax()).contains(5_000L);
        assertThat(settings.timestamps()).isEqualTo(LogSettings.Timestamps.LOG_APPEND_TIME);
        assertThat(topics.partitionSettings(topics.inForce(image, "orders")).inSyncMin())
                .isEqualTo(2);
    }

    @Test
    void aTopicIsDescribedWithAllItsConfigs() {
        List<ConfigEntry> described = topics.describe(Map.of("retention.ms", "1000"));

        assertThat(described).hasSize(37);
    }

    private static ConfigSet set(String key, String value) {
        return new ConfigSet(ConfigResource.topic("orders"), key, value);
    }

    private Optional<Errors> refusal(ConfigResource resource, String key, String value) {
        return rules.violation(resource, new TreeMap<>(Map.of(key, value))).map(Refusal::error);
    }
}
