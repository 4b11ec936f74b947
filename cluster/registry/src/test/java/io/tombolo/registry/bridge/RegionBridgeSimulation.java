package io.tombolo.registry.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.DocumentCodec;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionDocument.Version;
import io.tombolo.registry.InMemoryRegion;
import io.tombolo.registry.PutOutcome;
import io.tombolo.registry.Registry;
import io.tombolo.registry.RegistryBounds;
import io.tombolo.registry.RegistryEntry;
import io.tombolo.registry.RegistryKey;
import io.tombolo.registry.RegistrySighting;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/**
 * Three brokers, another region that answers late, with old documents or not at all, and a registry
 * that is split and comes together again.
 *
 * <ul>
 *   <li>forward: what a broker shows of a region never grows older than what it showed before;
 *   <li>true: it is something that the region has said;
 *   <li>whole: when all faults are over, all brokers show the newest, and that it is fresh.
 * </ul>
 */
class RegionBridgeSimulation {

    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final int BROKERS = 3;
    private static final int STEPS = 300;
    private static final long FRESH_NANOS = Duration.ofSeconds(2).toNanos();

    static LongStream seeds() {
        Long only = Long.getLong("seed");
        return only == null
                ? LongStream.rangeClosed(1, Long.getLong("seeds", 100))
                : LongStream.of(only);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void allBrokersShowWhatTheOtherRegionSaidLast(long seed) {
        new World(seed, UnaryOperator.identity()).run();
    }

    @Test
    void aRegistryThatForgetsAndCallsTheRestFreshIsNoticed() {
        assertThatThrownBy(
                        () -> seeds().forEach(seed -> new World(seed, SilentRegistry::new).run()))
                .hasMessageContaining("whole");
    }

    @Test
    void aRegistryThatShowsWhatNobodySaidIsNoticed() {
        assertThatThrownBy(() -> seeds().forEach(seed -> new World(seed, LyingRegistry::new).run()))
                .hasMessageContaining("true");
    }

    /** Runs one seed. */
    private static final class World {

        private final ManualLoop loop = new ManualLoop();
        private final SimulatedEntropy entropy;
        private final InMemoryRegion region =
                new InMemoryRegion(loop, RegistryBounds.STANDARD, BROKERS);
        private final UnaryOperator<Registry> disguise;
        private final Registry[] registries = new Registry[BROKERS];
        private final RegionBridge[] bridges = new RegionBridge[BROKERS];
        private final long[] shown = new long[BROKERS];
        private final Set<Integer> cut = new HashSet<>();
        private final String replay;
        private long said;
        private boolean faulty = true;

        World(long seed, UnaryOperator<Registry> disguise) {
            this.entropy = new SimulatedEntropy(seed);
            this.disguise = disguise;
            this.replay = "seed " + seed;
        }

        void run() {
            for (int rank = 0; rank < BROKERS; rank++) {
                begin(rank);
            }
            for (int step = 0; step < STEPS; step++) {
                fault();
                loop.advance(Duration.ofMillis(entropy.nextInt(700)));
                check();
            }
            faulty = false;
            cut.clear();
            region.heal();
            said++;
            loop.advance(Duration.ofSeconds(20));
            check();
            for (RegionBridge bridge : bridges) {
                var sighting = bridge.sights().getFirst().sighting().orElseThrow();
                assertThat(sighting.document().version().sequence())
                        .as("whole, " + replay)
                        .isEqualTo(said);
                assertThat(sighting.ageNanos()).as("whole, " + replay).isLessThan(FRESH_NANOS);
            }
        }

        private void fault() {
            int rank = entropy.nextInt(BROKERS);
            switch (entropy.nextInt(12)) {
                case 0 -> region.split(Set.of(registries[rank]));
                case 1, 2 -> region.heal();
                case 3 -> restart(rank);
                case 4 -> cut.add(rank);
                case 5, 6 -> cut.remove(rank);
                case 7, 8 -> said++;
                default -> {
                    return; // time passes
                }
            }
        }

        private void begin(int rank) {
            registries[rank] = region.join();
            shown[rank] = -1;
            var place = new RegionBridge.Place(EU, rank, loop, loop, entropy);
            bridges[rank] =
                    new RegionBridge(
                            place,
                            disguise.apply(registries[rank]),
                            (_, replyTo, done) -> ask(rank, replyTo, done),
                            List.of(US));
            bridges[rank].start();
        }

        private void restart(int rank) {
            bridges[rank].close();
            registries[rank].close();
            begin(rank);
        }

        private void ask(int rank, EventLoop replyTo, Consumer<Outcome<String>> done) {
            long late = faulty ? entropy.nextInt(2_000_000_000) : 1_000_000;
            long behind = faulty ? entropy.nextInt(3) : 0;
            Outcome<String> answer =
                    cut.contains(rank)
                            ? new Outcome.Failed<>(new IOException("cut"))
                            : new Outcome.Done<>(document(Math.max(0, said - behind)));
            replyTo.schedule(late, () -> done.accept(answer));
        }

        private static String document(long sequence) {
            return DocumentCodec.encode(
                    new RegionDocument(
                            US, new Version(1, sequence), List.of(), List.of(), List.of()));
        }

        private void check() {
            for (int rank = 0; rank < BROKERS; rank++) {
                long sequence =
                        bridges[rank].sights().getFirst().sighting().stream()
                                .mapToLong(it -> it.document().version().sequence())
                                .findFirst()
                                .orElse(-1);
                assertThat(sequence).as("true, " + replay).isLessThanOrEqualTo(said);
                assertThat(sequence).as("forward, " + replay).isGreaterThanOrEqualTo(shown[rank]);
                shown[rank] = sequence;
            }
        }
    }

    /** Says that it has stored what it forgets, and that all it shows is fresh. */
    private record SilentRegistry(Registry real) implements Disguise {

        @Override
        public Optional<RegistrySighting> lastSeen(RegistryKey key) {
            return real.lastSeen(key).map(it -> new RegistrySighting(it.entry(), 0));
        }

        @Override
        public void put(RegistryEntry entry, EventLoop replyTo, Consumer<PutOutcome> done) {
            if (entry.stamp().sequence() % 2 == 0) {
                real.put(entry, replyTo, done);
            } else {
                replyTo.execute(() -> done.accept(new PutOutcome.Stored()));
            }
        }
    }

    /** Shows a document that is newer than anything said. */
    private record LyingRegistry(Registry real) implements Disguise {

        @Override
        public Optional<RegistrySighting> lastSeen(RegistryKey key) {
            return real.lastSeen(key)
                    .map(it ->
                            new RegistrySighting(
                                    new RegistryEntry(
                                            key, it.entry().stamp(), World.document(1_000_000)),
                                    it.ageNanos()));
        }
    }

    /** Another registry, save in what it lies about. */
    private interface Disguise extends Registry {

        Registry real();

        @Override
        default void put(RegistryEntry entry, EventLoop replyTo, Consumer<PutOutcome> done) {
            real().put(entry, replyTo, done);
        }

        @Override
        default Optional<RegistrySighting> lastSeen(RegistryKey key) {
            return real().lastSeen(key);
        }

        @Override
        default List<RegistrySighting> all() {
            return real().all();
        }

        @Override
        default Reach reach() {
            return real().reach();
        }

        @Override
        default void close() {
            real().close();
        }
    }
}
