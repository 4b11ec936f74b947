package io.tombolo.controller.replica;

import io.tombolo.environment.Entropy;
import io.tombolo.metadata.image.BrokersImage;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Chooses replicas. Brokers that may lead stand in a ring in which racks take turns; each partition
 * is led by the next broker of the ring, and its followers are those behind the leader that bring
 * the most racks. The distance to the first follower grows with every turn around the ring, so that
 * the partitions of one leader have different followers. Other brokers come last and never lead:
 * first those that are to be emptied, then those out of service.
 *
 * <p>Where the ring is entered is drawn twice and the broker with less to do is taken: enough to
 * keep topics with few partitions balanced, without all topics of one command meeting on the same
 * broker.
 *
 * <p>What must not fail together is {@link #domainOf}: today the rack. Where brokers of several
 * regions form one cluster, the region joins it there.
 */
public final class Placement {

    private final BrokersImage brokers;
    private final List<BrokerRegistration> ring;
    private final List<BrokerRegistration> others;
    private final int start;

    /**
     * @param start any number; where in the ring the first partition is led
     */
    public Placement(BrokersImage brokers, int start) {
        this.brokers = brokers;
        this.ring = ringOf(brokers);
        this.others =
                brokers.byId().values().stream()
                        .filter(one -> !ring.contains(one))
                        .sorted(Comparator.comparing(one -> !brokers.mayLead(one.brokerId())))
                        .toList();
        this.start = ring.isEmpty() ? 0 : Math.floorMod(start, ring.size());
    }

    /** Where there is less to do; draws from the entropy always as much. */
    public static Placement balanced(MetadataImage tip, Entropy entropy) {
        long drawn = entropy.nextLong();
        var one = new Placement(tip.brokers(), (int) drawn);
        var other = new Placement(tip.brokers(), (int) (drawn >>> 32));
        return other.load(tip).compareTo(one.load(tip)) < 0 ? other : one;
    }

    /** Registered brokers, whatever their state. */
    int registeredCount() {
        return brokers.byId().size();
    }

    /** Whether no broker can lead. */
    public boolean impossible() {
        return ring.isEmpty();
    }

    /**
     * The replicas of a partition, its preferred leader first.
     *
     * @param replicationFactor 1 to the number of registered brokers
     */
    public BrokerIds replicas(int index, int replicationFactor) {
        int leader = (int) ((start + (long) index) % ring.size());
        int turn = index / ring.size();
        if (replicationFactor == 1) {
            return BrokerIds.of(ring.get(leader).brokerId());
        }
        var chosen = new ArrayList<BrokerRegistration>(replicationFactor);
        chosen.add(ring.get(leader));
        List<BrokerRegistration> rest = behind(leader, turn);
        while (chosen.size() < replicationFactor && !rest.isEmpty()) {
            chooseOnePerRack(rest, chosen, replicationFactor);
        }
        for (int i = 0; chosen.size() < replicationFactor; i++) {
            chosen.add(others.get(i));
        }
        return BrokerIds.of(chosen.stream().mapToInt(BrokerRegistration::brokerId).toArray());
    }

    /**
     * A partition with these replicas as it is created: the active ones are in sync.
     *
     * @param replicas at least one of them active
     */
    public PartitionRegistration partition(BrokerIds replicas) {
        BrokerIds isr = BrokerIds.NONE;
        var directories = new ArrayList<Uuid>(replicas.size());
        boolean assigned = false;
        for (int broker : replicas.asList()) {
            isr = brokers.mayLead(broker) ? isr.with(broker) : isr;
            Uuid directory = PartitionTransition.onlyDirectory(broker, brokers);
            assigned |= !directory.equals(Uuid.ZERO_UUID);
            directories.add(directory);
        }
        return new PartitionRegistration(
                replicas, isr, isr.at(0), 0, 0, assigned ? directories : List.of());
    }

    /** What the broker that leads first has to do already: leaders count more than replicas. */
    private Load load(MetadataImage tip) {
        if (ring.isEmpty()) {
            return new Load(0, 0);
        }
        int first = ring.get(start).brokerId();
        return new Load(tip.topics().ledBy(first).size(), tip.topics().replicasOn(first).size());
    }

    private record Load(int leaders, int replicas) implements Comparable<Load> {

        @Override
        public int compareTo(Load other) {
            int byLeaders = Integer.compare(leaders, other.leaders);
            return byLeaders != 0 ? byLeaders : Integer.compare(replicas, other.replicas);
        }
    }

    /** What may fail as one: brokers with the same text should not share a partition. */
    static String domainOf(BrokerRegistration broker) {
        return broker.endpoints().rack();
    }

    /** The ring behind the leader, rotated by the turn. */
    private List<BrokerRegistration> behind(int leader, int turn) {
        int others = ring.size() - 1;
        var rest = new ArrayList<BrokerRegistration>(others);
        for (int i = 0; i < others; i++) {
            int distance = 1 + (turn % others + i) % others;
            rest.add(ring.get((leader + distance) % ring.size()));
        }
        return rest;
    }

    /** Moves brokers from the rest to the chosen, no two of one rack unless all racks had one. */
    private static void chooseOnePerRack(
            List<BrokerRegistration> rest, List<BrokerRegistration> chosen, int wanted) {
        var racks = new ArrayList<String>();
        chosen.forEach(broker -> racks.add(domainOf(broker)));
        boolean none = rest.stream().allMatch(broker -> racks.contains(domainOf(broker)));
        if (none) {
            racks.clear();
        }
        Iterator<BrokerRegistration> candidates = rest.iterator();
        while (candidates.hasNext() && chosen.size() < wanted) {
            BrokerRegistration candidate = candidates.next();
            if (!racks.contains(domainOf(candidate))) {
                racks.add(domainOf(candidate));
                chosen.add(candidate);
                candidates.remove();
            }
        }
    }

    private static List<BrokerRegistration> ringOf(BrokersImage brokers) {
        boolean nobodyIsWelcome = brokers.byId().keySet().stream().noneMatch(brokers::welcomes);
        SortedMap<String, List<BrokerRegistration>> byRack = new TreeMap<>();
        for (BrokerRegistration broker : brokers.byId().values()) {
            boolean wanted =
                    brokers.welcomes(broker.brokerId())
                            || nobodyIsWelcome && brokers.mayLead(broker.brokerId());
            if (wanted) {
                byRack.computeIfAbsent(domainOf(broker), _ -> new ArrayList<>()).add(broker);
            }
        }
        var ring = new ArrayList<BrokerRegistration>();
        for (int round = 0; !byRack.isEmpty(); round++) {
            int place = round;
            byRack.values().removeIf(rack -> rack.size() <= place);
            byRack.values().forEach(rack -> ring.add(rack.get(place)));
        }
        return ring;
    }
}
