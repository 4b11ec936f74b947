package io.tombolo.replication.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.replication.follower.FetchPosition;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A fetch session with a leader, by example. */
class LeaderSessionTest {

    private final LeaderSession session = new LeaderSession();

    private static TopicIdPartition id(int partition) {
        return new TopicIdPartition(new Uuid(1, 2), partition, "orders");
    }

    private static FetchPosition at(long offset) {
        return new FetchPosition(3, offset, 2, 0);
    }

    private static Map<TopicIdPartition, FetchPosition> wanted(long... offsets) {
        var wanted = new LinkedHashMap<TopicIdPartition, FetchPosition>();
        for (int partition = 0; partition < offsets.length; partition++) {
            wanted.put(id(partition), at(offsets[partition]));
        }
        return wanted;
    }

    private FetchRequestData request(Map<TopicIdPartition, FetchPosition> wanted) {
        var changes = new LinkedHashMap<TopicIdPartition, Optional<FetchPosition>>();
        session.asked().keySet().forEach(known -> changes.put(known, Optional.empty()));
        wanted.forEach((partition, position) -> changes.put(partition, Optional.of(position)));
        var request = new FetchRequestData();
        session.complete(request, changes, 1000);
        return request;
    }

    private static List<Integer> named(FetchRequestData request) {
        return request.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(FetchRequestData.FetchPartition::partition)
                .toList();
    }

    @Test
    void theFirstRequestNamesAllAndTheNextOnlyWhatHasMoved() {
        FetchRequestData first = request(wanted(5, 6, 7));
        session.answered(Errors.NONE, 77);

        FetchRequestData next = request(wanted(5, 9, 7));

        assertThat(first.sessionEpoch()).isZero();
        assertThat(named(first)).containsExactly(0, 1, 2);
        assertThat(next.sessionId()).isEqualTo(77);
        assertThat(next.sessionEpoch()).isEqualTo(1);
        assertThat(named(next)).containsExactly(1);
        assertThat(next.forgottenTopicsData()).isEmpty();
    }

    @Test
    void whoIsNotWantedAnyMoreIsForgottenAndNamedAgainLater() {
        request(wanted(5, 6));
        session.answered(Errors.NONE, 77);

        FetchRequestData without = request(wanted(5));
        session.answered(Errors.NONE, 77);

        assertThat(without.forgottenTopicsData().getFirst().partitions()).containsExactly(1);
        assertThat(named(request(wanted(5, 6)))).containsExactly(1);
    }

    @Test
    void aLeaderWithoutRoomForASessionIsAskedInFullEachTime() {
        request(wanted(5, 6));

        session.answered(Errors.NONE, 0);

        FetchRequestData next = request(wanted(5, 6));
        assertThat(next.sessionId()).isZero();
        assertThat(next.sessionEpoch()).isZero();
        assertThat(named(next)).containsExactly(0, 1);
    }

    @Test
    void aSessionOfAnotherEpochIsReplacedUnderItsId() {
        request(wanted(5));
        session.answered(Errors.NONE, 77);
        request(wanted(6));

        assertThat(session.answered(Errors.INVALID_FETCH_SESSION_EPOCH, 0)).isFalse();

        FetchRequestData next = request(wanted(6));
        assertThat(next.sessionId()).isEqualTo(77);
        assertThat(next.sessionEpoch()).isZero();
        assertThat(named(next)).containsExactly(0);
    }

    @Test
    void aSessionThatTheLeaderDoesNotKnowBeginsAnew() {
        request(wanted(5));
        session.answered(Errors.NONE, 77);
        request(wanted(6));

        assertThat(session.answered(Errors.FETCH_SESSION_ID_NOT_FOUND, 0)).isFalse();

        FetchRequestData next = request(wanted(6));
        assertThat(next.sessionId()).isZero();
        assertThat(named(next)).containsExactly(0);
    }
}
