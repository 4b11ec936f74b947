package io.tombolo.simulation.site;

import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.Images;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One region: its machines, those of brokers first, in the order of their numbers. */
public final class Site {

    private static final int LOOPS = 2;

    private final Region.Hosted region;
    private final List<Machine> machines = new ArrayList<>();

    /** Adds the machines of a region to the simulator. */
    public Site(
            Simulator simulator, Topology topology, Region.Hosted region, Machine.Habitat habitat) {
        this.region = region;
        for (Region.Node self : region.nodes().all()) {
            var node = simulator.addNode(self.internal().host(), LOOPS);
            machines.add(new Machine(topology, region, self, node, habitat));
        }
    }

    public void start() {
        machines.forEach(Machine::start);
    }

    public RegionId region() {
        return region.id();
    }

    public List<Machine> machines() {
        return machines;
    }

    /** Those with a broker. */
    public List<Machine> brokers() {
        var ids = region.brokers().stream().map(broker -> broker.id().value()).toList();
        return machines.stream().filter(machine -> ids.contains(machine.id())).toList();
    }

    /** Where clients begin. */
    public List<Endpoint> bootstrap() {
        return region.brokers().stream().map(Region.Broker::kafka).toList();
    }

    /** Whether every broker serves and none needs help. */
    public boolean well() {
        return machines.stream().allMatch(one -> one.serving() && !one.ailing());
    }

    /** The machine that leads a partition in the highest epoch. */
    public Optional<Machine> leaderOf(Place place) {
        int highest = -1;
        Optional<Machine> leader = Optional.empty();
        for (Machine machine : machines) {
            int epoch =
                    machine.partition(place)
                            .map(Partition::role)
                            .filter(role -> role.leading().isPresent())
                            .map(Role::leaderEpoch)
                            .orElse(-1);
            if (epoch > highest) {
                highest = epoch;
                leader = Optional.of(machine);
            }
        }
        return leader;
    }

    /** A machine whose broker runs. */
    public Optional<Machine> running() {
        return machines.stream().filter(one -> one.core().isPresent()).findFirst();
    }

    /** The inside of a running broker. */
    public Optional<BrokerCore> core() {
        return running().flatMap(Machine::core);
    }

    /** Whether all that only vote have told the region what they can run. */
    public boolean knowsItsControllers() {
        var told = newestMetadata().region().controllers().keySet();
        var silent = new ArrayList<>(machines);
        silent.removeAll(brokers());
        return silent.stream().allMatch(one -> told.contains(one.id()));
    }

    /** What the running machine knows that knows most. */
    public MetadataImage newestMetadata() {
        MetadataImage newest = MetadataImage.EMPTY;
        for (Machine machine : machines) {
            MetadataImage known = machine.images().map(Images::current).orElse(newest);
            newest = known.place().offset() > newest.place().offset() ? known : newest;
        }
        return newest;
    }

    @Override
    public String toString() {
        return region.id().name();
    }
}
