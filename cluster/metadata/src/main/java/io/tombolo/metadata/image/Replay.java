package io.tombolo.metadata.image;

import io.tombolo.metadata.record.BrokerRecord;
import io.tombolo.metadata.record.BrokerRecord.BrokerChange;
import io.tombolo.metadata.record.BrokerRecord.BrokerDrain;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRecord.BrokerUnregistered;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.ConfigRecord;
import io.tombolo.metadata.record.ConfigRecord.ConfigRemoved;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LinkRecord;
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
import io.tombolo.metadata.record.LinkRecord.ReplicasToCut;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.RegionRecord;
import io.tombolo.metadata.record.RegionRecord.Audited;
import io.tombolo.metadata.record.RegionRecord.ControllerRegistered;
import io.tombolo.metadata.record.RegionRecord.ControllerUnregistered;
import io.tombolo.metadata.record.RegionRecord.FeatureLevel;
import io.tombolo.metadata.record.RegionRecord.NoOp;
import io.tombolo.metadata.record.RegionRecord.PartitionFenced;
import io.tombolo.metadata.record.RegionRecord.ProducerIdsAllocated;
import io.tombolo.metadata.record.RegionRecord.Receipt;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.metadata.record.TopicRecord;
import io.tombolo.region.LinkName;
import io.tombolo.region.ownership.Ownership;

import org.apache.kafka.common.Uuid;

import java.util.function.UnaryOperator;

/** Applies one batch to an image. Mutable, used once, by one thread. */
final class Replay {

    private final MetadataImage before;
    private final Changes changes = new Changes();
    private final TopicReplay topics;
    private RegionImage region;
    private BrokersImage brokers;
    private ConfigsImage configs;
    private LinksImage links;

    Replay(MetadataImage before) {
        this.before = before;
        this.topics = new TopicReplay(before.topics(), changes);
        this.region = before.region();
        this.brokers = before.brokers();
        this.configs = before.configs();
        this.links = before.links();
    }

    void apply(MetadataRecord record) {
        switch (record) {
            case TopicRecord.TopicDeleted deleted -> delete(deleted);
            case TopicRecord topic -> topics.apply(topic);
            case RegionRecord regional -> apply(regional);
            case BrokerRecord broker -> apply(broker);
            case ConfigRecord config -> apply(config);
            case LinkRecord link -> apply(link);
            case OwnershipRecord owned -> apply(owned);
        }
    }

    MetadataImage.Applied finish(LogPlace last) {
        check(last.offset() >= before.place().offset(), "the log went back to %s", last);
        var after = new MetadataImage(last, region, brokers, topics.finish(), configs, links);
        return new MetadataImage.Applied(after, new MetadataDelta(before, after, changes));
    }

    static void check(boolean holds, String claim, Object... values) {
        if (!holds) {
            throw new IllegalStateException(
                    "metadata record contradicts the image: " + claim.formatted(values));
        }
    }

    private void delete(TopicRecord.TopicDeleted record) {
        TopicImage topic = topics.delete(record.topicId());
        ConfigResource resource = ConfigResource.topic(topic.name());
        if (configs.byResource().containsKey(resource)) {
            configs = configs.without(resource);
            changes.configs.add(resource);
        }
        if (links.mirrorTopics().containsKey(topic.id())) {
            links = links.withoutMirror(topic.id());
            changes.mirrorTopics.add(topic.id());
        }
        links = links.withoutLineagesOf(topic);
    }

    private void apply(RegionRecord record) {
        switch (record) {
            case NoOp() -> {}
            case Receipt _ -> {}
            case PartitionFenced fenced -> fence(fenced);
            case Audited entry -> region = region.with(region.handovers().with(entry));
            case ControllerRegistered controller -> region = region.withController(controller);
            case ControllerUnregistered(int controllerId) ->
                    region = region.withoutController(controllerId);
            case RegionIdentity identity -> {
                check(
                        region.identities().isEmpty()
                                || region.identities().get(0).equals(identity),
                        "the region is not %s",
                        identity);
                region = region.withIdentity(identity);
            }
            case FeatureLevel(var feature, var level) -> {
                region = region.withFeature(feature, level);
                changes.features.add(feature);
            }
            case ProducerIdsAllocated allocated -> {
                check(
                        allocated.nextProducerId() >= region.nextProducerId(),
                        "producer ids go back to %d",
                        allocated.nextProducerId());
                region = region.withNextProducerId(allocated.nextProducerId());
            }
        }
    }

    private void apply(BrokerRecord record) {
        switch (record) {
            case BrokerRegistered(var registration) -> brokers = brokers.with(registration);
            case BrokerChange(var id, var epoch, var fenced, var shuttingDown, var offline) -> {
                BrokerRegistration broker = brokers.byId().get(id);
                check(
                        broker != null && broker.brokerEpoch() == epoch,
                        "broker %d is not registered with epoch %d",
                        id,
                        epoch);
                if (broker != null) {
                    var standing =
                            new BrokerRegistration.Standing(
                                    fenced,
                                    shuttingDown,
                                    offline,
                                    broker.standing().previousStop());
                    brokers = brokers.with(broker.with(standing));
                }
            }
            case BrokerDrain(var id, var drain) -> {
                check(brokers.byId().containsKey(id), "broker %d is not registered", id);
                brokers = brokers.with(id, drain);
            }
            case BrokerUnregistered(var id, var _) -> {
                check(brokers.byId().containsKey(id), "broker %d is not registered", id);
                brokers = brokers.without(id);
            }
        }
        changes.brokers.add(record.brokerId());
    }

