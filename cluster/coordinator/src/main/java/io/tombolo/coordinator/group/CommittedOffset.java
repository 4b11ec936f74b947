package io.tombolo.coordinator.group;

import org.apache.kafka.common.Uuid;

/**
 * A position that a group has committed for one partition.
 *
 * @param offset the next record to read
 * @param leaderEpoch of the last record read, −1 when unknown
 * @param metadata whatever the client wrote beside it
 * @param commitMs when it was committed, milliseconds since the Unix epoch
 * @param expireMs when it expires, only for clients that choose so themselves; else −1
 * @param topicId of the topic it was committed for; {@link Uuid#ZERO_UUID} when unknown
 */
public record CommittedOffset(
        long offset, int leaderEpoch, String metadata, long commitMs, long expireMs, Uuid topicId) {

    /** A position without anything beside it. */
    public static CommittedOffset at(long offset, int leaderEpoch, String metadata) {
        return new CommittedOffset(offset, leaderEpoch, metadata, -1, -1, Uuid.ZERO_UUID);
    }

    /** The same position, committed at this time for this topic. */
    public CommittedOffset stamped(long nowMs, Uuid knownTopicId) {
        return new CommittedOffset(offset, leaderEpoch, metadata, nowMs, expireMs, knownTopicId);
    }

    /** Not beyond the end of the log; a cut position belongs to no known epoch. */
    CommittedOffset notBeyond(long logEndOffset) {
        return offset <= logEndOffset
                ? this
                : new CommittedOffset(logEndOffset, -1, metadata, commitMs, expireMs, topicId);
    }

    /** Whether it was committed for another topic of the same name. */
    boolean isOfOtherTopic(Uuid id) {
        return !topicId.equals(Uuid.ZERO_UUID) && !id.equals(Uuid.ZERO_UUID) && !topicId.equals(id);
    }
}
