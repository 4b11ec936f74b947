package io.tombolo.metadata.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Counts bytes, not time: a change must not cost more because the image is large. */
class MetadataCostTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void oneChangeCopiesAFewPathsHoweverManyPartitionsThereAre() {
        MetadataImage large = image(2_000, 100);
        MetadataImage oneLargeTopic = image(1, 200_000);
        assertThat(large.topics().partitionCount()).isEqualTo(200_000);

        for (MetadataImage image : List.of(large, oneLargeTopic)) {
            assertThat(bytesToApply(image, List.of(leaderEpochRaised(image))))
                    .isLessThan(12 * 1024);
            assertThat(bytesToApply(image, newTopic())).isLessThan(16 * 1024);
            assertThat(bytesToApply(image, List.of(configSet()))).isLessThan(12 * 1024);
        }
    }

    @Test
    void aBatchThatRebuildsThePartitionsOfATopicIsLinear() {
        MetadataImage image = image(1, 1);
        var records = new ArrayList<MetadataRecord>();
        var id = new Uuid(99, 99);
        records.add(new TopicCreated("wide", id));
        for (int index = 0; index < 10_000; index++) {
            records.add(new PartitionCreated(id, index, partition(index)));
        }

        assertThat(bytesToApply(image, records) / 10_000).isLessThan(1_500);
    }

    private static long bytesToApply(MetadataImage image, List<MetadataRecord> records) {
        var place = new LogPlace(image.place().offset() + records.size(), 1);
        for (int warmUp = 0; warmUp < 20; warmUp++) {
            image.apply(records, place);
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        MetadataImage.Applied applied = image.apply(records, place);
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(applied.image()).isNotSameAs(image);
        return bytes;
    }

    private static MetadataImage image(int topics, int partitions) {
        var reader = new MetadataSnapshot.Reader();
        for (int topic = 0; topic < topics; topic++) {
            var id = new Uuid(1, topic);
            reader.add(new TopicCreated("topic-" + topic, id));
            for (int index = 0; index < partitions; index++) {
                reader.add(new PartitionCreated(id, index, partition(index)));
            }
        }
        return reader.finish(new LogPlace(1_000_000, 1));
    }

    private static PartitionRegistration partition(int index) {
        return PartitionRegistration.created(
                BrokerIds.of(1 + index % 3, 1 + (index + 1) % 3, 1 + (index + 2) % 3), List.of());
    }

    private static MetadataRecord leaderEpochRaised(MetadataImage image) {
        TopicImage topic = image.topics().topic("topic-0").orElseThrow();
        return new PartitionChanged(topic.id(), 0, 1, List.of(new PartitionChange.LeaderEpoch(1)));
    }

    private static List<MetadataRecord> newTopic() {
        var id = new Uuid(5, 5);
        return List.of(
                new TopicCreated("new.topic", id), new PartitionCreated(id, 0, partition(0)));
    }

    private static MetadataRecord configSet() {
        return new ConfigSet(ConfigResource.topic("topic-0"), "retention.ms", "1");
    }
}
