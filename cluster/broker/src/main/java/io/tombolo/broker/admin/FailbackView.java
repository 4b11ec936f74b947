package io.tombolo.broker.admin;

import io.tombolo.broker.BrokerCore;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.Restoration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.MirrorTopic;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How far topics are that come back, and what only this region had of them, as JSON. */
final class FailbackView {

    private FailbackView() {}

    static Map<String, @Nullable Object> of(BrokerCore core, LinkName link) {
        MetadataImage image = core.images().current();
        Optional<OwnershipRecord> owned = image.region().ownershipOf(new DomainName(link.name()));
        String region = core.settings().region().id().name();
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("link", link.name());
        view.put("region", region);
        view.put("owner", owned.map(one -> one.ownership().owner().name()).orElse(null));
        view.put("ownershipEpoch", owned.map(OwnershipRecord::epoch).orElse(0L));
        view.put("topics", topics(image, link));
        view.put("onlyHere", onlyHere(image, link));
        return view;
    }

    private static List<Map<String, @Nullable Object>> topics(MetadataImage image, LinkName link) {
        var topics = new ArrayList<Map<String, @Nullable Object>>();
        for (TopicImage topic : image.topics().byId().values()) {
            image.links()
                    .mirrorTopic(topic.id())
                    .filter(mirror -> mirror.link().equals(link))
                    .filter(mirror -> mirror.restoration().ownershipEpoch() > 0)
                    .ifPresent(mirror -> topics.add(topic(topic, mirror)));
        }
        return topics;
    }

    private static Map<String, @Nullable Object> topic(
            TopicImage topic, MirrorRegistration mirror) {
        Restoration restoration = mirror.restoration();
        var partitions = new ArrayList<Map<String, @Nullable Object>>();
        topic.partitions()
                .forEach((index, partition) ->
                        partitions.add(partition(index, partition.leader(), restoration)));
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("topic", topic.name());
        view.put("state", mirror.state().name());
        view.put("ownershipEpoch", restoration.ownershipEpoch());
        view.put("partitions", partitions);
        return view;
    }

    private static Map<String, @Nullable Object> partition(
            int index, int leader, Restoration restoration) {
        Optional<Divergence> found = restoration.divergenceOf(index);
        Restoration.Cut cut = restoration.cuts().get(index);
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("partition", index);
        view.put("leader", leader);
        view.put("found", found.isPresent());
        found.ifPresent(divergence -> {
            view.put("fromOffset", divergence.fromOffset());
            view.put("toOffset", divergence.toOffset());
            view.put("records", divergence.recordCount());
            view.put("bytes", divergence.bytes());
            view.put("firstTimestampMs", divergence.firstTimestampMs());
            view.put("lastTimestampMs", divergence.lastTimestampMs());
            view.put("cutOffset", divergence.cutOffset());
        });
        view.put("exportedTo", restoration.exported().get(index));
        view.put("cutting", cut == null ? null : cut.pending().asList());
        return view;
    }

    /** What changes hands with the link and was never copied: it stays here, and is fenced. */
    private static List<String> onlyHere(MetadataImage image, LinkName link) {
        var domain = new DomainName(link.name());
        return image.region().mayWrite(domain)
                ? List.of()
                : image.topics().byId().values().stream()
                        .filter(topic -> image.domainsOf(topic.name()).contains(domain))
                        .filter(topic ->
                                image.links()
                                        .mirrorTopic(topic.id())
                                        .filter(mirror ->
                                                mirror.state() != MirrorTopic.State.STOPPED)
                                        .isEmpty())
                        .map(TopicImage::name)
                        .sorted()
                        .toList();
    }
}
