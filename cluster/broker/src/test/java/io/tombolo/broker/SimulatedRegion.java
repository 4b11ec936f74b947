package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.InMemoryRegistry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;
import io.tombolo.storage.log.Recovery;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** Three brokers with one quorum, on simulated machines with two loops each that can be killed. */
final class SimulatedRegion {

    static final List<Integer> ALL = List.of(1, 2, 3);

    private static final RegionId EU = new RegionId("eu");
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String TEXT =
            """
            tombolo: 1
            name: three
            regions:
              eu:
                brokers: 3
                kafka: "broker-{n}:9092"
                admin: "broker-{n}:8080"
                internal: "broker-{n}:25092"
                config: { default.replication.factor: 1 }
            """;

    final Simulator simulator;
    private final Topology topology;
    private final Map<Integer, Broker> brokers = new TreeMap<>();
    private final Map<Integer, Integer> served = new TreeMap<>();

    /** Starts all brokers and waits until they serve. */
    SimulatedRegion(long seed) {
        this(seed, "");
    }

    /**
     * @param more of the topology file
     */
    SimulatedRegion(long seed, String more) {
        this.simulator = new Simulator(seed);
        this.topology = topology(TEXT + more);
        for (int number : ALL) {
            simulator.addNode(host(number), 2).start(environment -> start(number, environment));
        }
        run("all serve", () -> served.size() == ALL.size());
    }

    static String host(int number) {
        return "broker-" + number;
    }

    void run(String goal, BooleanSupplier reached) {
        assertThat(simulator.runUntil(reached, LONG)).as(goal).isTrue();
    }

    BrokerCore core(int number) {
        return Optional.ofNullable(brokers.get(number)).flatMap(Broker::core).orElseThrow();
    }

    /** The loop of a broker's controller. */
    EventLoop loop(int number) {
        return Objects.requireNonNull(brokers.get(number)).loop();
    }

    int controllerOf(int number) {
        return core(number).images().controllerId();
    }

    void kill(int number) {
        simulator.node(host(number)).kill();
    }

    /** Lets a broker stop in an orderly way. */
    void stop(int number, Runnable done) {
        Objects.requireNonNull(brokers.get(number)).stop(BrokerServer.GRACE, done);
    }

    void pause(int number) {
        simulator.node(host(number)).pause();
    }

    /** Whether a broker's process has got as far as having parts. */
    boolean serves(int number) {
        return Optional.ofNullable(brokers.get(number)).flatMap(Broker::core).isPresent();
    }

    /** Starts a killed broker and waits until it serves. */
    void restart(int number) {
        served.remove(number);
        simulator.node(host(number)).restart();
        run(host(number) + " serves", () -> served.containsKey(number));
    }

    private void start(int number, Environment environment) {
        Region.Hosted region = topology.hosted(EU).orElseThrow();
        var settings =
                new BrokerSettings(
                        topology, region, region.broker(number).orElseThrow(), Path.of("/data"));
        var broker =
                new Broker(
                        settings,
                        environment,
                        new Broker.Surroundings(
                                new InMemoryRegistry(environment.clock()).of(EU),
                                new NoLinks(),
                                environment.network()),
                        new Watch(number));
        brokers.put(number, broker);
        broker.start();
    }

    private static Topology topology(String text) {
        if (TopologyFile.parse("three.yaml", text) instanceof TopologyFile.Valid valid) {
            return valid.topology();
        }
        throw new IllegalStateException(TopologyFile.parse("three.yaml", text).toString());
    }

    private final class Watch implements BrokerObserver {

        private final int number;

        private Watch(int number) {
            this.number = number;
        }

        @Override
        public void repaired(Recovery recovery) {}

        @Override
        public void serving() {
            served.merge(number, 1, Integer::sum);
        }

        @Override
        public void failed(String reason, StartRefused.Fix fix) {
            throw new AssertionError("broker " + number + ": " + reason);
        }
    }
}
