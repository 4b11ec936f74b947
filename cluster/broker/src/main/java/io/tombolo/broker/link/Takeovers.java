package io.tombolo.broker.link;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.shard.Shards;
import io.tombolo.coordinator.group.entry.LinkOffsets;
import io.tombolo.environment.Environment;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.region.LinkName;
import io.tombolo.region.topology.LinkEntry;

import java.util.Map;
import java.util.TreeMap;

/**
 * This broker's part in the taking over of topics: one {@link PromotionWorker} per link into this
 * region, each of which has nothing to do until the region owns the link's topics. Confined to the
 * links' loop.
 */
public final class Takeovers {

    private final Map<LinkName, PromotionWorker> workers = new TreeMap<>();

    /** What is needed of the broker. */
    public record Tools(
            Shards shards, LinkOffsets offsets, Commands commands, Environment environment) {}

    public Takeovers(LinkPlace place, Images images, LinkSupervisor links, Tools tools) {
        var log = new ShardMirrorLog(tools.shards(), place.loop(), RegionPeers.NONE);
        var transactions =
                new ShardTransactions(
                        tools.shards(),
                        tools.environment().offload(),
                        place.loop(),
                        tools.environment().clock());
        var groups = new ClampedGroups(tools.offsets(), place.loop());
        for (LinkEntry entry : place.topology().linksInto(place.region())) {
            var ports =
                    new PromotionWorker.Ports(
                            tools.commands(),
                            tools.environment().clock(),
                            log,
                            transactions,
                            groups,
                            () -> links.find(entry.name()));
            workers.put(entry.name(), new PromotionWorker(place, entry, images, ports));
        }
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
        workers.values().forEach(PromotionWorker::look);
    }

    /** Nothing more is done. */
    public void close() {
        workers.values().forEach(PromotionWorker::close);
    }
}
