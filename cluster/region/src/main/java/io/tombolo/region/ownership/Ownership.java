package io.tombolo.region.ownership;

import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;

import java.util.Optional;

/**
 * Which region owns a domain since which epoch. A domain without a record has epoch 0 and no owner.
 *
 * @param epoch 1 to {@link #EPOCH_MAX}; grows by one with each change of hands
 * @param takeover which topics were taken over, and from whom; empty for the first owner, and for
 *     what older releases have recorded
 */
public record Ownership(
        DomainName domain, RegionId owner, long epoch, Mode mode, Optional<Takeover> takeover) {

    /** The largest integer that JSON readers keep exactly. */
    public static final long EPOCH_MAX = (1L << 53) - 1;

    public Ownership {
        if (epoch < 1 || epoch > EPOCH_MAX) {
            throw new IllegalArgumentException("ownership epoch " + epoch + " is out of range");
        }
    }

    /** An ownership under which nothing was taken over. */
    public Ownership(DomainName domain, RegionId owner, long epoch, Mode mode) {
        this(domain, owner, epoch, mode, Optional.empty());
    }

    /** How the owner came by the domain, and whether it may write. */
    public enum Mode {
        /** The owner writes. */
        STEADY,
        /**
         * Nobody writes: the named owner is handing the domain over. Its own log alone decides
         * whether the other region gets it or it takes it back, and either has a higher epoch.
         */
        HANDOVER,
        /** The owner writes; it took the domain without the old owner's consent. */
        FORCED,
        /** Nobody writes: two regions disagree, and an operator decides. */
        DISPUTED
    }

    /** Whether this region may append records to the domain under this record. */
    public boolean lets(RegionId region) {
        return isWritten() && owner.equals(region);
    }

    /** Whether its owner writes under it. */
    public boolean isWritten() {
        return mode == Mode.STEADY || mode == Mode.FORCED;
    }

    /** The same, under which this was taken over as well. */
    public Ownership with(Takeover taken) {
        Takeover all = takeover.map(taken::and).orElse(taken);
        return new Ownership(domain, owner, epoch, mode, Optional.of(all));
    }

    /**
     * Whether a topic of this name changes hands with the domain, as it was taken from a region.
     */
    public boolean tookFrom(RegionId region, String topic) {
        return takeover.filter(taken -> taken.took(region, topic)).isPresent();
    }

    /** Whether a topic of this name is the region's since it took the domain over. */
    public boolean tookInto(RegionId region, String topic) {
        return owner.equals(region)
                && takeover.filter(taken -> taken.topics().includes(topic)).isPresent();
    }

    /** Whether both give the domain to the same region in the same way. */
    boolean agrees(Ownership other) {
        return owner.equals(other.owner) && mode == other.mode;
    }
}
