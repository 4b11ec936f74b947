package io.tombolo.region.ownership;

import java.util.Optional;

/**
 * The answer to a claim. Granting changes nothing by itself: the record must be committed first.
 */
public sealed interface Claim {

    /** The record to commit to the region's metadata log; it takes effect there, not before. */
    record Granted(Ownership next) implements Claim {}

    /**
     * The domain has moved on since the claimant looked.
     *
     * @param currentEpoch the epoch that is in force; 0 when the domain has no record
     */
    record StaleEpoch(long expectedEpoch, long currentEpoch) implements Claim {}

    /** The region owns the domain already, in a mode in which it may write. */
    record AlreadyOwner(Ownership current) implements Claim {}

    /**
     * Only a region that may write to the domain hands it over.
     *
     * @param current none when nobody has claimed it yet
     */
    record NotOwner(Optional<Ownership> current) implements Claim {}

    /** No epoch is left for this domain. */
    record Exhausted(Ownership current) implements Claim {}
}
