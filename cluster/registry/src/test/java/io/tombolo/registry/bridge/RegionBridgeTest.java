package io.tombolo.registry.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.region.BrokerId;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.DocumentCodec;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionDocument.Version;
import io.tombolo.region.registry.Sighting;
import io.tombolo.registry.InMemoryRegion;
import io.tombolo.registry.Registry;
import io.tombolo.registry.RegistryBounds;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Three brokers of {@code eu} and what they hear of {@code us}. */
class RegionBridgeTest {

    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final int BROKERS = 3;

    private final ManualLoop loop = new ManualLoop();
    private final SimulatedEntropy entropy = new SimulatedEntropy(1);
    private final InMemoryRegion region =
            new InMemoryRegion(loop, RegistryBounds.STANDARD, BROKERS);
    private final List<Registry> registries = new ArrayList<>();
    private final List<RegionBridge> bridges = new ArrayList<>();
    private final int[] asked = new int[BROKERS];
    private String told = "";

    /** The way of one broker to the other region. */
    private record Way(RegionBridgeTest test, int rank) implements OtherRegions {

        @Override
        public void ask(RegionId region, EventLoop replyTo, Consumer<Outcome<String>> done) {
            assertThat(region).isEqualTo(US);
            test.asked[rank]++;
            Outcome<String> answer =
                    test.told.isEmpty()
                            ? new Outcome.Failed<>(new IOException("nobody is there"))
                            : new Outcome.Done<>(test.told);
            replyTo.execute(() -> done.accept(answer));
        }
    }

    @BeforeEach
    void begin() {
        for (int rank = 0; rank < BROKERS; rank++) {
            Registry registry = region.join();
            registries.add(registry);
            var bridge =
                    new RegionBridge(
                            new RegionBridge.Place(EU, rank, loop, loop, entropy),
                            registry,
                            new Way(this, rank),
                            List.of(US));
            bridges.add(bridge);
        }
    }

    private void start() {
        bridges.forEach(RegionBridge::start);
        loop.run();
    }

    private static RegionDocument document(RegionId region, long sequence) {
        return new RegionDocument(
                region, new Version(1, sequence), List.of(), List.of(), List.of());
    }

    private void tell(long sequence) {
        told = DocumentCodec.encode(document(US, sequence));
    }

    private Optional<Sighting> seen(int rank) {
        return bridges.get(rank).sights().getFirst().sighting();
    }

    private long sequence(int rank) {
        return seen(rank).map(it -> it.document().version().sequence()).orElse(-1L);
    }

    private void pass(Duration time) {
        loop.advance(time);
    }

    @Test
    void whatARegionTellsEveryBrokerSeesAndTheFirstAsksForIt() {
        tell(1);
        start();
        pass(Duration.ofSeconds(10));
        int first = asked[0];
        int others = asked[1] + asked[2];
        tell(2);

        pass(Duration.ofSeconds(10));

        assertThat(sequence(0)).isEqualTo(2);
        assertThat(sequence(1)).isEqualTo(2);
        assertThat(sequence(2)).isEqualTo(2);
        assertThat(asked[0] - first).isBetween(19, 21);
        assertThat(asked[1] + asked[2]).isEqualTo(others);
    }

    @Test
    void theNextBrokerAsksWhenTheFirstIsGone() {
        tell(1);
        start();
        pass(Duration.ofSeconds(5));
        bridges.getFirst().close();
        registries.getFirst().close();
        tell(2);

        pass(Duration.ofSeconds(3));

        assertThat(sequence(1)).isEqualTo(2);
        assertThat(sequence(2)).isEqualTo(2);
        int last = asked[2];
        pass(Duration.ofSeconds(10));
        assertThat(asked[2]).isEqualTo(last);
    }

    @Test
    void aBrokerThatReachesNoOtherAsksForItself() {
        tell(1);
        start();
        pass(Duration.ofSeconds(2));
        region.split(Set.of(registries.get(2)));
        tell(2);

        pass(Duration.ofSeconds(10));

        assertThat(sequence(2)).isEqualTo(2);
        assertThat(bridges.get(2).trouble()).contains("1 of 3 brokers");
        region.heal();
        tell(3);
        pass(Duration.ofSeconds(5));
        assertThat(sequence(2)).isEqualTo(3);
    }

