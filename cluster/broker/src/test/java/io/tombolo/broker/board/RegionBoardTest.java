package io.tombolo.broker.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.BrokerSettings;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.region.BrokerId;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.DocumentCodec;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionDocument.Standing;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class RegionBoardTest {

    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final Standing SERVING = new Standing("serving", 3, 2, 1);

    private final Simulator simulator = new Simulator(1);
    private final SimulatedNode node = simulator.addNode("eu", 1);
    private final EventLoop loop = node.start(_ -> {}).loops().loop(0);
    private Optional<Standing> standing = Optional.empty();
    private int asked;

    @Test
    void aBrokerTakesPartWhenItServes() {
        RegionBoard board = started("eu: {}");
        simulator.runFor(Duration.ofSeconds(10));
        assertThat(board.view().members()).isZero();
        assertThat(board.lately()).isEmpty();
        assertThat(asked).isZero();

        standing = Optional.of(SERVING);
        simulator.runFor(Duration.ofSeconds(10));

        assertThat(board.view().members()).isEqualTo(1);
        assertThat(board.view().trouble()).isEmpty();
        assertThat(board.lately()).isEqualTo(Map.of(BrokerId.of(0, 1), SERVING));
        assertThat(board.view().regions())
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.region()).isEqualTo(US);
                    assertThat(it.sighting().orElseThrow().document()).isEqualTo(document(US));
                });
    }

    @Test
    void oneOfSeveralServesForAWhileBeforeItShares() {
        standing = Optional.of(SERVING);
        RegionBoard board = started("eu: { brokers: 2 }");

        simulator.runFor(RegionBoard.CALM.minusSeconds(3));

        assertThat(board.view()).isEqualTo(new RegionBoard.View(0, 2, "", List.of()));
        assertThat(asked).isZero();
        assertThat(board.lately()).containsOnlyKeys(BrokerId.of(0, 1));
    }

    @Test
    void aBoardThatIsClosedTellsAndAsksNothing() {
        standing = Optional.of(SERVING);
        RegionBoard board = started("eu: {}");
        simulator.runFor(Duration.ofSeconds(3));
        board.close();
        int before = asked;

        simulator.runFor(Duration.ofSeconds(10));

        assertThat(asked).isEqualTo(before).isPositive();
    }

    private RegionBoard started(String region) {
        var text = "tombolo: 1\nregions: { %s, us: {} }\n".formatted(region);
        Topology topology = ((TopologyFile.Valid) TopologyFile.parse("a.yaml", text)).topology();
        Region.Hosted eu = topology.hosted(EU).orElseThrow();
        var settings =
                new BrokerSettings(topology, eu, eu.broker(1).orElseThrow(), Path.of("data"));
        var board =
                new RegionBoard(
                        new RegionBoard.Place(
                                settings, loop, node.clock(), simulator.entropy("board")),
                        (_, replyTo, done) -> {
                            asked++;
                            String told = DocumentCodec.encode(document(US));
                            replyTo.execute(() -> done.accept(new Outcome.Done<>(told)));
                        },
                        RegionBoard.CALM);
        loop.execute(() -> board.start(new Speaking()));
        return board;
    }

    private static RegionDocument document(RegionId region) {
        return new RegionDocument(
                region, new RegionDocument.Version(1, 1), List.of(), List.of(), List.of());
    }

    private final class Speaking implements RegionBoard.Voice {

        @Override
        public Optional<Standing> standing() {
            return standing;
        }

        @Override
        public Optional<RegionDocument> region() {
            return Optional.of(document(EU));
        }

        @Override
        public boolean speaker() {
            return true;
        }
    }
}
