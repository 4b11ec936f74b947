package io.tombolo.broker.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

class QuotaRulesTest {

    private static final ConfigResource CLIENT =
            QuotaEntity.clientId(Optional.of("etl")).resource();
    private static final ConfigResource ADDRESS =
            new QuotaEntity(new TreeMap<>(Map.of("ip", Optional.of("10.0.0.1")))).resource();

    private static Errors of(ConfigResource entity, String key, String value) {
        return QuotaRules.violation(entity, Map.of(key, value))
                .map(Refusal::error)
                .orElse(Errors.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "producer_byte_rate,1024.0,NONE",
        "consumer_byte_rate,1.0E9,NONE",
        "producer_byte_rate,0.0,INVALID_REQUEST",
        "producer_byte_rate,-1.0,INVALID_REQUEST",
        "producer_byte_rate,NaN,INVALID_REQUEST",
        "producer_byte_rate,10.5,INVALID_REQUEST",
        "connection_creation_rate,10.0,INVALID_REQUEST",
        "colour,1.0,INVALID_REQUEST",
        "request_percentage,200.0,POLICY_VIOLATION",
        "controller_mutation_rate,2.5,POLICY_VIOLATION",
    })
    void limitsOfClientsAreJudged(String key, String value, Errors error) {
        assertThat(of(CLIENT, key, value)).isEqualTo(error);
    }

    @Test
    void limitsOfAddressesAreOthers() {
        assertThat(of(ADDRESS, "connection_creation_rate", "10.0"))
                .isEqualTo(Errors.POLICY_VIOLATION);
        assertThat(of(ADDRESS, "producer_byte_rate", "10.0")).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void everyNameIsFoundAgain() {
        for (String name : new String[] {"etl", "", "a=b&c", "*", "ü %25"}) {
            var both = QuotaEntity.both(Optional.of(name), Optional.empty());
            assertThat(QuotaEntity.of(both.resource())).isEqualTo(both);
        }
    }
}
