package io.tombolo.broker.admin;

import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.LifePhase;
import io.tombolo.broker.replica.UncleanLeaders;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.raft.RaftStatus;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.ownership.Takeover;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.Topology.Guarantee;
import io.tombolo.storage.cleaner.LogCleaner;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A region's state at a glance, as JSON. Made on the core's loop.
 *
 * @param regions what is known of the other regions
 * @param ready whether clients can be sent here
 * @param trouble what is not replicated as it should be
 * @param others what the other brokers of the region tell
 * @param offlineHere partitions that this broker leads and cannot use, by name
 */
record StatusView(
        BrokerCore core,
        RegionsView regions,
        LifePhase phase,
        boolean ready,
        PartitionHealth.Trouble trouble,
        PeerBrokers.Answers others,
        List<String> offlineHere) {

    Map<String, @Nullable Object> whole() {
        BrokerSettings settings = core.settings();
        MetadataImage image = core.images().current();
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("region", settings.region().id().name());
        view.put("brokerId", settings.id().value());
        view.put("clusterId", settings.clusterId().toString());
        view.put("state", phase.word());
        view.put("ready", ready);
        view.put("kafka", settings.self().kafka().toString());
        view.put("admin", settings.self().admin().toString());
        view.put("brokers", brokers(image));
        view.put("silentBrokers", others.silent());
        view.put("fullMetadataDisks", fullMetadataDisks());
        view.put("quorum", quorum());
        view.put("partitions", partitions(image));
        view.put("compaction", compaction(core.compaction()));
        view.put("uncleanElections", uncleanElections(core.uncleanLeaders()));
        view.put("ownership", ownership(image, settings.topology()));
        view.put("guarantee", guarantee(settings.topology().guarantee()));
        view.put("links", LinkView.all(core, others));
        view.put("failover", FailoverView.previews(core, others));
        view.put("registry", regions.registry());
        view.put("regions", regions.all());
        return view;
    }

    private Map<String, @Nullable Object> guarantee(Guarantee guarantee) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        switch (guarantee) {
            case Guarantee.Manual() -> view.put("kind", "manual");
            case Guarantee.Quorum(var sites, var terms) -> {
                view.put("kind", "quorum");
                view.put("sites", sites.stream().map(RegionId::name).toList());
                view.put("leaseMs", terms.length().toMillis());
                view.put(
                        "held",
                        core.leases().stream()
                                .flatMap(seat -> seat.held().stream())
                                .map(DomainName::name)
                                .toList());
            }
        }
        return view;
    }

    private static List<Map<String, @Nullable Object>> brokers(MetadataImage image) {
        return image.brokers().byId().values().stream()
                .map(broker ->
                        Map.<String, Object>of(
                                "id",
                                broker.brokerId(),
                                "kafka",
                                broker.listener(BrokerSettings.LISTENER)
                                        .map(one -> one.host() + ":" + one.port())
                                        .orElse(""),
                                "fenced",
                                broker.fenced()))
                .toList();
    }

    /** The brokers on whose disk there is no room for the metadata log. */
    private List<Integer> fullMetadataDisks() {
        var full = new TreeSet<Integer>();
        if (core.quorum().room() != Room.AMPLE) {
            full.add(core.settings().id().value());
        }
        others.reports().stream()
                .filter(BrokerReport::diskFull)
                .forEach(report -> full.add(report.brokerId()));
        return List.copyOf(full);
    }

    private Map<String, @Nullable Object> quorum() {
        RaftStatus status = core.quorum();
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("leader", status.leader().leaderId());
        view.put("epoch", status.leader().epoch());
        view.put("highWatermark", status.highWatermark());
        view.put("voters", status.voterSet().keys().stream().map(ReplicaKey::nodeId).toList());
        return view;
    }

    /** Offline is what has no leader, and what its leader cannot use. */
    private Map<String, @Nullable Object> partitions(MetadataImage image) {
        var offline = new TreeSet<>(trouble.offline());
        offline.addAll(offlineHere);
        others.reports().forEach(report -> offline.addAll(report.offline()));
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("hosted", image.topics().partitionCount());
        named(view, "offline", offline);
        named(view, "underReplicated", trouble.underReplicated());
        named(view, "underMinimum", trouble.underMinimum());
        return view;
    }

    /** Of this broker, since it started. */
    private static Map<String, @Nullable Object> compaction(LogCleaner.Standing standing) {
        var names = new TreeSet<String>();
        standing.uncleanable().forEach(log -> names.add(log.toString()));
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("passes", standing.passCount());
        view.put("freedBytes", standing.freedBytes());
        named(view, "uncleanable", names);
        return view;
    }

    private static void named(
            Map<String, @Nullable Object> view, String what, SortedSet<String> names) {
        view.put(what, names.size());
        view.put(what + "Names", names.stream().limit(PartitionHealth.NAMED_MAX).toList());
    }

    /** Since this broker started; what its own disk lost is told by the offsets. */
    private static Map<String, @Nullable Object> uncleanElections(UncleanLeaders leaders) {
        var elected = new ArrayList<Map<String, @Nullable Object>>();
        for (UncleanLeaders.Elected one : leaders.latestElected()) {
            var view = new LinkedHashMap<String, @Nullable Object>();
            view.put("partition", one.partition().toString());
            view.put("oldLeader", one.oldLeader());
            view.put("newLeader", one.newLeader());
            view.put("leaderEpoch", one.leaderEpoch());
            boolean known = one.lostFromOffset().isPresent();
            view.put("lostFromOffset", known ? one.lostFromOffset().getAsLong() : null);
            elected.add(view);
        }
        var discarded = new ArrayList<Map<String, @Nullable Object>>();
        for (UncleanLeaders.Lost one : leaders.latestDiscarded()) {
            var view = new LinkedHashMap<String, @Nullable Object>();
            view.put("partition", one.partition().toString());
            view.put("fromOffset", one.records().fromOffset());
            view.put("toOffset", one.records().toOffset());
            view.put("committedToOffset", one.records().committedToOffset());
            discarded.add(view);
        }
        return Map.of(
                "count",
                leaders.electedCount(),
                "lastKnownLeaders",
                leaders.lastKnownCount(),
                "latest",
                elected,
                "recordsDiscardedHere",
                leaders.discardedRecordCount(),
                "latestDiscardedHere",
                discarded);
    }

    /**
     * Each domain's record, and who has its topics when they were taken with another domain. Of a
     * link that neither the file nor the metadata has any more it is not known what it copied: when
     * that decides whose the topics are, the owner counts as not known.
     */
    static List<Map<String, @Nullable Object>> ownership(MetadataImage image, Topology topology) {
        var all = new ArrayList<Map<String, @Nullable Object>>();
        for (OwnershipRecord record : image.region().ownership().values()) {
            Map<String, @Nullable Object> view = ownership(record);
            Optional<NameFilter> names = names(record, image, topology);
            Optional<OwnershipRecord> taken =
                    image.takenWithAnother(record.domain(), names.orElse(NameFilter.of("*")));
            view.put("fencedTopics", fenced(record, image));
            view.put("ownerKnown", taken.isEmpty() || names.isPresent());
            view.put(
                    "takenOver", names.flatMap(_ -> taken).map(StatusView::ownership).orElse(null));
            all.add(view);
        }
        return all;
    }

    /**
     * The topics that this region lost: it refuses writes to them, and copies nothing into them.
     */
    private static long fenced(OwnershipRecord record, MetadataImage image) {
        return image.region().mayWrite(record.domain())
                ? 0
                : image.topics().byId().values().stream()
                        .filter(topic -> image.mirrorOf(topic).isEmpty())
                        .filter(topic ->
                                image.fencing(topic.name())
                                        .filter(owned -> owned.domain().equals(record.domain()))
                                        .isPresent())
                        .count();
    }

    private static Map<String, @Nullable Object> ownership(OwnershipRecord record) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("domain", record.domain().name());
        view.put("owner", record.ownership().owner().name());
        view.put("epoch", record.epoch());
        view.put("mode", record.ownership().mode().name());
        view.put("cause", record.cause());
        return view;
    }

    /** Of links between other regions only the file tells what they copy. */
    private static Optional<NameFilter> names(
            OwnershipRecord record, MetadataImage image, Topology topology) {
        var link = new LinkName(record.domain().name());
        return image.links()
                .link(link)
                .map(known -> known.definition().topics())
                .or(() -> Optional.ofNullable(topology.links().get(link)).map(LinkEntry::topics))
                .or(() -> record.ownership().takeover().map(Takeover::topics));
    }
}
