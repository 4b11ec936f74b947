package io.tombolo.broker.transaction;

import io.tombolo.broker.Images;
import io.tombolo.broker.shard.Shard;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.protocol.SendingOrder;
import io.tombolo.replication.Partition;
import io.tombolo.replication.ProduceOutcome;
import io.tombolo.replication.transaction.TransactionMarker;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Takes markers for the partitions that this broker leads. Callable on any loop.
 *
 * <p>A marker whose fate its sender does not know is sent again, and when the second copy has
 * arrived the producer may begin its next transaction. From then on the first copy, which may wait
 * in a connection that nobody reads, would end the wrong one. So each loop remembers the last
 * request that it saw of each broker, and takes nothing that was sent before it.
 */
public final class MarkerDesk {

    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

    private final Images images;
    private final Shards shards;
    private final Marking marking;

    /** By the number of the loop, then by the id of the sender. */
    private final List<Map<Integer, SendingOrder>> newest = new ArrayList<>();

    /** How a marker gets into a partition; on the partition's loop. */
    @FunctionalInterface
    public interface Marking {

        /**
         * @param answer called once, now or later
         */
        void mark(
                Partition partition,
                TransactionMarker marker,
                long timeoutNanos,
                Consumer<ProduceOutcome> answer);
    }

    public MarkerDesk(Images images, Shards shards, Marking marking) {
        this.images = images;
        this.shards = shards;
        this.marking = marking;
        shards.all().forEach(_ -> newest.add(new TreeMap<>()));
    }

    /**
     * Writes a marker.
     *
     * @param order of the request that it came in; empty when it cannot come twice
     * @param answer called once on {@code replyTo}
     */
    public void write(
            TopicPartition name,
            TransactionMarker marker,
            Optional<SendingOrder> order,
            EventLoop replyTo,
            Consumer<Errors> answer) {
        var topic = images.current().topics().topic(name.topic());
        if (topic.isEmpty() || name.partition() >= topic.get().partitions().count()) {
            answer.accept(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            return;
        }
        var id = new TopicIdPartition(topic.get().id(), name);
        Shard shard = shards.ownerOf(id);
        Consumer<Errors> told = error -> Shards.run(replyTo, () -> answer.accept(error));
        Shards.runFor(
                replyTo,
                shard.loop(),
                () -> {
                    Partition partition = shard.find(id);
                    if (order.isPresent() && !inOrder(shard.loop(), order.get())) {
                        told.accept(Errors.NETWORK_EXCEPTION);
                    } else if (partition == null) {
                        told.accept(Errors.NOT_LEADER_OR_FOLLOWER);
                    } else {
                        marking.mark(
                                partition,
                                marker,
                                PATIENCE_NANOS,
                                outcome -> told.accept(outcome.error()));
                    }
                });
    }

    private boolean inOrder(EventLoop loop, SendingOrder order) {
        SendingOrder last = newest.get(loop.index()).get(order.brokerId());
        if (last != null && order.before(last)) {
            return false;
        }
        newest.get(loop.index()).put(order.brokerId(), order);
        return true;
    }
}
