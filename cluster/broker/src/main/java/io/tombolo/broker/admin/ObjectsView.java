package io.tombolo.broker.admin;

import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.topology.Topology;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a region holds of everything that a topology file can declare, as JSON: all of one moment.
 *
 * @param topology the file of this broker, which regions it knows
 * @param wallTimeMs of this broker's clock
 */
record ObjectsView(MetadataImage image, Topology topology, long wallTimeMs) {

    Map<String, @Nullable Object> whole() {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("region", image.region().identity().map(one -> one.region().name()).orElse(null));
        view.put("metadataOffset", image.place().offset());
        view.put("wallTimeMs", wallTimeMs);
        view.put(
                "brokersActive",
                image.brokers().byId().keySet().stream().filter(image.brokers()::isActive).count());
        var topics = new ArrayList<Map<String, @Nullable Object>>();
        image.topics()
                .idByName()
                .values()
                .forEach(id -> image.topics().topic(id).ifPresent(one -> topics.add(topic(one))));
        view.put("topics", topics);
        view.put("links", image.links().byName().values().stream().map(this::link).toList());
        view.put("knows", topology.regions().keySet().stream().map(RegionId::name).toList());
        return view;
    }

    private Map<String, @Nullable Object> topic(TopicImage topic) {
        var replicas = new AtomicInteger();
        topic.partitions()
                .forEach((_, partition) ->
                        replicas.accumulateAndGet(partition.replicas().size(), Math::max));
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("name", topic.name());
        view.put("partitions", topic.partitions().count());
        view.put("replicas", replicas.get());
        view.put("configs", image.configs().of(ConfigResource.topic(topic.name())));
        view.put("mirrorOf", image.mirrorOf(topic).map(one -> one.link().name()).orElse(null));
        view.put("ownedBy", image.fencing(topic.name()).map(ObjectsView::owner).orElse(null));
        return view;
    }

    private static Map<String, Object> owner(OwnershipRecord owned) {
        return Map.of(
                "region", owned.ownership().owner().name(),
                "domain", owned.domain().name(),
                "epoch", owned.epoch());
    }

    private Map<String, @Nullable Object> link(LinkRegistration link) {
        LinkDefined definition = link.definition();
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("name", definition.link().name());
        view.put("from", definition.sourceRegion().name());
        view.put("to", definition.destinationRegion().name());
        view.put("settings", definition.settings());
        view.put("paused", link.paused());
        view.put("retired", link.retired());
        view.put("moving", isMoving(definition.link()));
        view.put(
                "owner",
                image.region()
                        .ownershipOf(link.domain())
                        .map(owned -> owned.ownership().owner().name())
                        .orElse(null));
        return view;
    }

    private boolean isMoving(LinkName link) {
        return image.links().topicsOf(link).stream()
                .flatMap(topic -> image.links().mirrorTopic(topic).stream())
                .map(MirrorRegistration::state)
                .anyMatch(state ->
                        state == MirrorTopic.State.STOPPING
                                || state == MirrorTopic.State.RETURNING);
    }
}
