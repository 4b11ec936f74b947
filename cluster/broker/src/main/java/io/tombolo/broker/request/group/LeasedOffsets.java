package io.tombolo.broker.request.group;

import io.tombolo.broker.Images;
import io.tombolo.broker.publish.CommitRights;
import io.tombolo.broker.publish.CommitRights.Standing;
import io.tombolo.broker.request.Exchange;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.protocol.Refusals;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Positions in topics that another region may own by now: its coordinator may have given out others
 * for them, so they are not acknowledged here.
 */
public record LeasedOffsets(Images images, CommitRights rights) {

    /** Whether any topic of the request may be another region's. */
    boolean doubts(OffsetCommitRequestData request) {
        return request.topics().stream()
                .map(this::nameOf)
                .anyMatch(name -> rights.of(name) == Standing.UNDECIDED);
    }

    private String nameOf(OffsetCommitRequestTopic topic) {
        return topic.topicId().equals(Uuid.ZERO_UUID)
                ? topic.name()
                : images.current()
                        .topics()
                        .topic(topic.topicId())
                        .map(TopicImage::name)
                        .orElse(topic.name());
    }

    /** Has the client look for its coordinator, and ask again. */
    OffsetCommitResponseData refusal(Exchange exchange, OffsetCommitRequestData request) {
        return (OffsetCommitResponseData)
                Refusals.of(
                        exchange.request().api(),
                        exchange.version(),
                        request,
                        Errors.COORDINATOR_NOT_AVAILABLE);
    }
}
