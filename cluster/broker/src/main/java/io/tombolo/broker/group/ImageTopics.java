package io.tombolo.broker.group;

import io.tombolo.broker.Images;
import io.tombolo.coordinator.group.consumer.ClusterTopics;
import io.tombolo.coordinator.group.entry.TopicLookup;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.Uuid;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Topics as the newest image has them. */
public record ImageTopics(Images images) implements TopicLookup {

    @Override
    public Optional<Uuid> idOf(String topic) {
        return images.current().topics().topic(topic).map(TopicImage::id);
    }

    @Override
    public Optional<String> nameOf(Uuid topicId) {
        return images.current().topics().topic(topicId).map(TopicImage::name);
    }

    @Override
    public ClusterTopics now() {
        return new Snapshot(images.current());
    }

    @Override
    public int partitionCount(String topic) {
        return images.current()
                .topics()
                .topic(topic)
                .map(found -> found.partitions().count())
                .orElse(0);
    }

    private record Snapshot(MetadataImage image) implements ClusterTopics {

        @Override
        public long version() {
            return image.place().offset();
        }

        @Override
        public Optional<Topic> topic(String name) {
            return image.topics().topic(name).map(Snapshot::described);
        }

        @Override
        public Optional<Topic> topic(Uuid id) {
            return image.topics().topic(id).map(Snapshot::described);
        }

        private static Topic described(TopicImage topic) {
            return new Topic(topic.id(), topic.name(), topic.partitions().count());
        }

        @Override
        public Set<String> names() {
            return image.topics().idByName().keySet();
        }

        @Override
        public Set<String> racksOf(Uuid id, int partition) {
            Set<String> racks = new TreeSet<>();
            image.topics()
                    .topic(id)
                    .flatMap(topic -> topic.partitions().find(partition))
                    .map(PartitionRegistration::replicas)
                    .ifPresent(replicas -> {
                        for (int place = 0; place < replicas.size(); place++) {
                            rackOf(replicas.at(place)).ifPresent(racks::add);
                        }
                    });
            return racks;
        }

        private Optional<String> rackOf(int brokerId) {
            return image.brokers()
                    .broker(brokerId)
                    .map(broker -> broker.endpoints().rack())
                    .filter(rack -> !rack.isEmpty());
        }
    }
}
