package io.tombolo.metadata.record;

import io.tombolo.metadata.record.BrokerRegistration.Levels;
import io.tombolo.region.RegionId;

import org.apache.kafka.common.Uuid;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

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

    /**
     * What a controller of its own can run, in place of what it told before (KIP-919); brokers tell
     * so when they register.
     */
    record ControllerRegistered(int controllerId, SortedMap<String, Levels> features)
            implements RegionRecord {

        public ControllerRegistered {
            Names.requireNotNegative(controllerId, "controller id");
            features = Collections.unmodifiableSortedMap(new TreeMap<>(features));
        }

        /** Why it cannot run a feature at a level that is not off; empty when it can. */
        public Optional<String> objection(String feature, short level) {
            return Levels.objection(features, feature, level);
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
