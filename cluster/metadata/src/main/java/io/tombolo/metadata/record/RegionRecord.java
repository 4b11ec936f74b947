package io.tombolo.metadata.record;

import io.tombolo.metadata.record.BrokerRegistration.Levels;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Lineage.PartitionEnd;

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

    /** A controller of its own is forgotten; one that lives tells again what it can run. */
    record ControllerUnregistered(int controllerId) implements RegionRecord {

        public ControllerUnregistered {
            Names.requireNotNegative(controllerId, "controller id");
        }
    }

    /** Changes nothing; a fresh leader commits one to learn what is committed. */
    record NoOp() implements RegionRecord {}

    /**
     * Changes nothing; in the same batch the configs of a resource were changed as asked for under
     * this ticket. Read by who has not heard the answer.
     */
    record Receipt(Uuid ticket, ConfigResource resource) implements RegionRecord {}

    /**
     * A partition of a domain that is being handed over will not grow any more.
     *
     * @param ownershipEpoch of the handover
     * @param fence where its log ends
     */
    record PartitionFenced(
            DomainName domain, long ownershipEpoch, PartitionId partition, PartitionEnd fence)
            implements RegionRecord {

        void write(FieldWriter to) {
            to.string(domain.name())
                    .number(ownershipEpoch)
                    .uuid(partition.topicId())
                    .number(partition.index())
                    .number(fence.endOffset())
                    .number(fence.lastEpoch())
                    .number(fence.lastCrc());
        }

        static PartitionFenced read(FieldReader from) {
            return new PartitionFenced(
                    new DomainName(from.string()),
                    from.number(),
                    new PartitionId(from.uuid(), from.smallNumber()),
                    new PartitionEnd(from.number(), from.smallNumber(), from.number()));
        }
    }

    /**
     * Something that people did about who owns a domain; kept as a history of bounded length.
     *
     * @param atMs when, by the clock of the broker that was asked
     * @param act what was done: failover, planned failover, rollback, failback, rehearsal
     * @param owner the region that owns the domain afterwards
     * @param cause who and why
     * @param result what it came to, in a sentence
     */
    record Audited(
            long atMs,
            DomainName domain,
            String act,
            RegionId owner,
            long fromEpoch,
            long toEpoch,
            String cause,
            String result)
            implements RegionRecord {

        /** Longer texts are cut off. */
        public static final int TEXT_MAX = 500;

        public Audited {
            act = bounded(act);
            cause = bounded(cause);
            result = bounded(result);
        }

        void write(FieldWriter to) {
            to.number(atMs)
                    .string(domain.name())
                    .string(act)
                    .string(owner.name())
                    .number(fromEpoch)
                    .number(toEpoch)
                    .string(cause)
                    .string(result);
        }

        static Audited read(FieldReader from) {
            return new Audited(
                    from.number(),
                    new DomainName(from.string()),
                    from.string(),
                    new RegionId(from.string()),
                    from.number(),
                    from.number(),
                    from.string(),
                    from.string());
        }

        private static String bounded(String text) {
            return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX);
        }
    }
}
