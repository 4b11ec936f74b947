package io.tombolo.replication.fetch;

import io.tombolo.replication.follower.FetchPosition;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An incremental fetch session (KIP-227) with one leader: after the first request only partitions
 * whose position has changed are named. Mutable; owned by its fetcher.
 */
final class LeaderSession {

    private final Map<TopicIdPartition, FetchPosition> known = new HashMap<>();
    private final Map<Uuid, Map<Integer, TopicIdPartition>> byTopic = new HashMap<>();
    private int id;
    private int epoch;

    /** Whether the next request has to name everything. */
    boolean beginsAnew() {
        return epoch == 0;
    }

    /**
     * Completes a request so that the leader's idea of the session equals what is wanted. To be
     * followed by {@link #answered} or {@link #lost}.
     *
     * @param changes what may be different now, in the order in which it is to be served: empty for
     *     what is not wanted; when the session {@link #beginsAnew}, all that is wanted
     */
    void complete(
            FetchRequestData request,
            Map<TopicIdPartition, Optional<FetchPosition>> changes,
            int bytesMax) {
        if (epoch == 0) {
            known.clear();
            byTopic.clear();
        }
        var topics = new ArrayList<FetchTopic>();
        var forgotten = new LinkedHashMap<Uuid, ForgottenTopic>();
        changes.forEach((partition, wanted) ->
                wanted.ifPresentOrElse(
                        position -> want(partition, position, topics, bytesMax),
                        () -> forget(partition, forgotten)));
        request.setSessionId(id)
                .setSessionEpoch(epoch)
                .setTopics(topics)
                .setForgottenTopicsData(new ArrayList<>(forgotten.values()));
    }

    private void want(
            TopicIdPartition partition,
            FetchPosition position,
            List<FetchTopic> topics,
            int bytesMax) {
        if (!position.equals(known.put(partition, position))) {
            byTopic.computeIfAbsent(partition.topicId(), _ -> new HashMap<>())
                    .put(partition.partition(), partition);
            // A new topic for each run keeps the order of partitions as it is wanted.
            FetchTopic last = topics.isEmpty() ? null : topics.getLast();
            if (last == null || !last.topicId().equals(partition.topicId())) {
                last = new FetchTopic();
                last.setTopicId(partition.topicId()).setTopic(partition.topic());
                topics.add(last);
            }
            last.partitions().add(wish(partition, position, bytesMax));
        }
    }

    private void forget(TopicIdPartition partition, Map<Uuid, ForgottenTopic> forgotten) {
        if (known.remove(partition) != null) {
            byTopic.getOrDefault(partition.topicId(), Map.of()).remove(partition.partition());
            forgotten
                    .computeIfAbsent(
                            partition.topicId(),
                            topicId ->
                                    new ForgottenTopic()
                                            .setTopicId(topicId)
                                            .setTopic(partition.topic()))
                    .partitions()
                    .add(partition.partition());
        }
    }

    /** What the request under way asks for, named in it or not. */
    Map<TopicIdPartition, FetchPosition> asked() {
        return known;
    }

    /** The partition of that name that the request under way asks for. */
    Optional<TopicIdPartition> asked(Uuid topicId, int index) {
        return Optional.ofNullable(byTopic.getOrDefault(topicId, Map.of()).get(index));
    }

    /** The leader answered; whether the answer can be used. */
    boolean answered(Errors error, int sessionId) {
        switch (error) {
            case NONE -> {
                if (sessionId == 0) {
                    lost(); // it has no room for a session: every request is a full one
                } else if (epoch == 0 || sessionId != id) {
                    id = sessionId;
                    epoch = 1;
                } else {
                    epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
                }
                return true;
            }
            case INVALID_FETCH_SESSION_EPOCH, FETCH_SESSION_TOPIC_ID_ERROR ->
                    epoch = 0; // a full request under the old id replaces the session
            default -> lost();
        }
        return false;
    }

    /** The session is over; the next request begins another one. */
    void lost() {
        id = 0;
        epoch = 0;
    }

    private static FetchPartition wish(
            TopicIdPartition partition, FetchPosition position, int bytesMax) {
        return new FetchPartition()
                .setPartition(partition.partition())
                .setCurrentLeaderEpoch(position.leaderEpoch())
                .setFetchOffset(position.fetchOffset())
                .setLastFetchedEpoch(position.lastFetchedEpoch())
                .setLogStartOffset(position.logStartOffset())
                .setPartitionMaxBytes(bytesMax);
    }
}
