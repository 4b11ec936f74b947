package io.tombolo.broker.publish;

import io.tombolo.broker.Images;
import io.tombolo.broker.lease.LeaseSeat;
import io.tombolo.environment.Clock;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.Lease;
import io.tombolo.region.ownership.Ownership;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Whether a coordinator here may tell a client that something of a topic is committed. A leader
 * asks the same before it acknowledges a write; but a coordinator may be in another broker, and a
 * commit comes after the writes that it is about. Callable from any thread.
 */
public final class CommitRights {

    private final Supplier<Casting> casting;
    private final Images images;
    private final Clock clock;

    /** Whose a topic is, for all that is known here now. */
    public enum Standing {

        /** This region's, or of no link. */
        OURS,

        /** Perhaps another region's: it was not asked yet, or this broker has no lease. */
        UNDECIDED,

        /** Another region's. What was open here has ended there. */
        ELSEWHERE
    }

    /**
     * @param casting as of now
     */
    CommitRights(Supplier<Casting> casting, Images images, Clock clock) {
        this.casting = casting;
        this.images = images;
        this.clock = clock;
    }

    public Standing of(String topic) {
        MetadataImage image = images.current();
        Casting now = casting.get();
        Set<DomainName> domains = now.domains().of(image, topic);
        if (domains.isEmpty()) {
            return Standing.OURS;
        }
        boolean elsewhere =
                image.topics()
                        .topic(topic)
                        .filter(known -> isElsewhere(now.domains(), image, known))
                        .isPresent();
        if (elsewhere) {
            return Standing.ELSEWHERE;
        }
        boolean ours = now.ownersKnown() && heldBy(now, seat -> seat.holds(image, domains));
        return ours ? Standing.OURS : Standing.UNDECIDED;
    }

    /** While a region hands a topic over it still is its own, and what is open there may end. */
    private static boolean isElsewhere(Domains domains, MetadataImage image, TopicImage topic) {
        return image.mirrorOf(topic).isPresent()
                || domains.fencedBy(image, topic)
                        .map(OwnershipRecord::ownership)
                        .filter(owned -> !isHandedOverBy(domains.region(), owned))
                        .isPresent();
    }

    private static boolean isHandedOverBy(RegionId region, Ownership owned) {
        return owned.mode() == Ownership.Mode.HANDOVER && owned.owner().equals(region);
    }

    private boolean heldBy(Casting now, Function<LeaseSeat, List<Lease.Hold>> holds) {
        return now.leases().stream()
                .flatMap(seat -> holds.apply(seat).stream())
                .allMatch(hold -> hold.heldAt(clock.nanoTime()));
    }

    /**
     * Whether all that this region writes to is its own beyond doubt: for an answer whose topics
     * are not known any more. Doubt makes the client ask again.
     */
    public boolean beyondDoubt() {
        MetadataImage image = images.current();
        Casting now = casting.get();
        return !now.domains().any(image)
                || now.ownersKnown() && heldBy(now, seat -> seat.holds(image));
    }
}
