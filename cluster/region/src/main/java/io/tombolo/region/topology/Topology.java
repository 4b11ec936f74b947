package io.tombolo.region.topology;

import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.RegionId;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that one topology file says, checked and with defaults filled in. Maps keep the order
 * of the file.
 *
 * @param name of the whole; {@code tombolo} when the file has none
 * @param regions in file order
 * @param later sections that are understood but that no module of this release acts on
 */
public record Topology(
        String name,
        Map<RegionId, Region> regions,
        Map<LinkName, LinkEntry> links,
        Topics topics,
        Map<PolicyName, FailoverPolicy> failover,
        LaterSections later) {

    public Topology {
        regions = inOrder(regions);
        links = inOrder(links);
        failover = inOrder(failover);
    }

    /** The regions whose brokers are ours, in file order. */
    public List<Region.Hosted> hostedRegions() {
        return regions.values().stream()
                .filter(Region.Hosted.class::isInstance)
                .map(Region.Hosted.class::cast)
                .toList();
    }

    /** The region of this name, when its brokers are ours. */
    public Optional<Region.Hosted> hosted(RegionId region) {
        return regions.get(region) instanceof Region.Hosted hosted
                ? Optional.of(hosted)
                : Optional.empty();
    }

    /** The links that copy into this region, in file order. */
    public List<LinkEntry> linksInto(RegionId region) {
        return links.values().stream().filter(link -> link.to().equals(region)).toList();
    }

    static <K, V> Map<K, V> inOrder(Map<K, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
