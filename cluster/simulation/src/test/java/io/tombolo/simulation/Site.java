package io.tombolo.simulation;

import io.tombolo.broker.Broker;
import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.BrokerObserver;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.shard.Shard;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.replication.Partition;
import io.tombolo.storage.log.Recovery;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One region: a machine, and the broker that lives on it from start to end, again and again. */
final class Site {

    private static final Path DATA = Path.of("/data");

    private final RegionId region;
    private final Topology topology;
    private final SimulatedNode node;
    private final Function<Environment, Broker.Surroundings> surroundings;
    private final Function<Environment, Environment> environments;
    private final Happenings happenings;
    private Optional<Broker> broker = Optional.empty();
    private boolean serving;
    private int failures;

    Site(
            RegionId region,
            Topology topology,
            SimulatedNode node,
            Function<Environment, Broker.Surroundings> surroundings,
            Function<Environment, Environment> environments,
            Happenings happenings) {
        this.happenings = happenings;
        this.region = region;
        this.topology = topology;
        this.node = node;
        this.surroundings = surroundings;
        this.environments = environments;
        node.disk().mount(DATA);
    }

    void start() {
        node.start(this::begin);
    }

    private void begin(Environment environment) {
        serving = false;
        Region.Hosted hosted = topology.hosted(region).orElseThrow();
        Environment seen = environments.apply(environment);
        var started =
                new Broker(
                        new BrokerSettings(
                                topology,
                                hosted,
                                hosted.brokers().getFirst(),
                                DATA.resolve("broker")),
                        seen,
                        surroundings.apply(seen),
                        new Observer());
        broker = Optional.of(started);
        started.start();
    }

    RegionId region() {
        return region;
    }

    SimulatedNode node() {
        return node;
    }

    Endpoint kafka() {
        return topology.hosted(region).orElseThrow().brokers().getFirst().kafka();
    }

    /** Whether clients are served, as far as the broker said. */
    boolean serving() {
        return node.running() && serving;
    }

    /** The running broker's inside; empty while there is none. */
    Optional<BrokerCore> core() {
        return node.running() ? broker.flatMap(Broker::core) : Optional.empty();
    }

    List<Partition> partitions() {
        Optional<BrokerCore> running = core();
        if (running.isEmpty()) {
            return List.of();
        }
        var found = new ArrayList<Partition>();
        for (Shard shard : running.get().shards().all()) {
            found.addAll(shard.partitions());
        }
        return found;
    }

    /** Whether someone has to restart the broker: it gave up, or a disk fault took a partition. */
    boolean ailing() {
        return !node.running()
                || failures > 0
                || partitions().stream().anyMatch(p -> p.log().failure().isPresent());
    }

    /** What a supervisor of the process does. */
    void restart() {
        node.kill();
        failures = 0;
        node.restart();
    }

    /** Does something on the first loop of the running broker. */
    void onLoop(Runnable action) {
        if (node.running()) {
            node.environment().loops().loop(0).execute(action);
        }
    }

    private final class Observer implements BrokerObserver {

        @Override
        public void repaired(Recovery recovery) {
            happenings.note(Happening.LOG_REPAIRED);
        }

        @Override
        public void serving() {
            serving = true;
        }

        @Override
        public void failed(String reason) {
            failures++;
        }
    }
}
