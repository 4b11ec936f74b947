package io.tombolo.metadata.record;

import io.tombolo.metadata.record.BrokerRecord.BrokerChange;
import io.tombolo.metadata.record.BrokerRecord.BrokerDrain;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRecord.BrokerUnregistered;
import io.tombolo.metadata.record.ConfigRecord.ConfigRemoved;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.LinkRecord.ClampedPosition;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.LinkRecord.DivergenceExported;
import io.tombolo.metadata.record.LinkRecord.DivergenceFound;
import io.tombolo.metadata.record.LinkRecord.GapRecorded;
import io.tombolo.metadata.record.LinkRecord.LineageExtended;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.LinkRecord.LinkPaused;
import io.tombolo.metadata.record.LinkRecord.LinkRemoved;
import io.tombolo.metadata.record.LinkRecord.MirrorConfigsFollowed;
import io.tombolo.metadata.record.LinkRecord.MirrorOffsetsClamped;
import io.tombolo.metadata.record.LinkRecord.MirrorPartitionSettled;
import io.tombolo.metadata.record.LinkRecord.MirrorReturned;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicDefined;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicStateChanged;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsAborted;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsCompared;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsFound;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.metadata.record.LinkRecord.ReplicasToCut;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.metadata.record.RegionRecord.Audited;
import io.tombolo.metadata.record.RegionRecord.ControllerRegistered;
import io.tombolo.metadata.record.RegionRecord.ControllerUnregistered;
import io.tombolo.metadata.record.RegionRecord.FeatureLevel;
import io.tombolo.metadata.record.RegionRecord.NoOp;
import io.tombolo.metadata.record.RegionRecord.PartitionFenced;
import io.tombolo.metadata.record.RegionRecord.ProducerIdsAllocated;
import io.tombolo.metadata.record.RegionRecord.Receipt;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.metadata.record.TopicRecord.TopicDeleted;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The fields of every record type, in the order in which they are written. */
final class RecordFields {

    private RecordFields() {}

    static RecordType typeOf(MetadataRecord record) {
        return switch (record) {
            case NoOp _ -> RecordType.NO_OP;
            case RegionIdentity _ -> RecordType.REGION_IDENTITY;
            case FeatureLevel _ -> RecordType.FEATURE_LEVEL;
            case ProducerIdsAllocated _ -> RecordType.PRODUCER_IDS_ALLOCATED;
            case Receipt _ -> RecordType.RECEIPT;
            case ControllerRegistered _ -> RecordType.CONTROLLER_REGISTERED;
            case ControllerUnregistered _ -> RecordType.CONTROLLER_UNREGISTERED;
            case BrokerRegistered _ -> RecordType.BROKER_REGISTERED;
            case BrokerChange _ -> RecordType.BROKER_CHANGE;
            case BrokerUnregistered _ -> RecordType.BROKER_UNREGISTERED;
            case BrokerDrain _ -> RecordType.BROKER_DRAIN;
            case TopicCreated _ -> RecordType.TOPIC_CREATED;
            case TopicDeleted _ -> RecordType.TOPIC_DELETED;
            case PartitionCreated _ -> RecordType.PARTITION_CREATED;
            case PartitionChanged _ -> RecordType.PARTITION_CHANGED;
            case ConfigSet _ -> RecordType.CONFIG_SET;
            case ConfigRemoved _ -> RecordType.CONFIG_REMOVED;
            case LinkDefined _ -> RecordType.LINK_DEFINED;
            case LinkPaused _ -> RecordType.LINK_PAUSED;
            case LinkRemoved _ -> RecordType.LINK_REMOVED;
            case MirrorTopicDefined _ -> RecordType.MIRROR_TOPIC_DEFINED;
            case MirrorTopicStateChanged _ -> RecordType.MIRROR_TOPIC_STATE_CHANGED;
            case MirrorPartitionSettled _ -> RecordType.MIRROR_PARTITION_SETTLED;
            case MirrorConfigsFollowed _ -> RecordType.MIRROR_CONFIGS_FOLLOWED;
            case MirrorOffsetsClamped _ -> RecordType.MIRROR_OFFSETS_CLAMPED;
            case MirrorTransactionsFound _ -> RecordType.MIRROR_TRANSACTIONS_FOUND;
            case MirrorTransactionsCompared _ -> RecordType.MIRROR_TRANSACTIONS_COMPARED;
            case MirrorTransactionsAborted _ -> RecordType.MIRROR_TRANSACTIONS_ABORTED;
            case MirrorReturned _ -> RecordType.MIRROR_RETURNED;
            case DivergenceFound _ -> RecordType.DIVERGENCE_FOUND;
            case DivergenceExported _ -> RecordType.DIVERGENCE_EXPORTED;
            case ReplicasToCut _ -> RecordType.REPLICAS_TO_CUT;
            case LineageExtended _ -> RecordType.LINEAGE_EXTENDED;
            case GapRecorded _ -> RecordType.GAP_RECORDED;
            case OwnershipRecord _ -> RecordType.OWNERSHIP;
            case PartitionFenced _ -> RecordType.PARTITION_FENCED;
            case Audited _ -> RecordType.AUDITED;
        };
    }

