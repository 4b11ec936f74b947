package io.tombolo.broker.request.data;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Which partitions a fetch is about, by the rules of KIP-227. */
sealed interface FetchSessionChoice {

    int NO_SESSION_EPOCH = -1;
    int FIRST_EPOCH = 0;
    short FIRST_WITH_TOPIC_IDS = 13;

    /**
     * These partitions.
     *
     * @param named those that the request names
     * @param forgotten those that are no part of the session any more
     * @param session to be named in the answer, null for none
     * @param incremental whether partitions without news are left out of the answer
     */
    record Chosen(
            List<FetchEntry> named,
            List<FetchEntry> forgotten,
            @Nullable FetchSession session,
            boolean incremental)
            implements FetchSessionChoice {

        /** All that the fetch is about. */
        List<FetchEntry> entries() {
            return session != null && incremental ? session.entries() : named;
        }
    }

    /** The whole request is refused. */
    record Refused(Errors error) implements FetchSessionChoice {}

    static FetchSessionChoice choose(FetchSessions sessions, FetchRequestData body, short version) {
        boolean byId = version >= FIRST_WITH_TOPIC_IDS;
        return switch (body.sessionEpoch()) {
            case NO_SESSION_EPOCH -> {
                sessions.close(body.sessionId());
                yield new Chosen(named(body, byId), List.of(), null, false);
            }
            case FIRST_EPOCH -> {
                sessions.close(body.sessionId());
                List<FetchEntry> entries = named(body, byId);
                Optional<FetchSession> session = sessions.open(byId);
                session.ifPresent(opened -> entries.forEach(opened::put));
                yield new Chosen(entries, List.of(), session.orElse(null), false);
            }
            default -> continued(sessions, body, byId);
        };
    }

    private static FetchSessionChoice continued(
            FetchSessions sessions, FetchRequestData body, boolean byId) {
        Optional<FetchSession> found = sessions.find(body.sessionId());
        if (found.isEmpty()) {
            return new Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        FetchSession session = found.get();
        if (session.usesTopicIds() != byId) {
            return new Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        if (session.expectedEpoch() != body.sessionEpoch()) {
            return new Refused(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
        session.advanceEpoch();
        List<FetchEntry> named = named(body, byId).stream().map(session::put).toList();
        var forgotten = new ArrayList<FetchEntry>();
        for (ForgottenTopic topic : body.forgottenTopicsData()) {
            for (int partition : topic.partitions()) {
                session.remove(key(topic.topicId(), topic.topic(), partition, byId))
                        .ifPresent(forgotten::add);
            }
        }
        return new Chosen(named, forgotten, session, true);
    }

    /** Of a partition that is named twice the last wish counts. */
    static List<FetchEntry> named(FetchRequestData body, short version) {
        return named(body, version >= FIRST_WITH_TOPIC_IDS);
    }

    private static List<FetchEntry> named(FetchRequestData body, boolean byId) {
        var entries = new LinkedHashMap<FetchSession.Key, FetchEntry>();
        for (FetchTopic topic : body.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                FetchSession.Key key =
                        key(topic.topicId(), topic.topic(), partition.partition(), byId);
                entries.put(key, new FetchEntry(key, partition));
            }
        }
        return List.copyOf(entries.values());
    }

    private static FetchSession.Key key(Uuid topicId, String topic, int partition, boolean byId) {
        return byId
                ? new FetchSession.Key(topicId, "", partition)
                : new FetchSession.Key(Uuid.ZERO_UUID, topic, partition);
    }
}
