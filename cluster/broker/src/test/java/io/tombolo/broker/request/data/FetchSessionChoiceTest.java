package io.tombolo.broker.request.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.request.data.FetchSessionChoice.Chosen;
import io.tombolo.broker.request.data.FetchSessionChoice.Refused;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class FetchSessionChoiceTest {

    private static final short BY_NAME = 12;
    private static final short BY_ID = 13;

    private final FetchSessions.Slots slots = new FetchSessions.Slots(2);
    private final FetchSessions sessions = new FetchSessions(slots);

    @Test
    void aFetchWithoutASessionNamesItsPartitions() {
        Chosen chosen = choose(request(0, -1, 0, 1));

        assertThat(chosen.session()).isNull();
        assertThat(chosen.incremental()).isFalse();
        assertThat(places(chosen)).containsExactly(0, 1);
    }

    @Test
    void aSessionRemembersWhatItsFirstRequestNamed() {
        FetchSession session = session(choose(request(0, 0, 0, 1)));

        Chosen next = choose(request(session.id(), 1));

        assertThat(next.incremental()).isTrue();
        assertThat(places(next)).containsExactly(0, 1);
    }

    @Test
    void aLaterRequestAddsAndForgetsPartitions() {
        FetchSession session = session(choose(request(0, 0, 0, 1)));
        FetchRequestData later = request(session.id(), 1, 2);
        later.setForgottenTopicsData(
                List.of(new ForgottenTopic().setTopic("orders").setPartitions(List.of(0))));

        assertThat(places(choose(later))).containsExactly(1, 2);
    }

    @Test
    void aRequestOutOfTurnIsRefused() {
        FetchSession session = session(choose(request(0, 0, 0)));

        assertThat(FetchSessionChoice.choose(sessions, request(session.id(), 2), BY_NAME))
                .isEqualTo(new Refused(Errors.INVALID_FETCH_SESSION_EPOCH));
        assertThat(FetchSessionChoice.choose(sessions, request(session.id() + 1, 1), BY_NAME))
                .isEqualTo(new Refused(Errors.FETCH_SESSION_ID_NOT_FOUND));
        assertThat(FetchSessionChoice.choose(sessions, request(session.id(), 1), BY_ID))
                .isEqualTo(new Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR));
    }

    @Test
    void theEpochGoesOnFromOneAfterTheLargest() {
        var session = new FetchSession(1, false);
        for (int step = 0; step < 3; step++) {
            session.advanceEpoch();
        }

        assertThat(session.expectedEpoch()).isEqualTo(4);
    }

    @Test
    void withoutAFreeSlotAClientIsServedWithoutASession() {
        choose(request(0, 0, 0));
        choose(request(0, 0, 0));

        assertThat(choose(request(0, 0, 0)).session()).isNull();

        sessions.close();
        assertThat(choose(request(0, 0, 0)).session()).isNotNull();
    }

    @Test
    void aServedPartitionComesLastTheNextTime() {
        Chosen chosen = choose(request(0, 0, 0, 1, 2));
        FetchSession session = session(chosen);

        session.rotate(chosen.entries().getFirst());

        assertThat(places(choose(request(session.id(), 1)))).containsExactly(1, 2, 0);
    }

    private Chosen choose(FetchRequestData request) {
        FetchSessionChoice choice = FetchSessionChoice.choose(sessions, request, BY_NAME);
        assertThat(choice).isInstanceOf(Chosen.class);
        return (Chosen) choice;
    }

    private static FetchSession session(Chosen chosen) {
        FetchSession session = chosen.session();
        if (session == null) {
            throw new AssertionError("no session");
        }
        return session;
    }

    private static List<Integer> places(Chosen chosen) {
        return chosen.entries().stream().map(entry -> entry.key().partition()).toList();
    }

    private static FetchRequestData request(int session, int epoch, int... partitions) {
        var named = new ArrayList<FetchPartition>();
        for (int partition : partitions) {
            named.add(new FetchPartition().setPartition(partition));
        }
        var request = new FetchRequestData().setSessionId(session).setSessionEpoch(epoch);
        if (!named.isEmpty()) {
            var topic = new FetchTopic().setTopic("orders").setTopicId(Uuid.ZERO_UUID);
            request.setTopics(List.of(topic.setPartitions(named)));
        }
        return request;
    }
}
