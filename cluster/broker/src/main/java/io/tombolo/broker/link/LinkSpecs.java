package io.tombolo.broker.link;

import io.tombolo.environment.Endpoint;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkType;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What links into a region are meant to do, as the metadata say; where their sources are is in the
 * file of each broker.
 */
record LinkSpecs(Topology topology, RegionId region) {

    private static final Duration HANDOVER_PACE = Duration.ofMillis(200);

    /**
     * The specification in force; empty while the link is not defined, when this region owns the
     * link's topics and so has nothing to copy, or when this broker's file has no such source.
     */
    Optional<LinkSpec> of(MetadataImage image, LinkEntry entry) {
        Optional<LinkRegistration> defined = image.links().link(entry.name());
        Optional<OwnershipRecord> owned = image.region().ownershipOf(entry.domain());
        List<Endpoint> bootstrap = bootstrap(entry.from());
        if (defined.isEmpty()
                || owned.isEmpty()
                || ownedHere(image, entry)
                || bootstrap.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new LinkSpec(
                        entry.name(),
                        LinkType.CLUSTER_LINK,
                        new LinkSpec.Source(entry.from(), bootstrap),
                        entry.selection(),
                        settings(entry, owned.get().ownership().mode()),
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

    /** While nobody writes, what is left is looked for more often, and copied without a limit. */
    private static LinkSpec.Settings settings(LinkEntry entry, Ownership.Mode mode) {
        var standard = LinkSpec.Settings.standard();
        boolean handover = mode == Ownership.Mode.HANDOVER;
        Duration offsets = entry.sync().offsets().orElse(Duration.ZERO);
        return new LinkSpec.Settings(
                entry.sync().configs(),
                handover && offsets.compareTo(HANDOVER_PACE) > 0 ? HANDOVER_PACE : offsets,
                standard.propagateResets(),
                handover ? HANDOVER_PACE : standard.refreshTopics(),
                standard.volume().limitedTo(handover ? 0 : entry.limits().bytesPerSecondMax()),
                entry.limits().maxLag().orElse(Duration.ZERO));
    }

    private List<Endpoint> bootstrap(RegionId source) {
        Region found = topology.regions().get(source);
        return switch (found) {
            case Region.Hosted hosted ->
                    hosted.brokers().stream().map(Region.Broker::kafka).toList();
            case Region.Foreign foreign -> foreign.bootstrap();
            case null -> List.of();
        };
    }
}
