package io.tombolo.broker.group;

import io.tombolo.broker.Images;
import io.tombolo.coordinator.group.entry.TopicLookup;
import io.tombolo.metadata.image.TopicImage;

import org.apache.kafka.common.Uuid;

import java.util.Optional;

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
    public int partitionCount(String topic) {
        return images.current()
                .topics()
                .topic(topic)
                .map(found -> found.partitions().count())
                .orElse(0);
    }
}
