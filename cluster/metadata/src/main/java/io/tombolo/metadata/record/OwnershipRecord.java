package io.tombolo.metadata.record;

import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;

/**
 * The highest ownership of a domain that this region knows of. A region writes to the domain only
 * if this names it as the owner.
 *
 * @param epoch goes up by one per change of owner anywhere, and never down
 * @param cause for people: who or what changed the owner and why
 */
public record OwnershipRecord(
        DomainName domain, RegionId owner, long epoch, OwnershipMode mode, String cause)
        implements MetadataRecord {

    public OwnershipRecord {
        Names.requireNotNegative(epoch, "ownership epoch");
    }
}