    static void write(MetadataRecord record, FieldWriter to) {
        switch (record) {
            case RegionRecord region -> writeRegion(region, to);
            case BrokerRecord broker -> BrokerFields.write(broker, to);
            case TopicRecord topic -> PartitionFields.write(topic, to);
            case ConfigRecord config -> writeConfig(config, to);
            case MirrorTopicDefined mirror -> mirror.write(to);
            case LinkRecord link -> writeLink(link, to);
            case OwnershipRecord owned -> owned.write(to);
        }
    }

    static MetadataRecord read(RecordType type, FieldReader from) {
        return switch (type) {
            case PARTITION_CREATED -> PartitionFields.readCreated(from);
            case PARTITION_CHANGED -> PartitionFields.readChanged(from);
            case BROKER_REGISTERED, BROKER_CHANGE, BROKER_UNREGISTERED, BROKER_DRAIN ->
                    BrokerFields.read(type, from);
            case OWNERSHIP -> OwnershipRecord.read(from);
            case MIRROR_TOPIC_DEFINED -> MirrorTopicDefined.read(from);
            default -> readUntagged(type, from);
        };
    }

    /** The records that have no tagged fields so far. */
    private static MetadataRecord readUntagged(RecordType type, FieldReader from) {
        MetadataRecord record =
                switch (type) {
                    case NO_OP,
                            REGION_IDENTITY,
                            FEATURE_LEVEL,
                            PRODUCER_IDS_ALLOCATED,
                            RECEIPT,
                            CONTROLLER_REGISTERED,
                            CONTROLLER_UNREGISTERED,
                            PARTITION_FENCED,
                            AUDITED ->
                            readRegion(type, from);
                    case BROKER_REGISTERED,
                            BROKER_CHANGE,
                            BROKER_UNREGISTERED,
                            BROKER_DRAIN,
                            PARTITION_CREATED,
                            PARTITION_CHANGED,
                            OWNERSHIP,
                            MIRROR_TOPIC_DEFINED ->
                            throw new IllegalStateException(type + " has tagged fields");
                    case TOPIC_CREATED -> new TopicCreated(from.string(), from.uuid());
                    case TOPIC_DELETED -> new TopicDeleted(from.uuid());
                    case CONFIG_SET ->
                            new ConfigSet(readResource(from), from.string(), from.string());
                    case CONFIG_REMOVED -> new ConfigRemoved(readResource(from), from.string());
                    case LINK_DEFINED,
                            LINK_PAUSED,
                            LINK_REMOVED,
                            MIRROR_TOPIC_STATE_CHANGED,
                            MIRROR_PARTITION_SETTLED,
                            MIRROR_OFFSETS_CLAMPED,
                            MIRROR_CONFIGS_FOLLOWED,
                            MIRROR_TRANSACTIONS_FOUND,
                            MIRROR_TRANSACTIONS_ABORTED,
                            MIRROR_TRANSACTIONS_COMPARED ->
                            readLink(type, from);
                    case MIRROR_RETURNED,
                            DIVERGENCE_FOUND,
                            DIVERGENCE_EXPORTED,
                            REPLICAS_TO_CUT,
                            LINEAGE_EXTENDED,
                            GAP_RECORDED ->
                            readReturn(type, from);
                };
        from.tags(FieldReader.TagReader.NONE);
        return record;
    }

