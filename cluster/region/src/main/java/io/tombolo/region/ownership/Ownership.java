package io.tombolo.region.ownership;

import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;

/**
 * Which region owns a domain since which epoch. A domain without a record has epoch 0 and no owner.
 *
 * @param epoch 1 to {@link #EPOCH_MAX}; grows by one with each change of hands
 */
public record Ownership(DomainName domain, RegionId owner, long epoch, Mode mode) {

    /** The largest integer that JSON readers keep exactly. */
    public static final long EPOCH_MAX = (1L << 53) - 1;

    public Ownership {
        if (epoch < 1 || epoch > EPOCH_MAX) {
            throw new IllegalArgumentException("ownership epoch " + epoch + " is out of range");
        }
    }

    /** How the owner came by the domain, and whether it may write. */
    public enum Mode {
        /** The owner writes. */
        STEADY,
        /** Nobody writes: the named owner is about to take over, or two regions disagree. */
        HANDOVER,
        /** The owner writes; it took the domain without the old owner's consent. */
        FORCED
    }

    /** Whether this region may append records to the domain under this record. */
    public boolean lets(RegionId region) {
        return mode != Mode.HANDOVER && owner.equals(region);
    }
}
