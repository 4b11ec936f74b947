package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;
import static io.tombolo.coordinator.group.entry.Stage.joinError;
import static io.tombolo.coordinator.group.entry.Stage.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a group keeps when its coordinator is lost. */
class GroupFailoverTest {

    private final Stage stage = new Stage();

    @Test
    void aStableGroupSurvivesAFailover() {
        var formed = stage.form(3);

        stage.failover();

        assertThat(stage.state()).isEqualTo("Stable");
        for (String id : formed.members()) {
            assertThat(stage.heartbeat(id, 1)).isEqualTo(Errors.NONE);
            assertThat(text(stage.sync(id, 1, Map.of()).response().assignment()))
                    .isEqualTo("for " + id);
        }
    }

    @Test
    void aFailoverBeforeTheLeaderAssignedGoesOnWithTheSameGeneration() {
        var a = stage.join(stage.newId());
        var b = stage.join(stage.newId());
        stage.loop.advance(Duration.ofSeconds(7));

        stage.failover();

        assertThat(stage.state()).isEqualTo("CompletingRebalance");
        var formed = stage.stabilize(List.of(a, b));
        assertThat(formed.generation()).isEqualTo(1);
        assertThat(stage.state()).isEqualTo("Stable");
    }

    @Test
    void aFailoverAfterAMemberLeftDoesNotBringItBack() {
        var formed = stage.form(2);
        stage.leave(formed.follower(), null);

        stage.failover();

        assertThat(stage.state()).isEqualTo("PreparingRebalance");
        assertThat(stage.heartbeat(formed.follower(), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(stage.heartbeat(formed.leader(), 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(stage.join(formed.leader()).response().generationId()).isEqualTo(2);
    }

    @Test
    void aMemberThatLeftDuringARebalanceDoesNotComeBackEither() {
        var formed = stage.form(2);
        stage.join(stage.newId());
        stage.leave(formed.follower(), null);

        stage.failover();

        assertThat(stage.state()).isEqualTo("PreparingRebalance");
        assertThat(stage.heartbeat(formed.follower(), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void waitingMembersAreToldOfAFailoverAtOnce() {
        var join = stage.join(stage.newId());

        stage.coordinator.resign(0);

        assertThat(joinError(join)).isEqualTo(Errors.NOT_COORDINATOR);
    }

    @Test
    void whoIsNotCoordinatorSaysSo() { // 85
        stage.coordinator.resign(0);

        assertThat(stage.heartbeat("a", 1)).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(joinError(stage.join(""))).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(stage.describe(G).errorCode()).isEqualTo(Errors.NOT_COORDINATOR.code());
    }

    @Test
    void answersOfAGenerationWaitUntilItIsCommitted() {
        stage.log.committing(false);
        var join = stage.join(stage.newId());
        stage.loop.advance(Duration.ofMillis(3001));

        boolean waited = join.waits();
        stage.log.commit(0);

        assertThat(waited).isTrue();
        assertThat(join.response().generationId()).isEqualTo(1);
    }

    @Test
    void aGenerationThatCouldNotBeRecordedIsTriedAgain() {
        var join = stage.join(stage.newId());
        stage.log.refuseNext(Errors.NOT_ENOUGH_REPLICAS);
        stage.loop.advance(Duration.ofMillis(3100));
        boolean waited = join.waits();

        stage.loop.advance(Duration.ofSeconds(1));

        assertThat(waited).isTrue();
        assertThat(join.response().generationId()).isEqualTo(1);
    }
}
