package io.tombolo.broker.link;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.failback.ReturnWorker;
import io.tombolo.broker.handover.EndReader;
import io.tombolo.broker.handover.HandoverDesk;
import io.tombolo.broker.handover.HandoverWorker;
import io.tombolo.broker.shard.Shards;
import io.tombolo.coordinator.group.entry.LinkOffsets;
import io.tombolo.environment.Environment;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.region.LinkName;
import io.tombolo.region.topology.LinkEntry;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * This broker's part in the moving of topics: one {@link PromotionWorker} per link into this
 * region, each of which has nothing to do until the region owns the link's topics, and one {@link
 * ReturnWorker} for topics that come back, and one {@link HandoverWorker} for what is handed over.
 * Confined to the links' loop.
 */
public final class Takeovers {

    private final Map<LinkName, PromotionWorker> workers = new TreeMap<>();
    private final Function<LinkEntry, PromotionWorker> hire;
    private final LinkSupervisor links;
    private final ReturnWorker returns;
    private final HandoverWorker handovers;
    private final HandoverDesk desk;
    private boolean closed;

    /** What is needed of the broker. */
    public record Tools(
            Shards shards, LinkOffsets offsets, Commands commands, Environment environment) {}

    public Takeovers(LinkPlace place, Images images, LinkSupervisor links, Tools tools) {
        var log =
                new ShardMirrorLog(
                        tools.shards(),
                        tools.environment().offload(),
                        place.loop(),
                        RegionPeers.NONE);
        var transactions =
                new ShardTransactions(
                        tools.shards(),
                        tools.environment().offload(),
                        place.loop(),
                        tools.environment().clock());
        var groups = new ClampedGroups(tools.offsets(), place.loop());
        this.links = links;
        this.returns =
                new ReturnWorker(
                        place,
                        images,
                        new ReturnWorker.Tools(
                                tools.shards(), tools.environment().offload(), tools.commands()));
        var ends = new EndReader(tools.shards(), tools.environment().offload(), place.loop());
        this.handovers =
                new HandoverWorker(
                        place,
                        images,
                        ends,
                        new HandoverWorker.Tools(tools.commands(), tools.environment().clock()));
        this.desk = new HandoverDesk(place, images, ends, tools.commands());
        this.hire =
                entry ->
                        new PromotionWorker(
                                place,
                                entry,
                                images,
                                new PromotionWorker.Ports(
                                        tools.commands(),
                                        tools.environment().clock(),
                                        log,
                                        transactions,
                                        groups,
                                        () -> links.find(entry.name())));
    }

    /**
     * There is a newer image. Whoever has something to do looks again by itself, so here only what
     * may begin or end it matters.
     */
    public void publish(MetadataDelta delta) {
        if (!delta.ownership().isEmpty() || !delta.mirrorTopics().isEmpty()) {
            look();
        }
    }

    void look() {
        if (!closed) {
            links.entries()
                    .forEach(entry ->
                            workers.computeIfAbsent(entry.name(), _ -> hire.apply(entry)).look());
            returns.look();
            handovers.look();
        }
    }

    /** Where handovers of this region are asked for. */
    public HandoverDesk desk() {
        return desk;
    }

    /** Nothing more is done. */
    public void close() {
        closed = true;
        workers.values().forEach(PromotionWorker::close);
        returns.close();
        handovers.close();
    }
}
