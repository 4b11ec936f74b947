package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;
import static io.tombolo.coordinator.group.entry.Stage.joinError;
import static io.tombolo.coordinator.group.entry.Stage.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.group.GroupEvent;

import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

/** How members agree on a generation and on what each of them gets. */
class GroupRebalanceTest {

    private final Stage stage = new Stage();

    @Test
    void everyMemberGetsWhatTheLeaderAssigned() {
        var formed = stage.form(3);

        for (String id : formed.members()) {
            assertThat(text(stage.sync(id, 1, Map.of()).response().assignment()))
                    .isEqualTo("for " + id);
        }
        assertThat(stage.state()).isEqualTo("Stable");
        assertThat(stage.reports.lines()).contains("signal " + new GroupEvent.Stabilized(G, 1, 3));
    }

    @Test
    void followersWaitForTheLeader() {
        var a = stage.join(stage.newId());
        var b = stage.join(stage.newId());
        stage.loop.advance(Duration.ofSeconds(7));
        String leader = a.response().leader();
        String follower =
                a.response().memberId().equals(leader)
                        ? b.response().memberId()
                        : a.response().memberId();

        var waiting = stage.sync(follower, 1, Map.of());
        boolean waited = waiting.waits();
        stage.sync(leader, 1, Map.of(follower, "yours"));

        assertThat(waited).isTrue();
        assertThat(text(waiting.response().assignment())).isEqualTo("yours");
    }

    @Test
    void aSyncThatDoesNotFitIsRefused() {
        var formed = stage.form(1);
        String id = formed.leader();

        assertThat(stage.sync("nobody", 1, Map.of()).response().errorCode())
                .isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        assertThat(stage.sync(id, 2, Map.of()).response().errorCode())
                .isEqualTo(Errors.ILLEGAL_GENERATION.code());
        var other =
                new SyncGroupRequestData()
                        .setGroupId(G)
                        .setMemberId(id)
                        .setGenerationId(1)
                        .setProtocolType("consumer")
                        .setProtocolName("sticky");
        assertThat(stage.sync(5, other).response().errorCode())
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL.code());
        assertThat(stage.sync(5, other.duplicate().setProtocolName(null)).response().errorCode())
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL.code());
    }

    @Test
    void membersThatNeverSyncAreRemovedAtTheRebalanceTimeout() { // 90
        var a = stage.join(stage.newId());
        var b = stage.join(stage.newId());
        stage.loop.advance(Duration.ofSeconds(7));
        String leader = a.response().leader();
        String silent =
                a.response().memberId().equals(leader)
                        ? b.response().memberId()
                        : a.response().memberId();
        stage.sync(leader, 1, Map.of(leader, "all"));

        for (int i = 0; i < 7; i++) {
            stage.loop.advance(Duration.ofSeconds(5));
            stage.heartbeat(silent, 1);
            stage.heartbeat(leader, 1);
        }

        assertThat(stage.heartbeat(silent, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(stage.heartbeat(leader, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aNewMemberMakesAllOthersJoinAgain() {
        var formed = stage.form(2);
        var third = stage.join(stage.newId());

        for (String id : formed.members()) {
            assertThat(stage.heartbeat(id, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
            assertThat(stage.sync(id, 1, Map.of()).response().errorCode())
                    .isEqualTo(Errors.REBALANCE_IN_PROGRESS.code());
        }
        var again = formed.members().stream().map(id -> stage.join(id)).toList();

        assertThat(third.response().generationId()).isEqualTo(2);
        assertThat(again).allSatisfy(join -> assertThat(join.waits()).isFalse());
    }

    @Test
    void whoDoesNotJoinAgainInTimeIsOut() {
        var formed = stage.form(2);
        stage.join(stage.newId());
        var leaderAgain = stage.join(formed.leader());

        for (int i = 0; i < 7; i++) {
            stage.loop.advance(Duration.ofSeconds(5));
            stage.heartbeat(formed.follower(), 1);
        }

        assertThat(leaderAgain.response().generationId()).isEqualTo(2);
        assertThat(stage.heartbeat(formed.follower(), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aFollowerThatJoinsAgainUnchangedDisturbsNobody() {
        var formed = stage.form(2);

        var again = stage.join(formed.follower());

        assertThat(again.response().generationId()).isEqualTo(1);
        assertThat(stage.state()).isEqualTo("Stable");
    }

    @Test
    void aLeaderThatJoinsAgainMakesEverybodyJoinAgain() {
        var formed = stage.form(2);

        var again = stage.join(formed.leader());

        assertThat(again.waits()).isTrue();
        assertThat(stage.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void aMemberWithOtherWishesMakesEverybodyJoinAgain() {
        var formed = stage.form(2, "range", "sticky");

        stage.join(formed.follower(), "sticky", "range");

        assertThat(stage.heartbeat(formed.leader(), 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aMemberThatMissedItsAnswerIsToldAgain() {
        var join = stage.join(stage.newId());
        stage.loop.advance(Duration.ofSeconds(3));
        String id = join.response().memberId();

        var again = stage.join(id);

        assertThat(again.response().generationId()).isEqualTo(1);
        assertThat(again.response().members()).hasSize(1);
    }

    @Test
    void aRepeatedRequestTakesThePlaceOfTheOneThatWaits() {
        String id = stage.newId();
        var lost = stage.join(id);

        var repeated = stage.join(id);
        stage.loop.advance(Duration.ofSeconds(7));

        assertThat(joinError(lost)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(joinError(repeated)).isEqualTo(Errors.NONE);
    }
}
