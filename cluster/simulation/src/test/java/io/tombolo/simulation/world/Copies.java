package io.tombolo.simulation.world;

import io.tombolo.region.LinkName;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.simulation.law.Happening;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.site.Site;

import java.util.ArrayList;
import java.util.List;

/** Whether a link has copied everything. */
record Copies(
        Site source, Site destination, LinkName link, Watches watches, Happenings happenings) {

    /** What each broker of the destination says of the link. */
    List<LinkStatus> statuses() {
        var found = new ArrayList<LinkStatus>();
        for (Machine machine : destination.machines()) {
            machine.core()
                    .flatMap(core -> core.links().find(link))
                    .map(Link::status)
                    .ifPresent(found::add);
        }
        return found;
    }

    /** Every partition is a whole copy, or says why it never will be. */
    boolean whole() {
        var statuses = statuses();
        return Shape.PLACES.stream().allMatch(place -> whole(place, statuses));
    }

    private boolean whole(Place place, List<LinkStatus> statuses) {
        for (var status : statuses) {
            for (var topic : status.topics()) {
                for (var partition : topic.partitions()) {
                    var id = partition.partition();
                    if (new Place(id.topic(), id.partition()).equals(place)) {
                        return whole(place, partition);
                    }
                }
            }
        }
        return false;
    }

    private boolean whole(Place place, LinkStatus.PartitionStatus partition) {
        // Copied before the source lost it: the two differ for good.
        if (partition.state() == LinkStatus.State.FAILED && watches.of(source).shortened(place)) {
            happenings.note(Happening.LINK_FAILED_FOR_GOOD);
            return true;
        }
        return partition.lag().records() == 0
                && watches.of(destination).image(place).end()
                        == watches.of(source).image(place).end();
    }
}
