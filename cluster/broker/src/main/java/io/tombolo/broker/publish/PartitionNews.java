package io.tombolo.broker.publish;

import io.tombolo.broker.BrokerObserver;
import io.tombolo.environment.EventLoop;
import io.tombolo.storage.log.LogDamage;

import org.apache.kafka.common.TopicIdPartition;

/** Hands what happens to logs, on whatever loop, to the observer on the loop of the broker. */
public record PartitionNews(EventLoop loop, BrokerObserver observer)
        implements PartitionPublisher.RepairListener {

    @Override
    public void damaged(TopicIdPartition id, LogDamage damage) {
        loop.execute(() -> observer.partitionDamaged(id.topicPartition(), damage));
    }

    @Override
    public void repaired(TopicIdPartition id, long endOffset) {
        loop.execute(() -> observer.partitionRepaired(id.topicPartition(), endOffset));
    }

    @Override
    public void room(TopicIdPartition id, boolean enough) {
        loop.execute(() -> observer.partitionRoom(id.topicPartition(), enough));
    }
}
