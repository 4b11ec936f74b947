package io.tombolo.region.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

class ConfigCatalogueTest {

    @Test
    void theCatalogueHasAsManyNamesAsApacheKafka() {
        assertThat(ConfigCatalogue.BROKER.definitions()).hasSize(379);
        assertThat(ConfigCatalogue.BROKER.visible()).hasSize(350);
        assertThat(ConfigCatalogue.TOPIC.definitions()).hasSize(38);
        assertThat(ConfigCatalogue.TOPIC.visible()).hasSize(37);
        assertThat(ConfigCatalogue.GROUP.definitions()).hasSize(27);
        assertThat(ConfigCatalogue.CLIENTMETRICS.definitions()).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(ConfigCatalogue.class)
    void everyDefaultIsLegal(ConfigCatalogue catalogue) {
        for (ConfigDefinition config : catalogue.definitions()) {
            config.defaultValue()
                    .filter(value -> !value.isEmpty())
                    .ifPresent(value -> assertThat(config.check(value)).isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(ConfigCatalogue.class)
    void everyNameThatHasAnEffectOrAStandInIsKnown(ConfigCatalogue catalogue) {
        assertThat(CatalogueText.names("with-effect.txt", catalogue.name()))
                .allMatch(name -> catalogue.find(name).isPresent());
        for (ConfigDefinition config : catalogue.definitions()) {
            assertThat(catalogue.brokerSynonyms(config.name()))
                    .allMatch(name -> ConfigCatalogue.BROKER.find(name).isPresent());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    retention.ms     | x       | Invalid value x for configuration retention.ms: Not a number of type LONG
                    retention.ms     | -2      | Invalid value -2 for configuration retention.ms: Value must be at least -1
                    segment.bytes    | 3000000000 | Invalid value 3000000000 for configuration segment.bytes: Not a number of type INT
                    segment.bytes    | 1024    | Invalid value 1024 for configuration segment.bytes: Value must be at least 1048576
                    preallocate      | maybe   | Invalid value maybe for configuration preallocate: Expected value to be either true or false
                    cleanup.policy   | shred   | Invalid value shred for configuration cleanup.policy: String must be one of: compact, delete
                    cleanup.policy   | delete,delete | Configuration 'cleanup.policy' values must not be duplicated.
                    compression.type | brotli  | Invalid value brotli for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer
                    compression.gzip.level | 0 | Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1
                    compression.lz4.level | 18 | Invalid value 18 for configuration compression.lz4.level: Value must be no more than 17
                    min.cleanable.dirty.ratio | 1.5 | Invalid value 1.5 for configuration min.cleanable.dirty.ratio: Value must be no more than 1
                    min.cleanable.dirty.ratio | Infinity | Invalid value Infinity for configuration min.cleanable.dirty.ratio: Value must be finite
                    leader.replication.throttled.replicas | 1-2 | Invalid value 1-2 for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...
                    retention.msec   | 1       | Unknown topic config name: retention.msec; did you mean retention.ms?
                    colour           | blue    | Unknown topic config name: colour
                    """)
    void anIllegalSettingIsRefusedInKafkasWords(String name, String value, String refusal) {
        assertThat(ConfigCatalogue.TOPIC.check(name, value)).contains(refusal);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    retention.ms   | -1
                    retention.ms   | ' 5 '
                    preallocate    | TRUE
                    cleanup.policy | compact , delete
                    compression.gzip.level | -1
                    compression.zstd.level | -131072
                    leader.replication.throttled.replicas | 0:1,2:3
                    leader.replication.throttled.replicas | *
                    """)
    void aLegalSettingIsAccepted(String name, String value) {
        assertThat(ConfigCatalogue.TOPIC.check(name, value)).isEmpty();
    }

    @Test
    void wordsInAnyCaseAreAcceptedWhereKafkaDoes() {
        assertThat(ConfigCatalogue.BROKER.check("group.consumer.migration.policy", "Upgrade"))
                .isEmpty();
        assertThat(ConfigCatalogue.BROKER.check("group.consumer.migration.policy", "sideways"))
                .isPresent();
    }

    @Test
    void aRefusedPasswordIsNotRepeated() {
        ConfigDefinition password = ConfigCatalogue.BROKER.find("ssl.key.password").orElseThrow();

        assertThat(password.invalid("hunter2", "too short")).doesNotContain("hunter2");
    }

    @Test
    void offsetResetsMayGoBackByADuration() {
        var reset = "share.auto.offset.reset";
        assertThat(ConfigCatalogue.GROUP.check(reset, "by_duration:PT1H")).isEmpty();
        assertThat(ConfigCatalogue.GROUP.check(reset, "by_duration:-PT1H")).isPresent();
        assertThat(ConfigCatalogue.GROUP.check(reset, "yesterday")).isPresent();
    }

    @Test
    void knownNamesWithoutEffectAreNamedOnce() {
        assertThat(
                        ConfigCatalogue.BROKER.withoutEffect(
                                List.of("zz", "num.partitions", "num.io.threads")))
                .containsExactly("num.io.threads");
    }

    @Test
    void canonicalValuesAreThoseThatKafkaShows() {
        assertThat(canonical("preallocate", " TRUE ")).isEqualTo("true");
        assertThat(canonical("retention.ms", "+5")).isEqualTo("5");
        assertThat(canonical("cleanup.policy", "compact , delete")).isEqualTo("compact,delete");
        assertThat(canonical("min.cleanable.dirty.ratio", ".5")).isEqualTo("0.5");
    }

    @Test
    void listsGrowAndShrinkByElements() {
        assertThat(ListValue.append("a,b", "b,c")).isEqualTo("a,b,c");
        assertThat(ListValue.append("", "a")).isEqualTo("a");
        assertThat(ListValue.subtract("a, b ,c", "b,d")).isEqualTo("a,c");
    }

    @Test
    void wireCodesAreKafkas() {
        assertThat(Stream.of(ConfigType.values()).map(ConfigType::code))
                .containsExactly(
                        (byte) 1, (byte) 2, (byte) 3, (byte) 4, (byte) 5, (byte) 6, (byte) 7,
                        (byte) 8, (byte) 9);
        assertThat(ConfigSource.GROUP.code()).isEqualTo((byte) 8);
    }

    private static String canonical(String name, String text) {
        Optional<ConfigDefinition> definition = ConfigCatalogue.TOPIC.find(name);
        return definition.orElseThrow().canonical(text);
    }
}
