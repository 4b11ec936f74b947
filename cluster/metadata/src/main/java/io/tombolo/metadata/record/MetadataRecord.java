package io.tombolo.metadata.record;

/**
 * One change of a region's metadata. Records are absolute: they carry the value that holds after
 * them and not a difference, so that reading one needs no other.
 *
 * <p>A proposal to the metadata log is one atomic batch of them; there is no record that groups
 * others.
 */
public sealed interface MetadataRecord
        permits RegionRecord,
                BrokerRecord,
                TopicRecord,
                ConfigRecord,
                LinkRecord,
                OwnershipRecord {}
