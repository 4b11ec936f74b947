package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.metadata.image.TopicImage;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Optional;

/** What the file declares, in a region whose brokers start at the same time. */
class DeclaredTopicsSimulation {

    private static final String TOPICS =
            "topics: { orders: { in: eu, partitions: 3, replicas: 1 } }";

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyBrokerHasItsShareOfATopicOfTheFile(long seed) {
        var region = new SimulatedRegion(seed, TOPICS);
        long servingNanos = region.simulator.nowNanos();

        region.run("made", () -> orders(region).isPresent());

        assertThat(SimulatedRegion.ALL)
                .allMatch(broker ->
                        region.core(1).images().current().topics().replicasOn(broker).size() == 1);
        assertThat(region.simulator.nowNanos() - servingNanos)
                .isLessThan(Duration.ofSeconds(1).toNanos());
    }

    private static Optional<TopicImage> orders(SimulatedRegion region) {
        return region.core(1).images().current().topics().topic("orders");
    }
}
