package io.tombolo.broker.group;

import io.tombolo.broker.Images;
import io.tombolo.broker.shard.Shard;
import io.tombolo.broker.shard.Shards;
import io.tombolo.coordinator.runtime.CoordinatorLog;
import io.tombolo.coordinator.runtime.LogRecord;
import io.tombolo.coordinator.runtime.Producer;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.storage.log.Isolation;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A topic of the broker's own as the log of its coordinator. */
public final class InternalTopic implements CoordinatorLog {

    /** What groups are kept on; the name is Kafka's. */
    public static final String OFFSETS = "__consumer_offsets";

    /** What transactions are kept on; the name is Kafka's. */
    public static final String TRANSACTIONS = "__transaction_state";

    private final String name;
    private final Images images;
    private final Shards shards;
    private final Offload offload;

    public InternalTopic(String name, Images images, Shards shards, Offload offload) {
        this.name = name;
        this.images = images;
        this.shards = shards;
        this.offload = offload;
    }

    /** The loop that owns a partition of the topic, whether it exists yet or not. */
    public EventLoop ownerOf(int partition) {
        return shards.loopOf(new TopicPartition(name, partition));
    }

    @Override
    public AppendResult append(
            int index, int leaderEpoch, List<LogRecord> records, long timestampMs) {
        return append(index, leaderEpoch, BatchSpec.PLAIN, records, timestampMs);
    }

    @Override
    public AppendResult appendInTransaction(
            int index,
            int leaderEpoch,
            Producer producer,
            List<LogRecord> records,
            long timestampMs) {
        var spec =
                BatchSpec.PLAIN.from(producer.id(), producer.epoch(), BatchView.NO_PRODUCER, true);
        return append(index, leaderEpoch, spec, records, timestampMs);
    }

    private AppendResult append(
            int index, int leaderEpoch, BatchSpec spec, List<LogRecord> records, long timestampMs) {
        Partition partition = find(index);
        if (partition == null || !(partition.role() instanceof Role.Leader leader)) {
            return new Refused(Errors.NOT_LEADER_OR_FOLLOWER);
        }
        if (leader.leaderEpoch() != leaderEpoch) {
            return new Refused(Errors.FENCED_LEADER_EPOCH);
        }
        ByteBuffer batch = batchOf(spec, records, timestampMs);
        if (batch.remaining() > partition.log().settings().messageBytesMax()) {
            return new Refused(Errors.MESSAGE_TOO_LARGE);
        }
        Errors error = partition.appendOwn(batch);
        return error == Errors.NONE
                ? new Appended(partition.log().endOffset())
                : new Refused(error);
    }

    private static ByteBuffer batchOf(BatchSpec spec, List<LogRecord> records, long timestampMs) {
        var builder = new BatchBuilder(spec);
        for (LogRecord record : records) {
            byte[] value = record.value();
            builder.append(
                    timestampMs,
                    ByteBuffer.wrap(record.key()),
                    value == null ? null : ByteBuffer.wrap(value));
        }
        return builder.build();
    }

    @Override
    public Bounds bounds(int index) {
        Partition partition = find(index);
        if (partition == null) {
            return new Bounds(0, 0, 0);
        }
        return new Bounds(
                partition.log().startOffset(),
                partition.highWatermark(),
                partition.log().endOffset());
    }

    @Override
    public void read(int index, long fromOffset, int bytesMax, Consumer<ReadResult> done) {
        Partition partition = find(index);
        EventLoop loop = ownerOf(index);
        if (partition == null) {
            loop.execute(() -> done.accept(new Unreadable("the partition is not hosted here")));
            return;
        }
        var found =
                partition
                        .log()
                        .read(
                                fromOffset,
                                bytesMax,
                                partition.log().endOffset(),
                                Isolation.READ_UNCOMMITTED);
        offload.submit(
                partition.id().hashCode(),
                () -> StoredRecords.read(found, fromOffset),
                loop,
                outcome ->
                        done.accept(
                                switch (outcome) {
                                    case Offload.Outcome.Done<ReadResult>(var result) -> result;
                                    case Offload.Outcome.Failed<ReadResult>(Exception cause) ->
                                            new Unreadable(String.valueOf(cause.getMessage()));
                                }));
    }

    private @Nullable Partition find(int index) {
        Optional<TopicImage> topic = images.current().topics().topic(name);
        if (topic.isEmpty()) {
            return null;
        }
        var id = new TopicIdPartition(topic.get().id(), index, name);
        Shard shard = shards.ownerOf(id);
        return shard.find(id);
    }
}
