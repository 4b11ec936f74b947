package io.tombolo.broker.request.data;

import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.image.TopicsImage;
import io.tombolo.protocol.PayloadRecords;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * One partition of a fetch, or of a fetch session: what the client wants and what it has been told.
 * Confined to the loop of the connection.
 */
final class FetchEntry {

    private static final long UNKNOWN = -1;

    private final FetchSession.Key key;
    private FetchPartition wish;
    private @Nullable TopicIdPartition partition;
    private long toldHighWatermark = UNKNOWN;
    private long toldLogStart = UNKNOWN;

    /** Whether the client has not taken what it was told last. */
    private boolean untaken;

    FetchEntry(FetchSession.Key key, FetchPartition wish) {
        this.key = key;
        this.wish = wish;
    }

    FetchSession.Key key() {
        return key;
    }

    FetchPartition wish() {
        return wish;
    }

    /** Takes the client's newer wish; under another epoch, it took nothing that it was told. */
    void update(FetchEntry newer) {
        untaken |= newer.wish.currentLeaderEpoch() != wish.currentLeaderEpoch();
        wish = newer.wish;
    }

    /**
     * Finds out which partition is meant by now; {@link #partition} has it unless it is an error.
     */
    Errors resolve(TopicsImage topics) {
        boolean byId = !key.topicId().equals(Uuid.ZERO_UUID);
        Optional<TopicImage> topic = byId ? topics.topic(key.topicId()) : topics.topic(key.topic());
        if (topic.isEmpty()) {
            return byId ? unknownId(topics) : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (key.partition() < 0 || key.partition() >= topic.get().partitions().count()) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (partition == null || !partition.topicId().equals(topic.get().id())) {
            partition = new TopicIdPartition(topic.get().id(), key.partition(), topic.get().name());
        }
        return Errors.NONE;
    }

    /** An id that was known here, and whose name belongs to another topic now, is inconsistent. */
    private Errors unknownId(TopicsImage topics) {
        boolean recreated = partition != null && topics.topic(partition.topic()).isPresent();
        return recreated ? Errors.INCONSISTENT_TOPIC_ID : Errors.UNKNOWN_TOPIC_ID;
    }

    /** The partition that {@link #resolve} found. */
    TopicIdPartition partition() {
        if (partition == null) {
            throw new IllegalStateException("not resolved: " + key);
        }
        return partition;
    }

    /** Whether an incremental answer has to name this partition, because it tells something new. */
    boolean newsIn(PartitionData answer) {
        return answer.errorCode() != Errors.NONE.code()
                || untaken
                || PayloadRecords.bytesOf(answer) > 0
                || answer.divergingEpoch().epoch() >= 0
                || answer.preferredReadReplica() >= 0
                || answer.highWatermark() != toldHighWatermark
                || answer.logStartOffset() != toldLogStart;
    }

    /** Notes what the client has been told. */
    void told(PartitionData answer) {
        toldHighWatermark = answer.highWatermark();
        toldLogStart = answer.logStartOffset();
        // A partition that failed is told again once it is well, and who has to truncate does no
        // more: it would not hear of the high watermark before that moves again.
        untaken = answer.errorCode() != Errors.NONE.code() || answer.divergingEpoch().epoch() >= 0;
    }
}
