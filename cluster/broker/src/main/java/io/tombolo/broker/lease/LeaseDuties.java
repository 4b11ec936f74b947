package io.tombolo.broker.lease;

import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.LeaseLedger.Wish;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** What a broker has to ask of the ledger, as its metadata say. Pure. */
record LeaseDuties(Topology topology, RegionId region) {

    /** The ownership epoch under which this region writes to a domain, if it does. */
    OptionalLong epoch(MetadataImage image, DomainName domain) {
        Optional<Ownership> owned =
                image.region().ownershipOf(domain).map(OwnershipRecord::ownership);
        if (owned.isPresent()) {
            return owned.get().lets(region)
                    ? OptionalLong.of(owned.get().epoch())
                    : OptionalLong.empty();
        }
        return isSource(image, domain) ? OptionalLong.of(0) : OptionalLong.empty();
    }

    /** Until somebody takes it over, a domain is that of the region its link reads. */
    private boolean isSource(MetadataImage image, DomainName domain) {
        for (LinkRegistration link : image.links().byName().values()) {
            if (link.domain().equals(domain)) {
                return link.definition().sourceRegion().equals(region);
            }
        }
        return topology.links().values().stream()
                .anyMatch(link -> link.domain().equals(domain) && link.from().equals(region));
    }

    /** To hold what this region writes to, and to pass on what it has handed over. */
    List<Wish> wishes(MetadataImage image) {
        var wishes = new ArrayList<Wish>();
        for (DomainName domain : domains(image)) {
            epoch(image, domain)
                    .ifPresent(epoch -> wishes.add(new Wish.Hold(domain, region, epoch)));
            handedOver(image, domain).ifPresent(wishes::add);
        }
        return wishes;
    }

    /** All that are known here, in order. */
    Set<DomainName> domains(MetadataImage image) {
        var domains = new TreeSet<DomainName>(image.region().ownership().keySet());
        image.links().byName().values().forEach(link -> domains.add(link.domain()));
        topology.links().values().stream().map(LinkEntry::domain).forEach(domains::add);
        return domains;
    }

    /**
     * A region gives its topics away in its own log, when no leader of it writes to them any more;
     * only then does it know another owner that did not force it.
     */
    private Optional<Wish> handedOver(MetadataImage image, DomainName domain) {
        return image.region()
                .ownershipOf(domain)
                .map(OwnershipRecord::ownership)
                .filter(owned -> owned.mode() == Ownership.Mode.STEADY)
                .filter(owned -> !owned.owner().equals(region))
                .map(owned -> new Wish.PassOn(domain, region, owned.owner(), owned.epoch()));
    }
}
