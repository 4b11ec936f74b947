package io.tombolo.broker.link;

import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;

import java.util.ArrayList;
import java.util.List;

/**
 * Where links run.
 *
 * @param topology the file of this broker, for the addresses of regions
 * @param region the destination: this region
 * @param loop the loop of the controller and of all links
 */
public record LinkPlace(Topology topology, RegionId region, int brokerId, EventLoop loop) {

    /**
     * The links that fill topics of this region, by name: those that lead here, and those that lead
     * away and have been reversed, because their topics were taken over and have come back as
     * mirrors.
     */
    public List<LinkEntry> linksInto(MetadataImage image) {
        var all = new ArrayList<LinkEntry>();
        for (LinkRegistration link : image.links().byName().values()) {
            if (link.retired()) {
                continue;
            }
            LinkEntry entry = link.entry();
            if (entry.to().equals(region)) {
                all.add(entry);
            } else if (!image.links().topicsOf(entry.name()).isEmpty()) {
                all.add(entry.reversed());
            }
        }
        return all;
    }

    /** The failover policies of all links. */
    List<FailoverPolicy> policies(MetadataImage image) {
        return image.links().byName().values().stream()
                .flatMap(link -> link.policies().stream())
                .toList();
    }
}
