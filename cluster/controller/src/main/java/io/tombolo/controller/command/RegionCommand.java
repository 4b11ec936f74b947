package io.tombolo.controller.command;

import io.tombolo.metadata.record.BrokerRegistration.Levels;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What concerns the region as a whole. */
public sealed interface RegionCommand<A> extends Command<A> {

    /**
     * Writes the first records of a region: who it is and the feature levels it starts with, both
     * from the settings. Repeated, it changes nothing; refused with INCONSISTENT_CLUSTER_ID when
     * the log is another region's.
     */
    record FormatRegion() implements RegionCommand<Applied> {}

    /** Gives a broker the next producer ids of the region's range. */
    record AllocateProducerIds(int brokerId, long brokerEpoch)
            implements RegionCommand<ProducerIdBlock> {}

    /**
     * What a controller of its own can run. What is known already changes nothing; refused with
     * UNSUPPORTED_VERSION when it cannot run what the region runs.
     */
    record RegisterController(int controllerId, SortedMap<String, Levels> features)
            implements RegionCommand<Applied> {

        public RegisterController {
            features = Collections.unmodifiableSortedMap(new TreeMap<>(features));
        }
    }

    /**
     * Forgets what a controller of its own could run, as when it is gone for good. Refused with
     * CONTROLLER_ID_NOT_REGISTERED when nothing is known of it.
     */
    record UnregisterController(int controllerId) implements RegionCommand<Applied> {}

    /**
     * Changes the finalized levels of features, all or none.
     *
     * @param validateOnly whether everything is checked and nothing changed
     */
    record UpdateFeatures(List<FeatureUpdate> updates, boolean validateOnly)
            implements RegionCommand<Applied> {

        public UpdateFeatures {
            updates = List.copyOf(updates);
        }
    }

    /**
     * Makes a region the owner of a domain under the next epoch, here and now; being committed is
     * the point of no return. Refused with INVALID_UPDATE_VERSION when the epoch in force is not
     * the expected one, and with INVALID_REQUEST when the region owns the domain already.
     *
     * @param expectedEpoch the epoch that the claimant has seen; 0 for none
     * @param cause for people
     */
    record ClaimOwnership(
            DomainName domain,
            RegionId region,
            long expectedEpoch,
            Ownership.Mode mode,
            String cause)
            implements RegionCommand<Ownership> {}

    /**
     * Another region showed its ownership records; news among them is kept. Answered with the
     * records that were new, or that follow from a contradiction.
     *
     * @param cause for people: where they were seen
     */
    record ObserveOwnership(List<Ownership> remote, String cause)
            implements RegionCommand<List<OwnershipRecord>> {

        public ObserveOwnership {
            remote = List.copyOf(remote);
        }
    }

    /** Producer ids first to first + count - 1. */
    record ProducerIdBlock(long first, int count) {}

    /** A feature that shall have another level; level 0 switches it off. */
    record FeatureUpdate(String feature, short level, Direction direction) {}

    /** Which way a feature may be changed. */
    enum Direction {
        UPGRADE,
        /** Down as well, when nothing is lost by it. */
        SAFE_DOWNGRADE,
        /** Down as well, whatever is lost. */
        UNSAFE_DOWNGRADE
    }
}
