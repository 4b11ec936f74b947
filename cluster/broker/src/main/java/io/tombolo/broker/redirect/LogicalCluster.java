package io.tombolo.broker.redirect;

import io.tombolo.region.RegionId;
import io.tombolo.region.topology.FailoverPolicy.Moves;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;

import org.apache.kafka.common.Uuid;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The regions that are one cluster to clients: those between which links move clients, directly or
 * through others. Clients leave a cluster whose id changes, so all of these show the same. It
 * follows from the names in the file, which all brokers of all these regions share.
 */
public final class LogicalCluster {

    private LogicalCluster() {}

    /**
     * The id that clients are told by a region.
     *
     * @param own its own id, which it keeps when no link moves its clients
     */
    public static Uuid idOf(Topology topology, RegionId region, Uuid own) {
        SortedSet<RegionId> regions = regionsWith(topology, region);
        if (regions.size() == 1) {
            return own;
        }
        String names = regions.stream().map(RegionId::name).collect(Collectors.joining("+"));
        String seed = "tombolo/" + topology.name() + "/clients/" + names;
        UUID uuid = UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8));
        return new Uuid(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    /** The regions that clients take for one cluster with this one, this one among them. */
    static SortedSet<RegionId> regionsWith(Topology topology, RegionId region) {
        var found = new TreeSet<RegionId>(List.of(region));
        boolean grown = true;
        while (grown) {
            grown = false;
            for (LinkEntry link : movingLinks(topology)) {
                if (found.contains(link.from()) || found.contains(link.to())) {
                    grown |= found.add(link.from());
                    grown |= found.add(link.to());
                }
            }
        }
        return found;
    }

    /** The links whose policies move clients, in file order; our brokers are at both ends. */
    static List<LinkEntry> movingLinks(Topology topology) {
        return topology.links().values().stream()
                .filter(link ->
                        topology.policiesOf(link.name()).stream()
                                .anyMatch(policy -> policy.moves() == Moves.CLIENTS))
                .filter(link ->
                        topology.regions().get(link.from()) instanceof Region.Hosted
                                && topology.regions().get(link.to()) instanceof Region.Hosted)
                .toList();
    }
}