    private static void writeRegion(RegionRecord record, FieldWriter to) {
        switch (record) {
            case NoOp() -> {}
            case RegionIdentity(var clusterId, var region) ->
                    to.uuid(clusterId).string(region.name());
            case FeatureLevel(var feature, var level) -> to.string(feature).number(level);
            case ProducerIdsAllocated(var broker, var epoch, var next) ->
                    to.number(broker).number(epoch).number(next);
            case PartitionFenced fenced -> fenced.write(to);
            case Audited entry -> entry.write(to);
            case Receipt(var ticket, var resource) -> writeResource(resource, to.uuid(ticket));
            case ControllerRegistered(var id, var features) ->
                    BrokerFields.writeFeatures(features, to.number(id));
            case ControllerUnregistered(var id) -> to.number(id);
        }
        to.tags(0);
    }

    private static RegionRecord readRegion(RecordType type, FieldReader from) {
        return switch (type) {
            case REGION_IDENTITY -> new RegionIdentity(from.uuid(), new RegionId(from.string()));
            case FEATURE_LEVEL -> new FeatureLevel(from.string(), from.shortNumber());
            case PRODUCER_IDS_ALLOCATED ->
                    new ProducerIdsAllocated(from.smallNumber(), from.number(), from.number());
            case PARTITION_FENCED -> PartitionFenced.read(from);
            case AUDITED -> Audited.read(from);
            case RECEIPT -> new Receipt(from.uuid(), readResource(from));
            case CONTROLLER_REGISTERED ->
                    new ControllerRegistered(from.smallNumber(), BrokerFields.readFeatures(from));
            case CONTROLLER_UNREGISTERED -> new ControllerUnregistered(from.smallNumber());
            default -> new NoOp();
        };
    }

    private static void writeConfig(ConfigRecord record, FieldWriter to) {
        writeResource(record.resource(), to);
        to.string(record.key());
        if (record instanceof ConfigSet set) {
            to.string(set.value());
        }
        to.tags(0);
    }

    private static void writeResource(ConfigResource resource, FieldWriter to) {
        to.number(resource.type().code()).string(resource.name());
    }

    private static ConfigResource readResource(FieldReader from) {
        return new ConfigResource(ConfigResource.Type.ofCode(from.smallNumber()), from.string());
    }

    private static void writeLink(LinkRecord record, FieldWriter to) {
        switch (record) {
            case LinkDefined link ->
                    to.string(link.link().name())
                            .uuid(link.linkId())
                            .string(link.sourceRegion().name())
                            .string(link.destinationRegion().name())
                            .strings(link.settings());
            case LinkPaused(var link, var paused) -> to.string(link.name()).flag(paused);
            case LinkRemoved(var link) -> to.string(link.name());
            case MirrorTopicDefined _ ->
                    throw new IllegalStateException(record + " has tagged fields");
            case MirrorTopicStateChanged(var topicId, var state, var reason) ->
                    to.uuid(topicId).number(codeOf(state)).string(reason);
            case MirrorConfigsFollowed(var topicId, var configs) ->
                    to.uuid(topicId).strings(configs);
            case MirrorPartitionSettled(var topicId, var index, var epoch, var end) ->
                    end.write(to.uuid(topicId).number(index).number(epoch));
            case MirrorOffsetsClamped(var topicIds, var offsetsPartition, var clamped) ->
                    to.uuids(List.copyOf(topicIds))
                            .number(offsetsPartition)
                            .list(clamped, (out, one) -> one.write(out));
            case MirrorTransactionsFound(var topicId, var index, var epoch, var open) ->
                    open.write(to.uuid(topicId).number(index).number(epoch));
            case MirrorTransactionsAborted(var topicId, var index) ->
                    to.uuid(topicId).number(index);
            case MirrorTransactionsCompared(var topicId, var index, var torn) ->
                    to.uuid(topicId).number(index).list(torn, (out, one) -> one.write(out));
            case MirrorReturned(var topicId, var link, var epoch, var copies) ->
                    to.uuid(topicId)
                            .string(link.name())
                            .number(epoch)
                            .list(
                                    List.copyOf(copies.entrySet()),
                                    (FieldWriter out, Map.Entry<Integer, CopyEnd> one) ->
                                            one.getValue().write(out.number(one.getKey())));
            case DivergenceFound(var topicId, var index, var divergence) ->
                    divergence.write(to.uuid(topicId).number(index));
            case DivergenceExported(var topicId, var index, var where) ->
                    to.uuid(topicId).number(index).string(where);
            case ReplicasToCut(var topicId, var index, var offset, var pending) ->
                    to.uuid(topicId).number(index).number(offset).brokers(pending);
            case LineageExtended(var topicId, var index, var reign) ->
                    reign.write(to.uuid(topicId).number(index));
            case GapRecorded(var topicId, var index, var gap) ->
                    to.uuid(topicId).number(index).number(gap.fromOffset()).number(gap.toOffset());
        }
        to.tags(0);
    }

