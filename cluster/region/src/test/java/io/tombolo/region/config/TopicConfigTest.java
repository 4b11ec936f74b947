package io.tombolo.region.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;

class TopicConfigTest {

    @Test
    void withoutSettingsATopicHasKafkasDefaults() {
        TopicConfig config = TopicConfig.of(Map.of(), BrokerConfig.STANDARD);

        assertThat(config.retention())
                .isEqualTo(
                        new TopicConfig.Retention(
                                true, false, 604_800_000, -1, 86_400_000, 60_000));
        assertThat(config.segments())
                .isEqualTo(
                        new TopicConfig.Segments(1 << 30, 604_800_000, 0, 10_485_760, 4096, false));
        assertThat(config.messages())
                .isEqualTo(
                        new TopicConfig.Messages(
                                1_048_588,
                                2_147_483_639,
                                TopicConfig.TimestampType.CREATE_TIME,
                                Long.MAX_VALUE,
                                3_600_000));
        assertThat(config.compression())
                .isEqualTo(new TopicConfig.Compression(TopicConfig.Codec.PRODUCER, -1, 9, 3));
        assertThat(config.compaction())
                .isEqualTo(new TopicConfig.Compaction(0.5, 0, Long.MAX_VALUE));
        assertThat(config.durability())
                .isEqualTo(new TopicConfig.Durability(1, false, Long.MAX_VALUE, Long.MAX_VALUE));
    }

    @Test
    void theTopicComesBeforeTheBrokerAndTheBrokerBeforeTheDefault() {
        var broker = BrokerConfig.ofFile(Map.of("log.segment.bytes", "2097152"));

        assertThat(TopicConfig.of(Map.of(), broker).segments().bytes()).isEqualTo(2_097_152);
        assertThat(TopicConfig.of(Map.of("segment.bytes", "4194304"), broker).segments().bytes())
                .isEqualTo(4_194_304);
    }

    @Test
    void hoursStandInForMillisecondsUntilMillisecondsAreSet() {
        var hours = BrokerConfig.ofFile(Map.of("log.retention.hours", "2"));
        var minutes =
                BrokerConfig.ofFile(
                        Map.of("log.retention.hours", "2", "log.retention.minutes", "5"));
        var dynamic = hours.withDynamic(Map.of(), Map.of("log.retention.ms", "7"));

        assertThat(TopicConfig.of(Map.of(), hours).retention().ms()).isEqualTo(7_200_000);
        assertThat(TopicConfig.of(Map.of(), minutes).retention().ms()).isEqualTo(300_000);
        assertThat(TopicConfig.of(Map.of(), dynamic).retention().ms()).isEqualTo(7);
        var forever = BrokerConfig.ofFile(Map.of("log.retention.hours", "-1"));
        assertThat(TopicConfig.of(Map.of(), forever).retention().ms()).isEqualTo(-1);
    }

    @Test
    void everyCodecAndTimestampTypeIsUnderstood() {
        for (String codec : List.of("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer")) {
            var config = TopicConfig.of(Map.of("compression.type", codec), BrokerConfig.STANDARD);
            assertThat(config.compression().codec().name()).isEqualToIgnoringCase(codec);
        }
        var byLog = Map.of("message.timestamp.type", "LogAppendTime");
        assertThat(TopicConfig.of(byLog, BrokerConfig.STANDARD).messages().timestampType())
                .isEqualTo(TopicConfig.TimestampType.LOG_APPEND_TIME);
    }

    @Test
    void settingsThatContradictEachOtherAreRefused() {
        var lags = Map.of("min.compaction.lag.ms", "2", "max.compaction.lag.ms", "1");

        assertThat(TopicConfig.check(lags, BrokerConfig.STANDARD))
                .contains(
                        "conflict topic config setting min.compaction.lag.ms (2) >"
                                + " max.compaction.lag.ms (1)");
        assertThat(TopicConfig.check(Map.of("max.compaction.lag.ms", "1"), BrokerConfig.STANDARD))
                .isEmpty();
    }

    @Test
    void remoteStorageIsRefusedBecauseThereIsNone() {
        assertThat(
                        TopicConfig.check(
                                Map.of("remote.storage.enable", "true"), BrokerConfig.STANDARD))
                .isPresent();
    }

    @Test
    void unknownNamesAreRefusedBeforeIllegalValues() {
        assertThat(TopicConfig.check(Map.of("zz", "1", "retention.ms", "x"), BrokerConfig.STANDARD))
                .contains("Unknown topic config name: zz");
    }

