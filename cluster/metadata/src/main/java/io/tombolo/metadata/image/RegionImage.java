package io.tombolo.metadata.image;

import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.RegionRecord.ControllerRegistered;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.region.DomainName;

import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;
import org.pcollections.TreePVector;

import java.util.Optional;

/**
 * What concerns the region as a whole.
 *
 * @param identities none before the region is formatted, then one for ever
 * @param features finalized levels; a feature that is off is absent
 * @param nextProducerId where the next block of producer ids starts, -1 before the first block
 * @param ownership the highest known ownership of each domain
 * @param controllers what controllers of their own can run, by id
 * @param handovers of domains between regions
 */
public record RegionImage(
        TreePVector<RegionIdentity> identities,
        PSortedMap<String, Short> features,
        long nextProducerId,
        PSortedMap<DomainName, OwnershipRecord> ownership,
        PSortedMap<Integer, ControllerRegistered> controllers,
        Handovers handovers) {

    static final RegionImage EMPTY =
            new RegionImage(
                    TreePVector.empty(),
                    TreePMap.empty(),
                    -1,
                    TreePMap.empty(),
                    TreePMap.empty(),
                    Handovers.NONE);

    /** Who the region is; empty before it is formatted. */
    public Optional<RegionIdentity> identity() {
        return identities.stream().findFirst();
    }

    public Optional<OwnershipRecord> ownershipOf(DomainName domain) {
        return Optional.ofNullable(ownership.get(domain));
    }

    /**
     * Whether this region may write to a domain: it owns it, or nobody has ever claimed it. Always
     * before the region is formatted.
     */
    public boolean mayWrite(DomainName domain) {
        OwnershipRecord owned = ownership.get(domain);
        return owned == null
                || identities.isEmpty()
                || owned.ownership().lets(identities.get(0).region());
    }

    RegionImage withIdentity(RegionIdentity identity) {
        return new RegionImage(
                TreePVector.singleton(identity),
                features,
                nextProducerId,
                ownership,
                controllers,
                handovers);
    }

    RegionImage withFeature(String feature, short level) {
        return new RegionImage(
                identities,
                level == 0 ? features.minus(feature) : features.plus(feature, level),
                nextProducerId,
                ownership,
                controllers,
                handovers);
    }

    RegionImage withController(ControllerRegistered controller) {
        return new RegionImage(
                identities,
                features,
                nextProducerId,
                ownership,
                controllers.plus(controller.controllerId(), controller),
                handovers);
    }

    RegionImage withoutController(int controllerId) {
        return new RegionImage(
                identities,
                features,
                nextProducerId,
                ownership,
                controllers.minus(controllerId),
                handovers);
    }

    RegionImage withNextProducerId(long next) {
        return new RegionImage(identities, features, next, ownership, controllers, handovers);
    }

    RegionImage withOwnership(OwnershipRecord owned) {
        return new RegionImage(
                identities,
                features,
                nextProducerId,
                ownership.plus(owned.domain(), owned),
                controllers,
                handovers.without(owned.domain()));
    }

    RegionImage with(Handovers changed) {
        return new RegionImage(
                identities, features, nextProducerId, ownership, controllers, changed);
    }
}