    private static LinkRecord readLink(RecordType type, FieldReader from) {
        return switch (type) {
            case LINK_DEFINED ->
                    new LinkDefined(
                            new LinkName(from.string()),
                            from.uuid(),
                            new RegionId(from.string()),
                            new RegionId(from.string()),
                            from.strings());
            case LINK_PAUSED -> new LinkPaused(new LinkName(from.string()), from.flag());
            case LINK_REMOVED -> new LinkRemoved(new LinkName(from.string()));
            case MIRROR_CONFIGS_FOLLOWED -> new MirrorConfigsFollowed(from.uuid(), from.strings());
            case MIRROR_PARTITION_SETTLED ->
                    new MirrorPartitionSettled(
                            from.uuid(), from.smallNumber(), from.number(), CopyEnd.read(from));
            case MIRROR_OFFSETS_CLAMPED ->
                    new MirrorOffsetsClamped(
                            new TreeSet<>(from.uuids()),
                            from.smallNumber(),
                            from.list(ClampedPosition.BYTES_MIN, ClampedPosition::read));
            case MIRROR_TRANSACTIONS_FOUND ->
                    new MirrorTransactionsFound(
                            from.uuid(),
                            from.smallNumber(),
                            from.number(),
                            OpenTransactions.read(from));
            case MIRROR_TRANSACTIONS_ABORTED ->
                    new MirrorTransactionsAborted(from.uuid(), from.smallNumber());
            case MIRROR_TRANSACTIONS_COMPARED ->
                    new MirrorTransactionsCompared(
                            from.uuid(),
                            from.smallNumber(),
                            from.list(TornTransaction.BYTES_MIN, TornTransaction::read));
            default ->
                    new MirrorTopicStateChanged(
                            from.uuid(), stateOf(from.smallNumber()), from.string());
        };
    }

    private static LinkRecord readReturn(RecordType type, FieldReader from) {
        return switch (type) {
            case MIRROR_RETURNED -> {
                var topicId = from.uuid();
                var link = new LinkName(from.string());
                long epoch = from.number();
                var copies = new TreeMap<Integer, CopyEnd>();
                from.list(
                        CopyEnd.BYTES_MIN,
                        one -> copies.put(one.smallNumber(), CopyEnd.read(one)) == null);
                yield new MirrorReturned(topicId, link, epoch, copies);
            }
            case DIVERGENCE_FOUND ->
                    new DivergenceFound(from.uuid(), from.smallNumber(), Divergence.read(from));
            case DIVERGENCE_EXPORTED ->
                    new DivergenceExported(from.uuid(), from.smallNumber(), from.string());
            case LINEAGE_EXTENDED ->
                    new LineageExtended(from.uuid(), from.smallNumber(), Reign.read(from));
            case GAP_RECORDED ->
                    new GapRecorded(
                            from.uuid(),
                            from.smallNumber(),
                            new MirrorTopic.Gap(from.number(), from.number()));
            default ->
                    new ReplicasToCut(
                            from.uuid(), from.smallNumber(), from.number(), from.brokers());
        };
    }

    private static int codeOf(MirrorTopic.State state) {
        return switch (state) {
            case MIRRORING -> 0;
            case PAUSED -> 1;
            case STOPPING -> 2;
            case STOPPED -> 3;
            case FAILED -> 4;
            case RETURNING -> 5;
        };
    }

    private static MirrorTopic.State stateOf(int code) {
        return switch (code) {
            case 0 -> MirrorTopic.State.MIRRORING;
            case 1 -> MirrorTopic.State.PAUSED;
            case 2 -> MirrorTopic.State.STOPPING;
            case 3 -> MirrorTopic.State.STOPPED;
            case 4 -> MirrorTopic.State.FAILED;
            case 5 -> MirrorTopic.State.RETURNING;
            default -> throw new UnreadableRecord("mirror topic state " + code + " is unknown");
        };
    }
}
