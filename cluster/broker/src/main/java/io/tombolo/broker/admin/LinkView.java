package io.tombolo.broker.admin;

import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.link.RegionStatus;
import io.tombolo.broker.link.SourceContact;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.LinksImage;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LagHistory;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LossBound;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.topology.LinkEntry;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Links as JSON. */
final class LinkView {

    private LinkView() {}

    /** Every link into this region, by name. */
    static List<Map<String, @Nullable Object>> all(BrokerCore core, PeerBrokers.Answers others) {
        return core.links().entries().stream().map(entry -> one(core, entry, others)).toList();
    }

    static Optional<Map<String, @Nullable Object>> one(
            BrokerCore core, LinkName name, PeerBrokers.Answers others) {
        return core.links().entries().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .map(entry -> one(core, entry, others));
    }

    /** A link that does not copy into this region. */
    static Map<String, @Nullable Object> withoutCopies(LinkRegistration link) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("name", link.definition().link().name());
        view.put("from", link.definition().sourceRegion().name());
        view.put("to", link.definition().destinationRegion().name());
        view.put(
                "state",
                (link.paused() ? LinkStatus.State.PAUSED : LinkStatus.State.STOPPED).name());
        view.put("lag", lag(Lag.UNKNOWN));
        return view;
    }

    /**
     * Who has written to the partitions of a link's topics that have changed hands, from where, and
     * what is missing in those whose source deleted records before they were copied.
     */
    static Map<String, Object> lineage(LinkName name, MetadataImage image) {
        var partitions = new ArrayList<Map<String, Object>>();
        var known = new TreeSet<>(image.links().lineages().keySet());
        known.addAll(image.links().gaps().keySet());
        for (PartitionId id : known) {
            image.topics()
                    .topic(id.topicId())
                    .filter(topic -> isOf(name, topic, image))
                    .ifPresent(topic -> partitions.add(lineage(topic, id, image.links())));
        }
        return Map.of("name", name.name(), "partitions", partitions);
    }

    private static Map<String, Object> lineage(TopicImage topic, PartitionId id, LinksImage links) {
        return Map.of(
                "topic", topic.name(),
                "partition", id.index(),
                "reigns", links.lineageOf(id).stream().map(LinkView::reign).toList(),
                "gaps", links.gapsOf(id).stream().map(LinkView::gap).toList());
    }

    private static Map<String, Object> gap(MirrorTopic.Gap gap) {
        return Map.of("fromOffset", gap.fromOffset(), "toOffset", gap.toOffset());
    }

    private static boolean isOf(LinkName link, TopicImage topic, MetadataImage image) {
        return image.domainsOf(topic.name()).contains(new DomainName(link.name()));
    }

    private static Map<String, Object> reign(Reign reign) {
        return Map.of(
                "ownershipEpoch", reign.ownershipEpoch(),
                "region", reign.region().name(),
                "startOffset", reign.startOffset(),
                "startLeaderEpoch", reign.startLeaderEpoch());
    }

    private static Map<String, @Nullable Object> one(
            BrokerCore core, LinkEntry entry, PeerBrokers.Answers others) {
        RegionStatus region = core.failover().regionStatus(others.links());
        Optional<LinkStatus> status = region.of(entry.name());
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("name", entry.name().name());
        view.put("from", entry.from().name());
        view.put("to", entry.to().name());
        view.put("state", state(core.images().current(), entry, status));
        view.put(
                "lag",
                lag(
                        status.map(found -> whole(found.lag(), found.lossBound()))
                                .orElse(Lag.UNKNOWN)));
        view.put("copiedLag", lag(status.map(LinkStatus::lag).orElse(Lag.UNKNOWN)));
        view.put("maxLagMs", entry.limits().maxLag().map(Duration::toMillis).orElse(-1L));
        view.put("rpo", rpo(status.map(LinkStatus::recent).orElse(LagHistory.NONE)));
        view.put(
                "uncountedTopics",
                status.map(found -> List.copyOf(found.lossBound().uncountedTopics()))
                        .orElse(List.of()));
        SourceContact source = core.failover().contact(entry, region);
        view.put("sourceSilentMs", source.silentMs());
        view.put("sourceGoneAfterMs", source.goneAfterMs());
        view.put("silentBrokers", others.silent());
        view.put("trouble", worst(status));
        view.put(
                "topics",
                status.map(LinkStatus::topics).orElse(List.of()).stream()
                        .map(LinkView::topic)
                        .toList());
        view.put(
                "groups",
                status.map(LinkStatus::groups).orElse(List.of()).stream()
                        .map(LinkView::group)
                        .toList());
        return view;
    }

    /** Of a topic that is not copied, or not any more, nobody knows how far behind it is. */
    static Lag whole(Lag copied, LossBound bound) {
        return bound.uncountedTopics().isEmpty() ? copied : Lag.UNKNOWN;
    }

    /** What troubles the link as a whole; otherwise its first topic in trouble, by its name. */
    static @Nullable Map<String, @Nullable Object> worst(Optional<LinkStatus> status) {
        var ofLink = trouble(status.flatMap(LinkStatus::trouble));
        boolean stopped =
                status.filter(found -> found.state() == LinkStatus.State.STOPPED).isPresent();
        if (ofLink != null || stopped) {
            return ofLink;
        }
        for (var topic : status.map(LinkStatus::topics).orElse(List.of())) {
            var ofTopic = trouble(topic.trouble());
            if (ofTopic != null) {
                ofTopic.put("topic", topic.topic());
                return ofTopic;
            }
        }
        return null;
    }

    /** A link that does not run because its region has taken over is stopped. */
    private static String state(MetadataImage image, LinkEntry entry, Optional<LinkStatus> status) {
        boolean takenOver =
                image.region()
                        .ownershipOf(entry.domain())
                        .filter(owned -> owned.ownership().owner().equals(entry.to()))
                        .isPresent();
        return status.map(found -> found.state().name())
                .orElse(takenOver ? LinkStatus.State.STOPPED.name() : "PREPARING");
    }

    private static Map<String, @Nullable Object> topic(LinkStatus.TopicStatus topic) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("topic", topic.topic());
        view.put("state", topic.state().name());
        view.put("lag", lag(topic.lag()));
        view.put("trouble", trouble(topic.trouble()));
        view.put("partitions", topic.partitions().stream().map(LinkView::partition).toList());
        return view;
    }

    private static Map<String, @Nullable Object> partition(LinkStatus.PartitionStatus partition) {
        var progress = partition.progress();
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("partition", partition.partition().partition());
        view.put("state", partition.state().name());
        view.put("lag", lag(partition.lag()));
        view.put("endOffset", progress.endOffset());
        view.put("highWatermark", progress.highWatermark());
        view.put("highestEpoch", progress.highestEpoch());
        view.put("sourceHighWatermark", progress.sourceHighWatermark());
        view.put("sourceLogStartOffset", progress.sourceLogStartOffset());
        view.put("trouble", trouble(partition.trouble()));
        return view;
    }

    private static Map<String, @Nullable Object> group(LinkStatus.GroupStatus group) {
        return Map.of(
                "group",
                group.group(),
                "synced",
                group.syncedPartitionCount(),
                "clamped",
                group.clampedPartitionCount(),
                "ageMs",
                group.ageMs(),
                "skipped",
                group.skipped().stream()
                        .map(one ->
                                Map.of(
                                        "partition", one.where(),
                                        "reason", one.reason().name(),
                                        "detail", one.detail()))
                        .toList());
    }

    /** What a loss of the source would have cost lately, in time. */
    private static Map<String, @Nullable Object> rpo(LagHistory recent) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("seconds", recent.ms().size());
        view.put("secondsKnown", recent.knownCount());
        view.put("p50Ms", recent.percentileMs(50));
        view.put("p99Ms", recent.percentileMs(99));
        view.put("maxMs", recent.percentileMs(100));
        return view;
    }

    static Map<String, @Nullable Object> lag(Lag lag) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("records", lag.records());
        view.put("bytes", lag.bytes());
        view.put("ms", lag.ms());
        view.put("extrapolated", lag.extrapolated());
        return view;
    }

    private static @Nullable Map<String, @Nullable Object> trouble(
            Optional<LinkStatus.Trouble> trouble) {
        if (trouble.isEmpty()) {
            return null;
        }
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("code", trouble.get().reason().code().name());
        view.put("detail", trouble.get().reason().detail());
        view.put("count", trouble.get().count());
        view.put("retryInMs", trouble.get().retryInMs().orElse(null));
        return view;
    }
}