    @Test
    void aRegionThatIsSilentGrowsOldAndIsAskedLessOften() {
        tell(1);
        start();
        pass(Duration.ofSeconds(2));
        told = "";
        pass(Duration.ofSeconds(10));
        int before = asked[0];

        pass(Duration.ofMinutes(1));

        assertThat(asked[0] - before)
                .isBetween(60 / Asking.OPEN_SECONDS - 3, 60 / Asking.OPEN_SECONDS + 1);
        assertThat(seen(0).orElseThrow().ageNanos())
                .isGreaterThan(Duration.ofSeconds(69).toNanos());
        assertThat(bridges.getFirst().sights().getFirst().trouble()).isEqualTo("nobody is there");
        tell(2);
        pass(Duration.ofSeconds(Asking.OPEN_SECONDS + 1));
        assertThat(sequence(1)).isEqualTo(2);
        assertThat(seen(1).orElseThrow().ageNanos()).isLessThan(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void aRoundAsksThreeTimes() {
        bridges.getFirst().start();
        loop.run();
        assertThat(asked[0]).isEqualTo(1);

        pass(Duration.ofMillis(499));
        bridges.getFirst().close();
        pass(Duration.ofSeconds(1));

        assertThat(asked[0]).isEqualTo(Asking.ATTEMPTS);
    }

    @Test
    void aRegionSpeaksForItselfOnly() {
        told = DocumentCodec.encode(document(new RegionId("uk"), 9));
        start();
        pass(Duration.ofSeconds(1));

        assertThat(seen(0)).isEmpty();
        assertThat(bridges.getFirst().sights().getFirst().trouble()).contains("says that it is uk");
        assertThat(registries.getFirst().all()).isEmpty();
        assertThatThrownBy(() -> bridges.getFirst().publish(document(US, 1)))
                .isInstanceOf(IllegalArgumentException.class);
        told = "{}";
        pass(Duration.ofSeconds(10));
        assertThat(bridges.getFirst().sights().getFirst().trouble()).startsWith("no document");
    }

    @Test
    void anOlderDocumentShowsThatItsRegionLivesAndNothingMore() {
        tell(5);
        start();
        pass(Duration.ofSeconds(1));
        tell(4);

        pass(Duration.ofSeconds(3));

        assertThat(sequence(1)).isEqualTo(5);
        assertThat(seen(1).orElseThrow().ageNanos()).isLessThan(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void whatABrokerSaysOfItselfTheOthersSeeUntilItGrowsOld() {
        bridges.get(1).tell(word(EU, 7, "serving"));
        bridges.get(2).tell(word(EU, 8, "stopping"));
        loop.run();
        pass(Duration.ofSeconds(3));
        bridges.get(2).tell(word(EU, 8, "serving"));
        loop.run();

        List<Sighting> words = bridges.getFirst().words();

        assertThat(words)
                .extracting(it -> it.document().brokers().getFirst().id().value())
                .containsExactly(7, 8);
        assertThat(words.get(0).ageNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(words.get(1).ageNanos()).isZero();
        assertThat(words.get(1).document()).isEqualTo(word(EU, 8, "serving"));
        assertThat(bridges.getFirst().sights())
                .extracting(RegionBridge.Sight::region)
                .containsExactly(US);
        assertThat(bridges.getFirst().reach().members()).isEqualTo(BROKERS);
    }

    @Test
    void aBrokerSpeaksForItselfAndItsRegionOnly() {
        assertThatThrownBy(() -> bridges.getFirst().tell(word(US, 7, "serving")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> bridges.getFirst().tell(document(EU, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static RegionDocument word(RegionId region, int broker, String state) {
        var at = new Endpoint("127.0.0.1", 9000);
        var standing = new RegionDocument.Standing(state, 3, 2, 1);
        return new RegionDocument(
                region,
                new Version(1, 1),
                List.of(
                        new RegionDocument.Broker(
                                new BrokerId(broker), at, at, Optional.of(standing))),
                List.of(),
                List.of());
    }

    @Test
    void aRegionsOwnDocumentIsSharedByItsBrokers() {
        bridges.get(1).publish(document(EU, 3));
        loop.run();

        assertThat(registries.get(2).all())
                .singleElement()
                .satisfies(it -> assertThat(it.entry().key()).hasToString("eu/document"));
        assertThat(bridges.get(2).sights())
                .extracting(RegionBridge.Sight::region)
                .containsExactly(US);
    }
}
