package io.tombolo.broker.link;

import io.tombolo.environment.Endpoint;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkType;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What links into a region are meant to do: by the file, and by what the metadata says of them. */
record LinkSpecs(Topology topology, RegionId region) {

    /**
     * The specification in force; empty while the link is not defined, or when this region owns the
     * link's topics and so has nothing to copy.
     */
    Optional<LinkSpec> of(MetadataImage image, LinkEntry entry) {
        Optional<LinkRegistration> defined = image.links().link(entry.name());
        Optional<OwnershipRecord> owned = image.region().ownershipOf(entry.domain());
        if (defined.isEmpty() || owned.isEmpty() || ownedHere(image, entry)) {
            return Optional.empty();
        }
        return Optional.of(
                new LinkSpec(
                        entry.name(),
                        LinkType.CLUSTER_LINK,
                        new LinkSpec.Source(entry.from(), bootstrap(entry.from())),
                        new LinkSpec.Selection(entry.topics(), entry.groups()),
                        settings(entry),
                        new LinkSpec.Intent(defined.get().paused(), owned.get().epoch())));
    }

    /** Whether this region owns the link's topics. */
    boolean ownedHere(MetadataImage image, LinkEntry entry) {
        return image.region()
                .ownershipOf(entry.domain())
                .filter(owned -> owned.ownership().owner().equals(region))
                .isPresent();
    }

    /**
     * Whether a topic of the link that moves with it is still a mirror; in a region that owns it,
     * that is a failover which was interrupted.
     */
    static boolean unfinished(MetadataImage image, LinkEntry entry) {
        return image.movingWith(entry.name()).stream().anyMatch(mirror -> !mirror.writable());
    }

    private static LinkSpec.Settings settings(LinkEntry entry) {
        var standard = LinkSpec.Settings.standard();
        return new LinkSpec.Settings(
                entry.sync().configs(),
                entry.sync().offsets().orElse(Duration.ZERO),
                standard.propagateResets(),
                standard.refreshTopics(),
                standard.fetchBytesMax(),
                standard.inFlightBytesMax());
    }

    private List<Endpoint> bootstrap(RegionId source) {
        Region found = topology.regions().get(source);
        return switch (found) {
            case Region.Hosted hosted ->
                    hosted.brokers().stream().map(Region.Broker::kafka).toList();
            case Region.Foreign foreign -> foreign.bootstrap();
            case null -> throw new IllegalArgumentException("the topology has no region " + source);
        };
    }
}
