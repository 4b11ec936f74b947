package io.tombolo.linker;

import org.apache.kafka.common.Uuid;
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
 * An incremental fetch session (KIP-227) with one source broker: after the first request only what
 * has changed is named. Pure; mutable; owned by the loop of the link.
 */
final class FetchSession {

    /**
     * What is asked for one partition.
     *
     * @param lastEpoch leader epoch of the record before the offset, so that a source that lost it
     *     says so
     * @param leaderEpoch of the leader that is meant, −1 when unknown
     */
    record Position(
            Uuid sourceTopicId, long offset, int lastEpoch, int leaderEpoch, int bytesMax) {}

    /** A partition by its name at the source. */
    record Name(String topic, int partition) {}

    private final Map<Name, Position> known = new LinkedHashMap<>();
    private int id;
    private int epoch;

    /**
     * The request that makes the source's idea of the session equal to what is wanted. To be sent,
     * and followed by {@link #answered} or {@link #lost}.
     */
    FetchRequestData next(Map<Name, Position> wanted) {
        var request = new FetchRequestData().setSessionId(id).setSessionEpoch(epoch);
        boolean full = epoch == 0;
        if (full) {
            known.clear();
        }
        request.setTopics(named(wanted));
        request.setForgottenTopicsData(forgotten(wanted));
        known.clear();
        known.putAll(wanted);
        return request;
    }

    /** What the request under way asks for, named in it or not. */
    Map<Name, Position> asked() {
        return known;
    }

    /** The source answered; returns whether the answer can be used. */
    boolean answered(Errors error, int sessionId) {
        switch (error) {
            case NONE -> {
                if (sessionId == 0) {
                    lost();
                    id = 0;
                } else if (epoch == 0 || sessionId != id) {
                    id = sessionId;
                    epoch = 1;
                } else {
                    epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
                }
                return true;
            }
            case INVALID_FETCH_SESSION_EPOCH -> epoch = 0; // replaces the session
            default -> {
                id = 0;
                epoch = 0;
            }
        }
        return false;
    }

    /** The session is over; the next request begins another one. */
    void lost() {
        id = 0;
        epoch = 0;
    }

    private List<FetchTopic> named(Map<Name, Position> wanted) {
        var topics = new LinkedHashMap<String, FetchTopic>();
        wanted.forEach((name, position) -> {
            if (!position.equals(known.get(name))) {
                topics.computeIfAbsent(name.topic(), topic -> topic(topic, position))
                        .partitions()
                        .add(partition(name, position));
            }
        });
        return new ArrayList<>(topics.values());
    }

    private List<ForgottenTopic> forgotten(Map<Name, Position> wanted) {
        var topics = new LinkedHashMap<String, ForgottenTopic>();
        known.forEach((name, position) -> {
            Position now = wanted.get(name);
            if (now == null || !now.sourceTopicId().equals(position.sourceTopicId())) {
                topics.computeIfAbsent(
                                name.topic(),
                                topic ->
                                        new ForgottenTopic()
                                                .setTopic(topic)
                                                .setTopicId(position.sourceTopicId()))
                        .partitions()
                        .add(name.partition());
            }
        });
        return new ArrayList<>(topics.values());
    }

    private static FetchTopic topic(String name, Position position) {
        return new FetchTopic().setTopic(name).setTopicId(position.sourceTopicId());
    }

    private static FetchPartition partition(Name name, Position position) {
        return new FetchPartition()
                .setPartition(name.partition())
                .setFetchOffset(position.offset())
                .setLastFetchedEpoch(position.lastEpoch())
                .setCurrentLeaderEpoch(position.leaderEpoch())
                .setPartitionMaxBytes(position.bytesMax());
    }
}
