package io.tombolo.simulation.site;

import io.tombolo.broker.Broker;
import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.BrokerObserver;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.ControllerCore;
import io.tombolo.broker.Images;
import io.tombolo.broker.NodeSettings;
import io.tombolo.broker.StartRefused;
import io.tombolo.broker.controller.ControllerNode;
import io.tombolo.broker.replica.UncleanLeaders;
import io.tombolo.broker.shard.Shard;
import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.raft.RaftStatus;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.replication.Partition;
import io.tombolo.storage.log.Recovery;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A machine, and the broker or controller that lives on it from start to end, again and again. */
public final class Machine {

    private static final Path DATA = Path.of("/data");

    private Topology topology;
    private final Region.Hosted region;
    private final Region.Node self;
    private final SimulatedNode node;
    private final Habitat habitat;
    private Optional<Broker> broker = Optional.empty();
    private Optional<ControllerNode> controller = Optional.empty();
    private boolean serving;
    private boolean stopping;
    private int failures;

    /**
     * What the brokers of a region find around them.
     *
     * @param environments what a broker sees of its machine
     * @param hearing hears what brokers say
     */
    public record Habitat(
            UnaryOperator<Environment> environments,
            SurroundingsOf surroundings,
            Supplier<Hearing> hearing) {}

    /** Hears what brokers say to those who operate them. */
    public interface Hearing {

        /** A broker had to repair a log when it started. */
        void repaired(Recovery recovery);

        /** Leaders on a broker may lack committed records. */
        void told(Machine machine, List<UncleanLeaders.Elected> leaders);

        /** A broker has thrown committed records away. */
        void told(Machine machine, UncleanLeaders.Lost lost);
    }

    /** What lies beyond the region. */
    public interface SurroundingsOf {
        Broker.Surroundings of(Environment environment);
    }

    Machine(
            Topology topology,
            Region.Hosted region,
            Region.Node self,
            SimulatedNode node,
            Habitat habitat) {
        this.topology = topology;
        this.region = region;
        this.self = self;
        this.node = node;
        this.habitat = habitat;
        node.disk().mount(DATA);
    }

    /** Its next life begins with another file, of the same regions. */
    public void edit(Topology changed) {
        topology = changed;
    }

    void start() {
        node.start(this::begin);
    }

    private void begin(Environment environment) {
        serving = false;
        stopping = false;
        Environment seen = habitat.environments().apply(environment);
        switch (self) {
            case Region.Broker one -> {
                var started =
                        new Broker(
                                new BrokerSettings(topology, region, one, DATA.resolve("broker")),
                                seen,
                                habitat.surroundings().of(seen),
                                new Observer());
                broker = Optional.of(started);
                started.start();
            }
            case Region.Controller one -> {
                var settings =
                        new NodeSettings.Controller(
                                topology, region, one, DATA.resolve("controller"));
                var started = new ControllerNode(settings, seen, new Watch());
                controller = Optional.of(started);
                started.start();
            }
        }
    }

    /** The name by which other machines reach it. */
    public String host() {
        return node.host();
    }

    /** The id of its broker or controller. */
    public int id() {
        return self.nodeId();
    }

    public SimulatedNode node() {
        return node;
    }

    /** Whether clients are served, as far as the broker said; of a controller, whether it votes. */
    public boolean serving() {
        return node.running() && serving && !stopping;
    }

    /** Whether a broker lives here, not a controller. */
    public boolean servesClients() {
        return self instanceof Region.Broker;
    }

    /** The running broker's inside; empty while there is none. */
    public Optional<BrokerCore> core() {
        return node.running() ? broker.flatMap(Broker::core) : Optional.empty();
    }

    private Optional<ControllerCore> controllerCore() {
        return node.running() ? controller.flatMap(ControllerNode::core) : Optional.empty();
    }

    /** How the running broker or controller sees the quorum. */
    public Optional<RaftStatus> quorum() {
        return core().map(BrokerCore::quorum)
                .or(() -> controllerCore().map(ControllerCore::quorum));
    }

    /** What the running broker or controller knows of the metadata; another one in each life. */
    public Optional<Images> images() {
        return core().map(BrokerCore::images)
                .or(() -> controllerCore().map(ControllerCore::images));
    }

    public List<Partition> partitions() {
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

    public Optional<Partition> partition(Place place) {
        for (Partition one : partitions()) {
            if (place.equals(Place.of(one))) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /** Whether its broker was asked to stop and was not started since. */
    public boolean stopping() {
        return stopping;
    }

    /** Whether someone has to restart the broker: it gave up, or a disk fault took a partition. */
    public boolean ailing() {
        return !node.running()
                || failures > 0
                || partitions().stream().anyMatch(p -> p.log().failure().isPresent());
    }

    /** What a supervisor of the process does. */
    public void restart() {
        node.kill();
        failures = 0;
        node.restart();
    }

    /** Asks the running broker to stop in an orderly way; nothing happens when there is none. */
    public void stop(Runnable stopped) {
        if (node.running()) {
            stopping = true;
            broker.ifPresent(running -> running.stop(stopped));
            controller.ifPresent(running -> running.stop(stopped));
        }
    }

    /** Does something on the loop of the running broker's controller. */
    public void onLoop(Runnable action) {
        if (node.running()) {
            node.environment().loops().loop(0).execute(action);
        }
    }

    @Override
    public String toString() {
        return node.host();
    }

    private final class Watch implements ControllerNode.Observer {

        @Override
        public void waiting(String reason) {}

        @Override
        public void ready() {
            serving = true;
        }

        @Override
        public void failed(String reason, StartRefused.Fix fix) {
            failures++;
        }
    }

    private final class Observer implements BrokerObserver {

        @Override
        public void repaired(Recovery recovery) {
            habitat.hearing().get().repaired(recovery);
        }

        @Override
        public void uncleanLeaders(List<UncleanLeaders.Elected> leaders) {
            habitat.hearing().get().told(Machine.this, leaders);
        }

        @Override
        public void recordsDiscarded(UncleanLeaders.Lost lost) {
            habitat.hearing().get().told(Machine.this, lost);
        }

        @Override
        public void serving() {
            serving = true;
        }

        @Override
        public void failed(String reason, StartRefused.Fix fix) {
            failures++;
        }
    }
}
