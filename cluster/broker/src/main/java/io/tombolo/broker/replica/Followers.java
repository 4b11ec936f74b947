package io.tombolo.broker.replica;

import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.replication.fetch.FetcherEvent;

import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The partitions of one shard that follow leaders on other brokers, each with its leader's feed.
 * They are told of by the partitions themselves, whatever takes or ends a role. Mutable, confined
 * to the loop of the shard.
 */
final class Followers {

    private final IntFunction<Optional<LeaderFeed>> feedOf;
    private final Map<TopicIdPartition, Following> following = new HashMap<>();
    private final Map<Integer, LeaderFeed> feeds = new HashMap<>();
    private boolean closed;

    private record Following(Partition partition, Role.Follower role) {}

    /**
     * @param feedOf opens a feed of a leader; empty when there is no such broker
     */
    Followers(IntFunction<Optional<LeaderFeed>> feedOf) {
        this.feedOf = feedOf;
    }

    /** Follows what becomes of a partition; to be called before it gets its first role. */
    void watch(Partition partition) {
        partition.onProgress(this::progressed);
    }

    /** Begins anew with every leader, because this broker is registered anew. */
    void restart() {
        var all = Map.copyOf(following);
        feeds.values().forEach(LeaderFeed::close);
        feeds.clear();
        following.clear();
        all.values().forEach(one -> progressed(one.partition()));
    }

    /** Follows nobody any more. */
    void close() {
        closed = true;
        feeds.values().forEach(LeaderFeed::close);
        feeds.clear();
        following.clear();
    }

    /** How many partitions follow somebody. */
    int count() {
        return following.size();
    }

    private void progressed(Partition partition) {
        Following before = following.get(partition.id());
        if (partition.role() instanceof Role.Follower role) {
            if (before == null || before.partition() != partition || !before.role().equals(role)) {
                leave(before, role.leaderId());
                follow(partition, role);
            }
        } else if (before != null && before.partition() == partition) {
            leave(before, -1);
        }
    }

    private void follow(Partition partition, Role.Follower role) {
        if (closed) {
            return;
        }
        LeaderFeed feed = feeds.get(role.leaderId());
        if (feed == null) {
            Optional<LeaderFeed> opened = feedOf.apply(role.leaderId());
            if (opened.isEmpty()) {
                return; // the image names a broker that this broker's file does not
            }
            feed = opened.get();
            feeds.put(role.leaderId(), feed);
        }
        following.put(partition.id(), new Following(partition, role));
        feed.handle(new FetcherEvent.Followed(partition));
    }

    /** Ends a following, unless the same leader is followed on. */
    private void leave(@Nullable Following before, int nextLeaderId) {
        if (before == null || before.role().leaderId() == nextLeaderId) {
            return;
        }
        TopicIdPartition id = before.partition().id();
        following.remove(id);
        LeaderFeed feed = feeds.get(before.role().leaderId());
        if (feed != null) {
            feed.handle(new FetcherEvent.Unfollowed(id));
            closeWhenIdle(before.role().leaderId(), feed);
        }
    }

    private void closeWhenIdle(int leaderId, LeaderFeed feed) {
        if (feed.followedCount() == 0) {
            feed.close();
            feeds.remove(leaderId);
        }
    }
}
