package io.tombolo.controller.handover;

import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.LinkName;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;

import java.util.Optional;

/** Which topics change hands under an ownership. */
public final class Takings {

    private Takings() {}

    /**
     * Keeps with an ownership which topics are taken over under it: those that the link's filter
     * includes now, and those that were taken over before. Who begins a handover, or takes back
     * what it was handing over, takes nothing.
     */
    public static Ownership with(Ownership next, MetadataImage tip) {
        Optional<Ownership> current =
                tip.region().ownershipOf(next.domain()).map(OwnershipRecord::ownership);
        Optional<Takeover> before = current.flatMap(Ownership::takeover);
        Ownership kept = before.map(next::with).orElse(next);
        boolean stays =
                next.mode() == Ownership.Mode.HANDOVER
                        || current.filter(owned -> owned.mode() == Ownership.Mode.HANDOVER)
                                .filter(owned -> owned.owner().equals(next.owner()))
                                .isPresent();
        return stays
                ? kept
                : tip.links()
                        .link(new LinkName(next.domain().name()))
                        .map(LinkRegistration::definition)
                        .flatMap(link -> taken(link, next))
                        .map(kept::with)
                        .orElse(kept);
    }

    /** The first owner has taken nothing from anybody; later it takes back from the other one. */
    private static Optional<Takeover> taken(LinkDefined link, Ownership next) {
        if (link.destinationRegion().equals(next.owner())) {
            return Optional.of(new Takeover(link.sourceRegion(), link.topics()));
        }
        return link.sourceRegion().equals(next.owner()) && next.epoch() > 1
                ? Optional.of(new Takeover(link.destinationRegion(), link.topics()))
                : Optional.empty();
    }
}
