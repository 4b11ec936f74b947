package io.tombolo.broker.request.cluster;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shard;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Disk;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.Errors;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** DescribeLogDirs: sizes of the partitions in the data directory, and the room that is left. */
public final class DescribeLogDirsHandler implements RequestHandler<DescribeLogDirsRequestData> {

    private static final long UNKNOWN = -1;

    private final Shards shards;
    private final Disk disk;
    private final Offload offload;
    private final Path directory;

    public DescribeLogDirsHandler(Shards shards, Disk disk, Offload offload, Path directory) {
        this.shards = shards;
        this.disk = disk;
        this.offload = offload;
        this.directory = directory;
    }

    @Override
    public void handle(Exchange exchange, DescribeLogDirsRequestData body) {
        collect(
                0,
                new TreeMap<>(),
                exchange.loop(),
                sizes ->
                        offload.submit(
                                directory.hashCode(),
                                () ->
                                        new Volume(
                                                disk.totalBytes(directory),
                                                disk.usableBytes(directory)),
                                exchange.loop(),
                                volume -> exchange.answer(response(body, sizes, volume))));
    }

    /** The room there is. */
    private record Volume(long totalBytes, long usableBytes) {}

    /** Visits one shard after the other and gathers the sizes of all partitions. */
    private void collect(
            int index,
            TreeMap<String, Map<Integer, Long>> sizes,
            EventLoop replyTo,
            Consumer<TreeMap<String, Map<Integer, Long>>> done) {
        if (index == shards.all().size()) {
            Shards.run(replyTo, () -> done.accept(sizes));
            return;
        }
        Shard shard = shards.all().get(index);
        Shards.run(
                shard.loop(),
                () -> {
                    for (var partition : shard.partitions()) {
                        TopicPartition name = partition.id().topicPartition();
                        sizes.computeIfAbsent(name.topic(), _ -> new TreeMap<>())
                                .put(name.partition(), partition.log().sizeBytes());
                    }
                    collect(index + 1, sizes, replyTo, done);
                });
    }

    private DescribeLogDirsResponseData response(
            DescribeLogDirsRequestData body,
            TreeMap<String, Map<Integer, Long>> sizes,
            Offload.Outcome<Volume> volume) {
        var result = new DescribeLogDirsResult().setLogDir(directory.toString());
        switch (volume) {
            case Offload.Outcome.Done<Volume>(Volume(long total, long usable)) ->
                    result.setTotalBytes(total).setUsableBytes(usable);
            case Offload.Outcome.Failed<Volume> _ ->
                    result.setErrorCode(Errors.KAFKA_STORAGE_ERROR.code())
                            .setTotalBytes(UNKNOWN)
                            .setUsableBytes(UNKNOWN);
        }
        Map<String, Set<Integer>> wanted = wanted(body);
        sizes.forEach((topic, partitions) -> {
            Set<Integer> indexes = wanted.get(topic);
            if (body.topics() == null || indexes != null) {
                result.topics().add(topic(topic, partitions, indexes));
            }
        });
        return new DescribeLogDirsResponseData().setResults(new ArrayList<>(List.of(result)));
    }

    private static Map<String, Set<Integer>> wanted(DescribeLogDirsRequestData body) {
        var wanted = new HashMap<String, Set<Integer>>();
        if (body.topics() != null) {
            for (DescribableLogDirTopic topic : body.topics()) {
                wanted.put(topic.topic(), new HashSet<>(topic.partitions()));
            }
        }
        return wanted;
    }

    private static DescribeLogDirsTopic topic(
            String name,
            Map<Integer, Long> sizes,
            @org.jspecify.annotations.Nullable Set<Integer> wanted) {
        var topic = new DescribeLogDirsTopic().setName(name);
        sizes.forEach((index, bytes) -> {
            if (wanted == null || wanted.contains(index)) {
                topic.partitions()
                        .add(
                                new DescribeLogDirsPartition()
                                        .setPartitionIndex(index)
                                        .setPartitionSize(bytes));
            }
        });
        return topic;
    }
}
