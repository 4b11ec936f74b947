package io.tombolo.broker.redirect;

import io.tombolo.broker.ClientListener.Address;
import io.tombolo.region.BrokerId;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionRegistry;
import io.tombolo.region.registry.Sighting;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The brokers of the other regions that clients are told of beside those that serve them, so that
 * they know where to go when their region is gone. Addresses are those of the file; which brokers
 * are up is what their region has told last.
 */
record KnownBrokers(Topology topology, RegionRegistry registry, RegionId self) {

    /** Of a region that is silent for longer nothing is told that nobody needs. */
    static final long SILENT_NANOS = Duration.ofSeconds(30).toNanos();

    /**
     * Of all other regions that are one cluster with this one, by region.
     *
     * @param needed regions whose brokers are told however long they have been silent
     */
    List<Address> inOtherRegions(Set<RegionId> needed) {
        return LogicalCluster.regionsWith(topology, self).stream()
                .filter(region -> !region.equals(self))
                .flatMap(region -> topology.hosted(region).stream())
                .filter(region -> needed.contains(region.id()) || !silent(region.id()))
                .flatMap(region -> of(region).stream())
                .toList();
    }

    /** All brokers of a region that are up, or may be, as nobody has told. */
    private List<Address> of(Region.Hosted region) {
        Optional<Sighting> seen = registry.lastSeen(region.id());
        Optional<Set<BrokerId>> up =
                seen.map(sighting ->
                        sighting.document().brokers().stream()
                                .map(RegionDocument.Broker::id)
                                .collect(Collectors.toSet()));
        return region.brokers().stream()
                .filter(broker -> up.isEmpty() || up.get().contains(broker.id()))
                .map(KnownBrokers::address)
                .toList();
    }

    private boolean silent(RegionId region) {
        return registry.lastSeen(region).filter(seen -> seen.ageNanos() > SILENT_NANOS).isPresent();
    }

    private static Address address(Region.Broker broker) {
        return new Address(
                broker.id().value(),
                broker.kafka().host(),
                broker.kafka().port(),
                broker.rack().orElse(""),
                false);
    }
}
