package io.tombolo.broker.shard;

import io.tombolo.environment.EventLoop;
import io.tombolo.replication.Partition;

import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The partitions that one loop owns; mutable, confined to that loop. */
public final class Shard {

    private final EventLoop loop;
    private final Map<TopicIdPartition, Partition> partitions = new HashMap<>();

    Shard(EventLoop loop) {
        this.loop = loop;
    }

    public EventLoop loop() {
        return loop;
    }

    /** The partition, or null when this broker does not host it (yet). */
    public @Nullable Partition find(TopicIdPartition id) {
        return partitions.get(id);
    }

    /** Hosts a partition from now on. */
    public void host(TopicIdPartition id, Partition partition) {
        partitions.put(id, partition);
    }

    /** Hosts it no more. */
    public Optional<Partition> drop(TopicIdPartition id) {
        return Optional.ofNullable(partitions.remove(id));
    }

    /** Those that answer KAFKA_STORAGE_ERROR because their log has failed. */
    List<TopicIdPartition> offline() {
        return partitions.values().stream()
                .filter(partition -> partition.log().failure().isPresent())
                .map(Partition::id)
                .toList();
    }

    /** All partitions of this shard as of now. */
    public Collection<Partition> partitions() {
        return List.copyOf(partitions.values());
    }
}
