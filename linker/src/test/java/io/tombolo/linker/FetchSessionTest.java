package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.linker.FetchSession.Name;
import io.tombolo.linker.FetchSession.Position;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.Map;

class FetchSessionTest {

    private static final Name ONE = new Name("orders", 1);
    private static final Name TWO = new Name("orders", 2);

    private final FetchSession session = new FetchSession();

    @Test
    void theFirstRequestNamesEverything() {
        var request = session.next(Map.of(ONE, at(5), TWO, at(6)));

        assertThat(request.sessionEpoch()).isZero();
        assertThat(request.topics().getFirst().partitions()).hasSize(2);
    }

    @Test
    void laterRequestsNameWhatHasChangedAndForgetWhatIsNotWanted() {
        session.next(Map.of(ONE, at(5), TWO, at(6)));
        session.answered(Errors.NONE, 77);

        var request = session.next(Map.of(ONE, at(9)));

        assertThat(request.sessionId()).isEqualTo(77);
        assertThat(request.sessionEpoch()).isEqualTo(1);
        assertThat(request.topics().getFirst().partitions())
                .singleElement()
                .satisfies(partition -> assertThat(partition.fetchOffset()).isEqualTo(9));
        assertThat(request.forgottenTopicsData().getFirst().partitions()).containsExactly(2);
        session.answered(Errors.NONE, 77);
        assertThat(session.next(Map.of(ONE, at(9))).topics()).isEmpty();
    }

    @Test
    void aSessionThatTheSourceForgotBeginsAgainInFull() {
        session.next(Map.of(ONE, at(5)));
        session.answered(Errors.NONE, 77);
        session.next(Map.of(ONE, at(5)));

        assertThat(session.answered(Errors.FETCH_SESSION_ID_NOT_FOUND, 0)).isFalse();

        var request = session.next(Map.of(ONE, at(5)));
        assertThat(request.sessionId()).isZero();
        assertThat(request.sessionEpoch()).isZero();
        assertThat(request.topics()).hasSize(1);
    }

    @Test
    void aSourceWithoutSessionsIsAskedInFullEachTime() {
        session.next(Map.of(ONE, at(5)));
        session.answered(Errors.NONE, 0);

        assertThat(session.next(Map.of(ONE, at(5))).topics()).hasSize(1);
    }

    private static Position at(long offset) {
        return new Position(new Uuid(1, 2), offset, 3, 4, 65_536);
    }
}
