package io.tombolo.replication.fetch;

import io.tombolo.replication.follower.FetchPosition;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An incremental fetch session (KIP-227) with one leader: after the first request only partitions
 * whose position has changed are named. Mutable; owned by its fetcher.
 */
final class LeaderSession {

    private final Map<TopicIdPartition, FetchPosition> known = new LinkedHashMap<>();
    private int id;
    private int epoch;

    /**
     * Completes a request so that the leader's idea of the session equals what is wanted. To be
     * followed by {@link #answered} or {@link #lost}.
     *
     * @param wanted in the order in which they are to be served
     */
    void complete(
            FetchRequestData request, Map<TopicIdPartition, FetchPosition> wanted, int bytesMax) {
        if (epoch == 0) {
            known.clear();
        }
        request.setSessionId(id)
                .setSessionEpoch(epoch)
                .setTopics(changed(wanted, bytesMax))
                .setForgottenTopicsData(forgotten(wanted));
        known.clear();
        known.putAll(wanted);
    }

    /** What the request under way asks for, named in it or not. */
    Map<TopicIdPartition, FetchPosition> asked() {
        return known;
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

    private List<FetchTopic> changed(Map<TopicIdPartition, FetchPosition> wanted, int bytesMax) {
        var topics = new ArrayList<FetchTopic>();
        wanted.forEach((partition, position) -> {
            if (!position.equals(known.get(partition))) {
                // A new topic for each run keeps the order of partitions as it is wanted.
                FetchTopic last = topics.isEmpty() ? null : topics.getLast();
                if (last == null || !last.topicId().equals(partition.topicId())) {
                    last = new FetchTopic();
                    last.setTopicId(partition.topicId()).setTopic(partition.topic());
                    topics.add(last);
                }
                last.partitions().add(wish(partition, position, bytesMax));
            }
        });
        return topics;
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

    private List<ForgottenTopic> forgotten(Map<TopicIdPartition, FetchPosition> wanted) {
        var topics = new LinkedHashMap<String, ForgottenTopic>();
        for (TopicIdPartition partition : known.keySet()) {
            if (!wanted.containsKey(partition)) {
                topics.computeIfAbsent(
                                partition.topicId() + "/" + partition.topic(),
                                _ ->
                                        new ForgottenTopic()
                                                .setTopicId(partition.topicId())
                                                .setTopic(partition.topic()))
                        .partitions()
                        .add(partition.partition());
            }
        }
        return new ArrayList<>(topics.values());
    }
}
