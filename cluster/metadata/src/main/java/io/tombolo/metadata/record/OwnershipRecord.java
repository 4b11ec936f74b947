package io.tombolo.metadata.record;

import io.tombolo.region.DomainName;
import io.tombolo.region.ownership.Ownership;

/**
 * The highest ownership of a domain that this region knows of. A region writes to the domain only
 * if this lets it.
 *
 * @param cause for people: who or what changed the owner and why
 */
public record OwnershipRecord(Ownership ownership, String cause) implements MetadataRecord {

    public DomainName domain() {
        return ownership.domain();
    }

    public long epoch() {
        return ownership.epoch();
    }
}