    private void apply(ConfigRecord record) {
        switch (record) {
            case ConfigSet(var resource, var key, var value) ->
                    configs = configs.with(resource, key, value);
            case ConfigRemoved(var resource, var key) -> configs = configs.without(resource, key);
        }
        changes.configs.add(record.resource());
    }

    private void apply(LinkRecord record) {
        switch (record) {
            case LinkDefined defined -> {
                LinkRegistration old = links.byName().get(defined.link());
                links = links.with(new LinkRegistration(defined, old != null && old.paused()));
                changes.links.add(defined.link());
            }
            case LinkPaused(var link, var paused) -> {
                links = links.with(new LinkRegistration(definition(link), paused));
                changes.links.add(link);
            }
            case LinkRemoved(var link) -> {
                definition(link);
                links = links.without(link);
                changes.links.add(link);
            }
            case MirrorTopicDefined defined -> {
                check(topics.has(defined.topicId()), "no topic %s", defined.topicId());
                links = links.withoutMirror(defined.topicId()).with(MirrorRegistration.of(defined));
                changes.mirrorTopics.add(defined.topicId());
            }
            case MirrorTopicStateChanged changed -> {
                MirrorRegistration mirror = links.mirrorTopics().get(changed.topicId());
                check(mirror != null, "topic %s is no mirror", changed.topicId());
                if (mirror != null) {
                    links = links.with(mirror.withState(changed.state(), changed.reason()));
                }
                changes.mirrorTopics.add(changed.topicId());
            }
            case MirrorConfigsFollowed followed -> {
                MirrorRegistration mirror = links.mirrorTopics().get(followed.topicId());
                check(mirror != null, "topic %s is no mirror", followed.topicId());
                if (mirror != null) {
                    links = links.with(mirror.with(followed));
                }
                changes.mirrorTopics.add(followed.topicId());
            }
            case MirrorPartitionSettled(var topicId, var index, var epoch, var end) ->
                    promote(topicId, promotion -> promotion.settled(epoch, index, end));
            case MirrorTransactionsFound(var topicId, var index, var epoch, var open) ->
                    promote(topicId, promotion -> promotion.found(epoch, index, open));
            case MirrorTransactionsAborted(var topicId, var index) ->
                    promote(topicId, promotion -> promotion.aborted(index));
            case MirrorTransactionsCompared(var topicId, var index, var torn) ->
                    promote(topicId, promotion -> promotion.compared(index, torn));
            case LineageExtended extended -> links = known(extended.topicId()).with(extended);
            case GapRecorded recorded -> links = known(recorded.topicId()).with(recorded);
            case MirrorReturned _, DivergenceFound _, DivergenceExported _, ReplicasToCut _ ->
                    restore(record);
            case MirrorOffsetsClamped clamped -> clamp(clamped);
        }
    }

    private void clamp(MirrorOffsetsClamped clamped) {
        for (Uuid topicId : clamped.topicIds()) {
            var own =
                    clamped.clamped().stream()
                            .filter(one -> one.topicId().equals(topicId))
                            .toList();
            promote(topicId, promotion -> promotion.clamped(clamped.offsetsPartition(), own));
        }
    }

    /** The links, for a change that concerns a topic. */
    private LinksImage known(Uuid topicId) {
        check(topics.has(topicId), "no topic %s", topicId);
        return links;
    }

    private void promote(Uuid topicId, UnaryOperator<Promotion> step) {
        MirrorRegistration mirror = links.mirrorTopics().get(topicId);
        check(mirror != null, "topic %s is no mirror", topicId);
        if (mirror != null) {
            links = links.with(mirror.with(step.apply(mirror.promotion())));
        }
        changes.mirrorTopics.add(topicId);
    }

    private void restore(LinkRecord record) {
        switch (record) {
            case MirrorReturned returned -> {
                check(topics.has(returned.topicId()), "no topic %s", returned.topicId());
                links =
                        links.withoutMirror(returned.topicId())
                                .with(MirrorRegistration.of(returned));
                changes.mirrorTopics.add(returned.topicId());
            }
            case DivergenceFound(var topicId, var index, var divergence) ->
                    restore(topicId, restoration -> restoration.found(index, divergence));
            case DivergenceExported(var topicId, var index, var where) ->
                    restore(topicId, restoration -> restoration.exported(index, where));
            case ReplicasToCut cut -> restore(cut.topicId(), one -> one.cutting(cut));
            default -> throw new IllegalStateException(record + " restores nothing");
        }
    }

    private void restore(Uuid topicId, UnaryOperator<Restoration> step) {
        MirrorRegistration mirror = links.mirrorTopics().get(topicId);
        check(mirror != null, "topic %s is no mirror", topicId);
        if (mirror != null) {
            links = links.with(mirror.with(step.apply(mirror.restoration())));
        }
        changes.mirrorTopics.add(topicId);
    }

    private LinkDefined definition(LinkName link) {
        LinkRegistration known = links.byName().get(link);
        if (known == null) {
            throw new IllegalStateException("metadata record names the unknown link " + link);
        }
        return known.definition();
    }

    private void fence(PartitionFenced fenced) {
        OwnershipRecord owned = region.ownership().get(fenced.domain());
        check(
                owned != null
                        && owned.epoch() == fenced.ownershipEpoch()
                        && owned.ownership().mode() == Ownership.Mode.HANDOVER,
                "%s is not handed over under epoch %d",
                fenced.domain(),
                fenced.ownershipEpoch());
        region = region.with(region.handovers().with(fenced));
    }

    private void apply(OwnershipRecord record) {
        OwnershipRecord known = region.ownership().get(record.domain());
        check(
                known == null || known.epoch() <= record.epoch(),
                "ownership of %s goes back to epoch %d",
                record.domain(),
                record.epoch());
        region = region.withOwnership(record);
        changes.ownership.add(record.domain());
    }
}
