package io.tombolo.metadata.record;

import io.tombolo.region.RegionId;

import org.apache.kafka.common.Uuid;

/** What concerns the region as a whole. */
public sealed interface RegionRecord extends MetadataRecord {

    /** The first record of a region: who it is. Neither value ever changes. */
    record RegionIdentity(Uuid clusterId, RegionId region) implements RegionRecord {}

    /** A feature is finalized at this level; level 0 means switched off. */
    record FeatureLevel(String feature, short level) implements RegionRecord {

        public FeatureLevel {
            Names.require(feature, "feature");
            Names.requireNotNegative(level, "feature level");
        }
    }

    /**
     * A broker was given the block of producer ids that ends before {@code nextProducerId}; the
     * next block starts there.
     */
    record ProducerIdsAllocated(int brokerId, long brokerEpoch, long nextProducerId)
            implements RegionRecord {

        public ProducerIdsAllocated {
            Names.requireNotNegative(nextProducerId, "next producer id");
        }
    }

    /** Changes nothing; a fresh leader commits one to learn what is committed. */
    record NoOp() implements RegionRecord {}

    /**
     * Changes nothing; in the same batch the configs of a resource were changed as asked for under
     * this ticket. Read by who has not heard the answer.
     */
    record Receipt(Uuid ticket, ConfigResource resource) implements RegionRecord {}
}
