package io.tombolo.broker.link;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.group.InternalTopic;
import io.tombolo.broker.shard.Shards;
import io.tombolo.coordinator.group.entry.LinkOffsets;
import io.tombolo.environment.Environment;
import io.tombolo.environment.Network;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.topology.LinkEntry;

/** Makes the ports that links work on. */
public record Ports(
        LinkPlace place,
        Shards shards,
        Images images,
        Commands commands,
        LinkOffsets offsets,
        RegionPeers peers,
        Environment environment) {

    /** The ports of one link, which reaches its source over {@code network}. */
    public LinkHost hostOf(LinkEntry entry, Network network) {
        return new LinkHost(
                place.loop(),
                environment.clock(),
                network,
                environment.entropy(),
                new LinkHost.Ports(
                        new ShardMirrorLog(shards, environment.offload(), place.loop(), peers),
                        new CommandLinkAdmin(images, commands, place.loop()),
                        new CoordinatorGroupOffsets(
                                offsets,
                                place.loop(),
                                this::keeps,
                                () -> LinkSupervisor.ownershipEpoch(images.current(), entry))));
    }

    private boolean keeps(String group) {
        int index = offsets.partitionOf(group);
        return images.current()
                .topics()
                .topic(InternalTopic.OFFSETS)
                .flatMap(topic -> topic.partitions().find(index))
                .filter(partition -> partition.leader() == place.brokerId())
                .isPresent();
    }
}
