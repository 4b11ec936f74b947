package io.tombolo.cli.kafka;

import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * One partition with the ends of its log.
 *
 * @param endOffset what a consumer may read up to
 */
public record Partitions(TopicPartitionInfo info, long startOffset, long endOffset) {

    /** All partitions of a topic, by number. */
    public static List<Partitions> of(KafkaRegion in, Admin admin, String topic) {
        TopicDescription description =
                in.await(
                        KafkaRegion.entry(
                                admin.describeTopics(List.of(topic)).topicNameValues(), topic),
                        in.topic(topic));
        var earliest = new HashMap<TopicPartition, OffsetSpec>();
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        for (TopicPartitionInfo info : description.partitions()) {
            var partition = new TopicPartition(topic, info.partition());
            earliest.put(partition, OffsetSpec.earliest());
            latest.put(partition, OffsetSpec.latest());
        }
        var starts = in.await(admin.listOffsets(earliest).all(), in.topic(topic));
        var ends = in.await(admin.listOffsets(latest).all(), in.topic(topic));
        var partitions = new ArrayList<Partitions>();
        for (TopicPartitionInfo info : description.partitions()) {
            var partition = new TopicPartition(topic, info.partition());
            partitions.add(
                    new Partitions(
                            info,
                            KafkaRegion.entry(starts, partition).offset(),
                            KafkaRegion.entry(ends, partition).offset()));
        }
        return partitions;
    }

    /**
     * Ends the command when the topic has no such partition.
     *
     * @param count how many it has
     */
    public static void require(Subject topic, int count, int partition) {
        if (partition < 0 || partition >= count) {
            throw CommandFailure.of(Code.BAD_INPUT, topic + " has no partition " + partition)
                    .at("--partition")
                    .seen("its partitions are numbered from 0 to " + (count - 1))
                    .fix(topic.command("describe"))
                    .failure();
        }
    }

    /** Records between the ends; compaction may have left fewer. */
    long count() {
        return endOffset - startOffset;
    }
}
