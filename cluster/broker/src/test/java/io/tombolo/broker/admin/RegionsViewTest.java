package io.tombolo.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.board.RegionBoard;
import io.tombolo.environment.Endpoint;
import io.tombolo.region.BrokerId;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.Sighting;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;
import io.tombolo.registry.bridge.RegionBridge.Sight;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What operators see of other regions. */
class RegionsViewTest {

    private static final RegionId US = new RegionId("us");
    private static final Topology TOPOLOGY = topology();

    @Test
    void aRegionThatWasNeverHeardOfIsShownWithoutAnAge() {
        var silent = new Sight(US, Optional.empty(), "127.0.0.1:8180: Connection refused");

        Map<String, @Nullable Object> us = us(List.of(), Optional.of(silent));

        assertThat(us)
                .containsEntry("region", "us")
                .containsEntry("ageMs", null)
                .containsEntry("trouble", "127.0.0.1:8180: Connection refused")
                .doesNotContainKey("brokers");
    }

    @Test
    void ofWhatWasHeardAndWhatTheRegistryShowsTheNewerCountsAndTheLaterSignOfLife() {
        Sighting heard = sighting(document(5, TOPOLOGY.fingerprint()), 7_000);
        var copy = new Sight(US, Optional.of(sighting(document(4, "abc"), 300)), "");

        Map<String, @Nullable Object> us = us(List.of(heard), Optional.of(copy));

        assertThat(us)
                .containsEntry("ageMs", 300L)
                .containsEntry("sameFile", true)
                .containsEntry("trouble", null);
        assertThat(us.get("brokers")).asString().contains("state=serving", "connections=3");
    }

    @Test
    void anotherFileIsToldFromOneThatIsNotKnown() {
        assertThat(us(List.of(sighting(document(1, "abc"), 1)), Optional.empty()))
                .containsEntry("sameFile", false);
        assertThat(us(List.of(sighting(document(1, ""), 1)), Optional.empty()))
                .containsEntry("sameFile", null);
    }

    @Test
    void whoTakesPartInTheRegistryIsShownWithWhatIsWrong() {
        var view =
                new RegionsView(
                        settings(), List.of(), new RegionBoard.View(1, 2, "too few", List.of()));

        assertThat(view.registry())
                .containsEntry("shared", true)
                .containsEntry("members", 1)
                .containsEntry("expected", 2)
                .containsEntry("trouble", "too few");
    }

    private static Map<String, @Nullable Object> us(List<Sighting> heard, Optional<Sight> sight) {
        var board = new RegionBoard.View(2, 2, "", sight.stream().toList());
        return new RegionsView(settings(), heard, board).all().getFirst();
    }

    private static Sighting sighting(RegionDocument document, long ageMs) {
        return new Sighting(document, Duration.ofMillis(ageMs).toNanos());
    }

    private static RegionDocument document(long sequence, String file) {
        var at = new Endpoint("127.0.0.1", 9192);
        var standing = new RegionDocument.Standing("serving", 3, 2, 1);
        return new RegionDocument(
                US,
                new RegionDocument.Version(1, sequence),
                List.of(
                        new RegionDocument.Broker(
                                new BrokerId(1001), at, at, Optional.of(standing))),
                List.of(),
                List.of(),
                file);
    }

    private static BrokerSettings settings() {
        Region.Hosted eu = TOPOLOGY.hosted(new RegionId("eu")).orElseThrow();
        return new BrokerSettings(TOPOLOGY, eu, eu.broker(1).orElseThrow(), Path.of("data"));
    }

    private static Topology topology() {
        String text = "tombolo: 1\nregions: { eu: { brokers: 2 }, us: {} }\n";
        return ((TopologyFile.Valid) TopologyFile.parse("world.yaml", text)).topology();
    }
}
