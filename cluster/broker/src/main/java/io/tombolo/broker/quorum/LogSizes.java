package io.tombolo.broker.quorum;

import io.tombolo.broker.shard.Shard;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.protocol.VersionRange;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** How large the replicas of the brokers of a region are. Owned by the controller's loop. */
public final class LogSizes {

    private static final long PATIENCE_NANOS = Duration.ofSeconds(3).toNanos();

    private final int self;
    private final Shards shards;
    private final EventLoop loop;
    private final Optional<Peers> peers;

    /**
     * @param peers the way to the others; empty when this broker is alone
     */
    public LogSizes(int self, Shards shards, EventLoop loop, Optional<Peers> peers) {
        this.self = self;
        this.shards = shards;
        this.loop = loop;
        this.peers = peers;
    }

    /**
     * Asks for the sizes of all replicas on a broker, in bytes.
     *
     * @param answered called on the loop; empty when the broker does not answer
     */
    public void of(int brokerId, Consumer<Optional<Map<TopicPartition, Long>>> answered) {
        if (brokerId == self) {
            collect(0, new HashMap<>(), here -> answered.accept(Optional.of(here)));
            return;
        }
        if (peers.isEmpty()) {
            answered.accept(Optional.empty());
            return;
        }
        var question =
                new PeerCall(
                        ApiKeys.DESCRIBE_LOG_DIRS,
                        VersionRange.of(4, 5),
                        new DescribeLogDirsRequestData().setTopics(null),
                        PATIENCE_NANOS);
        peers.get()
                .call(
                        brokerId,
                        Peers.Purpose.COMMAND,
                        question,
                        result ->
                                answered.accept(
                                        result
                                                        instanceof
                                                        PeerCall.Result.Answered(
                                                                DescribeLogDirsResponseData body)
                                                ? Optional.of(read(body))
                                                : Optional.empty()));
    }

    private static Map<TopicPartition, Long> read(DescribeLogDirsResponseData body) {
        var sizes = new HashMap<TopicPartition, Long>();
        for (var directory : body.results()) {
            for (var topic : directory.topics()) {
                for (var partition : topic.partitions()) {
                    if (!partition.isFutureKey()) {
                        sizes.put(
                                new TopicPartition(topic.name(), partition.partitionIndex()),
                                partition.partitionSize());
                    }
                }
            }
        }
        return sizes;
    }

    /** Visits one shard after the other. */
    private void collect(
            int index, Map<TopicPartition, Long> sizes, Consumer<Map<TopicPartition, Long>> done) {
        if (index == shards.all().size()) {
            Shards.run(loop, () -> done.accept(sizes));
            return;
        }
        Shard shard = shards.all().get(index);
        Shards.run(
                shard.loop(),
                () -> {
                    shard.partitions()
                            .forEach(one ->
                                    sizes.put(one.id().topicPartition(), one.log().sizeBytes()));
                    collect(index + 1, sizes, done);
                });
    }
}
