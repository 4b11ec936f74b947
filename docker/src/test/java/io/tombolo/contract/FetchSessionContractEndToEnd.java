package io.tombolo.contract;

import static io.tombolo.contract.FetchCalls.BY_ID;
import static io.tombolo.contract.FetchCalls.BY_NAME;
import static io.tombolo.contract.FetchCalls.batches;
import static io.tombolo.contract.FetchCalls.fetch;
import static io.tombolo.contract.FetchCalls.from;
import static io.tombolo.contract.FetchCalls.of;
import static io.tombolo.contract.FetchCalls.only;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Contracts 75 to 78: incremental fetch sessions. */
class FetchSessionContractEndToEnd {

    private static final int CLOSE = -1;
    private static final int CREATE = 0;

    /** Tombolo bounds the sessions of a connection as well. */
    private static final int SESSIONS_PER_CONNECTION = 8;

    private static final int CONNECTIONS_MAX = 400;

    @ContractTest
    @DisplayName("75: sessions are made, gone on with and closed; a wrong id or epoch is refused")
    void contract075SessionLife(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            FetchResponseData sessionless =
                    client.call(inSession(0, CLOSE, of(topic, from(0, 0))), BY_ID);
            assertThat(sessionless.sessionId()).isZero();

            int session = newSession(client, topic);
            FetchResponseData second = client.call(inSession(session, 1), BY_ID);
            assertThat(Errors.forCode(second.errorCode())).isEqualTo(Errors.NONE);
            assertThat(second.sessionId()).isEqualTo(session);
            assertRefused(client, session, 1, BY_ID, Errors.INVALID_FETCH_SESSION_EPOCH);
            assertRefused(client, session, 3, BY_ID, Errors.INVALID_FETCH_SESSION_EPOCH);
            assertRefused(client, session, 2, BY_NAME, Errors.FETCH_SESSION_TOPIC_ID_ERROR);

            FetchResponseData closed =
                    client.call(inSession(session, CLOSE, of(topic, from(0, 0))), BY_ID);
            assertThat(Errors.forCode(closed.errorCode())).isEqualTo(Errors.NONE);
            assertThat(closed.sessionId()).isZero();
            assertRefused(client, session, 2, BY_ID, Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
    }

    @ContractTest
    @DisplayName("75: who reconnects names the session it had, and gets all and a new session")
    void reconnection(Subject subject) {
        Topic topic = subject.newTopic();
        int before;
        try (var client = subject.connect()) {
            before = newSession(client, topic);
        }

        try (var client = subject.connect()) {
            FetchResponseData full =
                    client.call(inSession(before, CREATE, of(topic, from(0, 0))), BY_ID);

            assertThat(Errors.forCode(full.errorCode())).isEqualTo(Errors.NONE);
            assertThat(full.responses()).hasSize(1);
            assertThat(full.sessionId()).isPositive().isNotEqualTo(before);
        }
    }

    @ContractTest
    @DisplayName("76: an incremental response leaves out partitions with nothing new")
    void contract076IncrementalResponse(Subject subject) {
        Topic topic = subject.newTopic(3, Map.of());
        try (var client = subject.connect()) {
            FetchResponseData full =
                    client.call(
                            inSession(0, CREATE, of(topic, from(0, 0), from(1, 0), from(2, 5))),
                            BY_ID);
            assertThat(full.responses().getFirst().partitions()).hasSize(3);
            int session = full.sessionId();

            FetchResponseData erroneous = client.call(inSession(session, 1), BY_ID);
            assertThat(only(erroneous).partitionIndex()).isEqualTo(2);
            assertThat(Errors.forCode(only(erroneous).errorCode()))
                    .isEqualTo(Errors.OFFSET_OUT_OF_RANGE);

            FetchResponseData cured =
                    client.call(inSession(session, 2, of(topic, from(2, 0))), BY_ID);
            assertThat(only(cured).partitionIndex()).isEqualTo(2);
            assertThat(Errors.forCode(only(cured).errorCode())).isEqualTo(Errors.NONE);

            FetchResponseData nothing = client.call(inSession(session, 3), BY_ID);
            assertThat(nothing.responses()).isEmpty();

            ProduceCalls.append(client, topic, "news");
            FetchResponseData news = client.call(inSession(session, 4), BY_ID);
            assertThat(only(news).partitionIndex()).isZero();
            assertThat(batches(only(news))).hasSize(1);

            FetchResponseData seen =
                    client.call(inSession(session, 5, of(topic, from(0, 1))), BY_ID);
            assertThat(seen.responses()).isEmpty();

            TopicContractEndToEnd.deleteRecords(client, topic, 1);
            FetchResponseData moved = client.call(inSession(session, 6), BY_ID);
            assertThat(only(moved).logStartOffset()).isEqualTo(1);
        }
    }

    @ContractTest
    @DisplayName("a forgotten partition is no longer fetched")
    void forgottenPartitionsAreLeftOut(Subject subject) {
        Topic topic = subject.newTopic(2, Map.of());
        try (var client = subject.connect()) {
            FetchResponseData full =
                    client.call(inSession(0, CREATE, of(topic, from(0, 0), from(1, 0))), BY_ID);
            var forgetting = inSession(full.sessionId(), 1);
            forgetting
                    .forgottenTopicsData()
                    .add(
                            new FetchRequestData.ForgottenTopic()
                                    .setTopic(topic.name())
                                    .setTopicId(topic.id())
                                    .setPartitions(List.of(0)));
            client.call(forgetting, BY_ID);

            ProduceCalls.append(client, topic, "unheard");
            FetchResponseData next = client.call(inSession(full.sessionId(), 2), BY_ID);
            assertThat(next.responses()).isEmpty();
        }
    }

    @ContractTest
    @DisplayName("77: a topic created again under a session is unknown or inconsistent by its id")
    void contract077RecreatedTopic(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            int session = newSession(client, topic);
            TopicCalls.delete(client, topic.name());
            TopicCalls.create(client, topic.name(), 1, Map.of());

            FetchResponseData incremental = client.call(inSession(session, 1), BY_ID);
            assertThat(Errors.forCode(only(incremental).errorCode()))
                    .isEqualTo(Errors.INCONSISTENT_TOPIC_ID);
            FetchResponseData full = client.call(fetch(of(topic, from(0, 0))), BY_ID);
            assertThat(Errors.forCode(only(full).errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        }
    }

    @ContractTest
    @DisplayName("78: when the cache is full a fetch gets full data and no session")
    void contract078CacheIsFull(Subject subject) {
        Topic topic = subject.newTopic();
        var holders = new ArrayList<Holder>();
        try {
            boolean refused = false;
            for (int i = 0; i < CONNECTIONS_MAX && !refused; i++) {
                var holder = new Holder(subject.connect(), new ArrayList<>());
                holders.add(holder);
                refused = holder.openSessions(topic);
            }
            assertThat(refused).isTrue();
            assertThat(holders.stream().mapToInt(holder -> holder.sessions.size()).sum())
                    .isLessThanOrEqualTo(1_000);
        } finally {
            // What follows this test needs sessions of its own.
            holders.forEach(Holder::close);
        }
    }

    static FetchRequestData inSession(int session, int epoch, FetchTopic... topics) {
        return fetch(topics).setSessionId(session).setSessionEpoch(epoch);
    }

    /** A session that has seen the first partition of a topic. */
    static int newSession(RawClient client, Topic topic) {
        FetchResponseData full = client.call(inSession(0, CREATE, of(topic, from(0, 0))), BY_ID);
        assertThat(full.sessionId()).isPositive();
        return full.sessionId();
    }

    private static void assertRefused(
            RawClient client, int session, int epoch, int version, Errors expected) {
        FetchResponseData answer = client.call(inSession(session, epoch), version);
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(expected);
        assertThat(answer.sessionId()).isZero();
        assertThat(answer.responses()).isEmpty();
    }

    /** A connection and the sessions that were opened on it. */
    private record Holder(RawClient client, List<Integer> sessions) implements AutoCloseable {

        /** Asks for some sessions; whether one was not given. */
        boolean openSessions(Topic topic) {
            for (int i = 0; i < SESSIONS_PER_CONNECTION; i++) {
                client.send(inSession(0, CREATE, of(topic, from(0, 0))), BY_ID);
            }
            boolean refused = false;
            for (int i = 0; i < SESSIONS_PER_CONNECTION; i++) {
                FetchResponseData answer = client.receive();
                assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
                assertThat(answer.responses()).hasSize(1);
                if (answer.sessionId() == 0) {
                    refused = true;
                } else {
                    sessions.add(answer.sessionId());
                }
            }
            return refused;
        }

        @Override
        public void close() {
            for (int session : sessions) {
                client.call(inSession(session, CLOSE), BY_ID);
            }
            client.close();
        }
    }
}
