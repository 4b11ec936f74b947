package io.tombolo.linker;

import io.tombolo.linker.mirror.PartitionEvent;
import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.linker.source.SourceCluster;
import io.tombolo.linker.source.SourceInventory;
import io.tombolo.linker.source.SourceNode;
import io.tombolo.linker.source.SourceTopic;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.Uuid;

import java.util.Comparator;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which connection fetches for which partition: the leader's at the source, and of its connections
 * the one that the partition's number falls to, so that the partitions of a topic are spread over
 * them. Mutable; owned by the loop of the link.
 */
final class LaneBook {

    private record Key(int nodeId, int lane) {}

    private final LinkScope scope;
    private final SourceCluster cluster;
    private final TreeMap<Key, FetchLane> lanes =
            new TreeMap<>(Comparator.comparingInt(Key::nodeId).thenComparingInt(Key::lane));

    LaneBook(LinkScope scope, SourceCluster cluster) {
        this.scope = scope;
        this.cluster = cluster;
    }

    /** Puts a partition where its leader is now; tells it when there is none. */
    void assign(PartitionWorker worker, SourceInventory inventory) {
        SourceTopic topic = inventory.topics().get(worker.sourceTopic());
        Optional<SourceTopic.Leader> leader =
                inventory.leaderOf(worker.sourceTopic(), worker.id().partition());
        Optional<SourceNode> node = leader.flatMap(known -> cluster.broker(known.nodeId()));
        if (topic == null || node.isEmpty()) {
            release(worker);
            if (worker.machine().fetches()) {
                worker.feed(
                        new PartitionEvent.SourceFailed(
                                new Reason(
                                        Reason.Code.SOURCE_ERROR,
                                        "the source has no leader for the partition")));
            }
            return;
        }
        if (!isSameTopic(worker, topic)) {
            release(worker);
            worker.feed(
                    new PartitionEvent.TopicLost(
                            TopicPlan.recreated(topic.id(), worker.sourceTopicId())));
            return;
        }
        FetchLane lane = lane(node.get(), laneOf(worker));
        if (worker.lane() != lane) {
            release(worker);
        }
        lane.add(worker, topic);
        worker.hurry();
    }

    /** A topic that was deleted and made again is never taken for the old one, not even briefly. */
    private boolean isSameTopic(PartitionWorker worker, SourceTopic topic) {
        return worker.sourceTopicId().equals(Uuid.ZERO_UUID)
                || topic.id().equals(Uuid.ZERO_UUID)
                || worker.sourceTopicId().equals(topic.id())
                || !scope.safeguards().contains(Safeguard.RECREATION);
    }

    /** Fetches for the partition no more. */
    void release(PartitionWorker worker) {
        FetchLane lane = worker.lane();
        if (lane != null) {
            lane.remove(worker);
        }
    }

    /** Closes the lanes that nobody uses. */
    void sweep() {
        lanes.values()
                .removeIf(lane -> {
                    if (lane.isEmpty()) {
                        lane.close();
                    }
                    return lane.isEmpty();
                });
    }

    /** More may be fetched than before. */
    void wake() {
        lanes.values().forEach(FetchLane::wake);
    }

    /** Closes all lanes. */
    void close() {
        lanes.values().forEach(FetchLane::close);
        lanes.clear();
    }

    private FetchLane lane(SourceNode node, int index) {
        var key = new Key(node.id(), index);
        FetchLane known = lanes.get(key);
        if (known != null && known.node() == node) {
            return known;
        }
        if (known != null) {
            known.close();
        }
        var lane = new FetchLane(scope, node, index);
        lanes.put(key, lane);
        return lane;
    }

    private static int laneOf(PartitionWorker worker) {
        int spread = worker.id().topic().hashCode() * 31 + worker.id().partition();
        return Math.floorMod(spread, SourceNode.LANES);
    }
}
