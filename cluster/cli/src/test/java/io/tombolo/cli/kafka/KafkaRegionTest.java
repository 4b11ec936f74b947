package io.tombolo.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;

/** How the clients of a command behave toward brokers. */
class KafkaRegionTest {

    /** A process that a signal holds takes connections, and never says a word. */
    @ParameterizedTest
    @ValueSource(ints = {100, 12_000, 3_600_000})
    void aSilentBrokerLeavesTimeToAskAgain(int timeoutMs) {
        Map<String, Object> settings = KafkaRegion.settings("127.0.0.1:9092", timeoutMs);

        int one = (Integer) settings.getOrDefault("request.timeout.ms", -1);
        int all = (Integer) settings.getOrDefault("default.api.timeout.ms", -1);
        assertThat(one).isPositive();
        assertThat(2 * one).isLessThanOrEqualTo(all);
        assertThat(all).isEqualTo(timeoutMs);
    }
}
