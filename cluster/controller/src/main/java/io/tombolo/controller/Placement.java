package io.tombolo.controller;

import io.tombolo.metadata.image.BrokersImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Chooses replicas. Active brokers stand in a ring in which racks take turns; each partition is led
 * by the next broker of the ring, and its followers are those behind the leader that bring the most
 * racks. The distance to the first follower grows with every turn around the ring, so that the
 * partitions of one leader have different followers. Fenced brokers come last and never lead.
 */
final class Placement {

    private final BrokersImage brokers;
    private final List<BrokerRegistration> ring;
    private final List<BrokerRegistration> fenced;
    private final int start;

    /**
     * @param start any number; where in the ring the first partition is led
     */
    Placement(BrokersImage brokers, int start) {
        this.brokers = brokers;
        this.ring = ringOf(brokers);
        this.fenced = brokers.byId().values().stream().filter(BrokerRegistration::fenced).toList();
        this.start = ring.isEmpty() ? 0 : Math.floorMod(start, ring.size());
    }

    /** Whether no broker can lead. */
    boolean impossible() {
        return ring.isEmpty();
    }

    /**
     * The replicas of a partition, its preferred leader first.
     *
     * @param replicationFactor 1 to the number of registered brokers
     */
    BrokerIds replicas(int index, int replicationFactor) {
        int leader = (int) ((start + (long) index) % ring.size());
        int turn = index / ring.size();
        var chosen = new ArrayList<BrokerRegistration>(replicationFactor);
        chosen.add(ring.get(leader));
        List<BrokerRegistration> rest = behind(leader, turn);
        while (chosen.size() < replicationFactor && !rest.isEmpty()) {
            chooseOnePerRack(rest, chosen, replicationFactor);
        }
        for (int i = 0; chosen.size() < replicationFactor; i++) {
            chosen.add(fenced.get(i));
        }
        return BrokerIds.of(chosen.stream().mapToInt(BrokerRegistration::brokerId).toArray());
    }

    /**
     * A partition with these replicas as it is created: the active ones are in sync.
     *
     * @param replicas at least one of them active
     */
    PartitionRegistration partition(BrokerIds replicas) {
        BrokerIds isr = BrokerIds.NONE;
        var directories = new ArrayList<Uuid>(replicas.size());
        boolean assigned = false;
        for (int broker : replicas.asList()) {
            isr = brokers.isActive(broker) ? isr.with(broker) : isr;
            List<Uuid> dirs =
                    brokers.broker(broker).map(BrokerRegistration::logDirs).orElse(List.of());
            assigned |= dirs.size() == 1;
            directories.add(dirs.size() == 1 ? dirs.get(0) : Uuid.ZERO_UUID);
        }
        return new PartitionRegistration(
                replicas, isr, isr.at(0), 0, 0, assigned ? directories : List.of());
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
        chosen.forEach(broker -> racks.add(broker.endpoints().rack()));
        boolean none = rest.stream().allMatch(broker -> racks.contains(broker.endpoints().rack()));
        if (none) {
            racks.clear();
        }
        Iterator<BrokerRegistration> candidates = rest.iterator();
        while (candidates.hasNext() && chosen.size() < wanted) {
            BrokerRegistration candidate = candidates.next();
            if (!racks.contains(candidate.endpoints().rack())) {
                racks.add(candidate.endpoints().rack());
                chosen.add(candidate);
                candidates.remove();
            }
        }
    }

    private static List<BrokerRegistration> ringOf(BrokersImage brokers) {
        SortedMap<String, List<BrokerRegistration>> byRack = new TreeMap<>();
        for (BrokerRegistration broker : brokers.byId().values()) {
            if (!broker.fenced()) {
                byRack.computeIfAbsent(broker.endpoints().rack(), _ -> new ArrayList<>())
                        .add(broker);
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