    @Test
    void theDescriptionOfATopicHasThirtySevenEntries() {
        var entries = ConfigDescription.ofTopic(Map.of(), BrokerConfig.STANDARD);

        assertThat(entries).hasSize(37);
        assertThat(entries).noneMatch(ConfigEntry::readOnly).allMatch(ConfigEntry::isDefault);
        assertThat(entry(entries, "retention.ms").value()).contains("604800000");
        assertThat(entry(entries, "retention.ms").synonyms()).isEmpty();
        assertThat(entry(entries, "segment.bytes").synonyms())
                .containsExactly(
                        new ConfigEntry.Synonym(
                                "log.segment.bytes",
                                Optional.of("1073741824"),
                                ConfigSource.DEFAULT));
    }

    @Test
    void synonymsAreListedInOrderOfPrecedence() {
        var broker =
                BrokerConfig.ofFile(Map.of("log.segment.bytes", "1048576"))
                        .withDynamic(
                                Map.of("log.segment.bytes", "1048578"),
                                Map.of("log.segment.bytes", "1048577"));

        var entries = ConfigDescription.ofTopic(Map.of("segment.bytes", "1048579"), broker);

        assertThat(entry(entries, "segment.bytes").source()).isEqualTo(ConfigSource.DYNAMIC_TOPIC);
        assertThat(entry(entries, "segment.bytes").synonyms())
                .extracting(ConfigEntry.Synonym::source)
                .containsExactly(
                        ConfigSource.DYNAMIC_TOPIC,
                        ConfigSource.DYNAMIC_BROKER,
                        ConfigSource.DYNAMIC_CLUSTER_DEFAULT,
                        ConfigSource.STATIC_BROKER,
                        ConfigSource.DEFAULT);
    }

    @Test
    void theDescriptionOfABrokerHasThreeHundredFiftyEntries() {
        var broker = BrokerConfig.ofFile(Map.of("node.id", "1", "ssl.key.password", "hunter2"));

        var entries = ConfigDescription.ofBroker(broker);

        assertThat(entries).hasSize(350);
        assertThat(entry(entries, "node.id").source()).isEqualTo(ConfigSource.STATIC_BROKER);
        assertThat(entry(entries, "node.id").readOnly()).isTrue();
        assertThat(entry(entries, "message.max.bytes").readOnly()).isFalse();
        ConfigEntry password = entry(entries, "ssl.key.password");
        assertThat(password.sensitive()).isTrue();
        assertThat(password.toString()).doesNotContain("hunter2");
        assertThat(entry(entries, "log.retention.hours").value()).contains("168");
    }

    @Test
    void theClusterDefaultShowsOnlyWhatWasSetAtRunTime() {
        var broker =
                BrokerConfig.ofFile(Map.of("message.max.bytes", "5"))
                        .withDynamic(Map.of(), Map.of("message.max.bytes", "6"));

        var entries = ConfigDescription.ofClusterDefault(broker);

        assertThat(entries).hasSize(1);
        assertThat(entries.getFirst().value()).contains("6");
        assertThat(entries.getFirst().synonyms()).hasSize(1);
    }

    @Test
    void groupsStayWithinTheBoundsOfTheBroker() {
        assertThat(group("consumer.session.timeout.ms", "50000")).isEmpty();
        assertThat(group("consumer.session.timeout.ms", "44999"))
                .contains(
                        "consumer.session.timeout.ms must be greater than or equal to"
                                + " group.consumer.min.session.timeout.ms");
        assertThat(group("share.delivery.count.limit", "11"))
                .contains(
                        "share.delivery.count.limit must be less than or equal to"
                                + " group.share.max.delivery.count.limit");
        assertThat(group("streams.num.standby.replicas", "3"))
                .contains(
                        "streams.num.standby.replicas must be less than or equal to"
                                + " group.streams.max.standby.replicas");
        assertThat(group("colour", "blue")).isPresent();
        assertThat(ConfigDescription.ofGroup(Map.of(), BrokerConfig.STANDARD)).hasSize(21);
    }

    @Test
    void aSessionOutlivesAHeartbeat() {
        var broker =
                BrokerConfig.ofFile(
                        Map.of(
                                "group.consumer.min.session.timeout.ms", "1",
                                "group.consumer.max.heartbeat.interval.ms", "60000"));
        var settings =
                Map.of(
                        "consumer.session.timeout.ms", "5000",
                        "consumer.heartbeat.interval.ms", "5000");

        assertThat(GroupConfig.check(settings, broker))
                .contains(
                        "consumer.session.timeout.ms must be greater than"
                                + " consumer.heartbeat.interval.ms");
    }

    private static Optional<String> group(String name, String value) {
        return GroupConfig.check(Map.of(name, value), BrokerConfig.STANDARD);
    }

    private static ConfigEntry entry(List<ConfigEntry> entries, String name) {
        return entries.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
    }
}
