package io.tombolo.broker.link;

import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;

import java.util.ArrayList;
import java.util.List;

/**
 * Where links run.
 *
 * @param region the destination: this region
 * @param loop the loop of the controller and of all links
 */
public record LinkPlace(Topology topology, RegionId region, int brokerId, EventLoop loop) {

    /**
     * The links that fill topics of this region: those that lead here in the file, and those that
     * lead away and have been reversed, because their topics were taken over and have come back as
     * mirrors.
     */
    public List<LinkEntry> linksInto(MetadataImage image) {
        var all = new ArrayList<LinkEntry>(topology.linksInto(region));
        for (LinkEntry link : topology.links().values()) {
            boolean back = !image.links().topicsOf(link.name()).isEmpty();
            if (link.from().equals(region) && back) {
                all.add(link.reversed());
            }
        }
        return all;
    }
}
