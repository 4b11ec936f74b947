package io.tombolo.cli.kafka;

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
record Partitions(TopicPartitionInfo info, long startOffset, long endOffset) {

    /** All partitions of a topic, by number. */
    static List<Partitions> of(KafkaRegion in, Admin admin, String topic) {
        TopicDescription description =
                in.await(
                        KafkaRegion.entry(
                                admin.describeTopics(List.of(topic)).topicNameValues(), topic),
                        "topic " + topic);
        var earliest = new HashMap<TopicPartition, OffsetSpec>();
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        for (TopicPartitionInfo info : description.partitions()) {
            var partition = new TopicPartition(topic, info.partition());
            earliest.put(partition, OffsetSpec.earliest());
            latest.put(partition, OffsetSpec.latest());
        }
        var starts = in.await(admin.listOffsets(earliest).all(), "topic " + topic);
        var ends = in.await(admin.listOffsets(latest).all(), "topic " + topic);
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

    /** Records between the ends; compaction may have left fewer. */
    long count() {
        return endOffset - startOffset;
    }
}
