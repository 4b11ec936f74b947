package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.file.TopologyFile;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

class BrokerSettingsTest {

    @Test
    void theFileSaysHowManyLoopsServe() {
        assertThat(settings("num.network.threads: 5").networkThreads()).isEqualTo(5);
    }

    @Test
    void unlessTheFileSaysOneLoopServesForTwoProcessors() {
        int processors = Runtime.getRuntime().availableProcessors();

        int loops = settings("num.io.threads: 5").networkThreads();

        assertThat(loops).isPositive().isBetween(processors / 2, (processors + 1) / 2);
    }

    private static BrokerSettings settings(String config) {
        String text = "tombolo: 1\nname: a\nregions:\n  eu:\n    config: { " + config + " }\n";
        if (TopologyFile.parse("a.yaml", text) instanceof TopologyFile.Valid valid) {
            Region.Hosted region = valid.topology().hosted(new RegionId("eu")).orElseThrow();
            return new BrokerSettings(
                    valid.topology(), region, region.brokers().getFirst(), Path.of("data"));
        }
        throw new AssertionError(TopologyFile.parse("a.yaml", text));
    }
}
