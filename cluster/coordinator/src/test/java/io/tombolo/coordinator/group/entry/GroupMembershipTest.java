package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;
import static io.tombolo.coordinator.group.entry.Stage.joinError;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.stage.Heard;

import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** How members show that they live, and how they leave. */
class GroupMembershipTest {

    private final Stage stage = new Stage();

    @Test
    void aGroupThatDoesNotExistHasNoMembers() {
        assertThat(stage.heartbeat("a", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(stage.sync("a", 1, Map.of()).response().errorCode())
                .isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        var left = stage.leave("a", null).response();
        assertThat(left.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(left.members().getFirst().errorCode())
                .isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
    }

    @Test
    void heartbeatsKeepAMemberAndSilenceLosesIt() {
        var formed = stage.form(2);
        for (int i = 0; i < 5; i++) {
            stage.loop.advance(Duration.ofSeconds(6));
            stage.heartbeat(formed.leader(), 1);
        }

        assertThat(stage.heartbeat(formed.leader(), 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(stage.heartbeat(formed.follower(), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void anotherGenerationIsIllegal() {
        var formed = stage.form(1);

        assertThat(stage.heartbeat(formed.leader(), 0)).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(stage.heartbeat(formed.leader(), 2)).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(stage.heartbeat(formed.leader(), 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void heartbeatsAreNotTroubledByALoad() {
        var formed = stage.form(1);
        stage.coordinator.resign(0);
        stage.coordinator.lead(0, 9);
        var heard = new Heard<org.apache.kafka.common.message.HeartbeatResponseData>();

        stage.coordinator
                .membership()
                .heartbeat(
                        stage.caller(4),
                        new org.apache.kafka.common.message.HeartbeatRequestData()
                                .setGroupId(G)
                                .setMemberId(formed.leader())
                                .setGenerationId(1),
                        heard);

        assertThat(heard.response().errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void leavingMakesTheOthersJoinAgain() {
        var formed = stage.form(2);

        var left = stage.leave(formed.follower(), null);

        assertThat(left.response().members().getFirst().errorCode()).isZero();
        assertThat(stage.heartbeat(formed.leader(), 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        var again = stage.join(formed.leader());
        assertThat(again.response().generationId()).isEqualTo(2);
    }

    @Test
    void theLastMemberLeavesAnEmptyGroupBehind() {
        var formed = stage.form(1);

        stage.leave(formed.leader(), null);

        assertThat(stage.state()).isEqualTo("Empty");
        stage.failover();
        assertThat(stage.state()).isEqualTo("Empty");
        var again = stage.join(stage.newId());
        stage.loop.advance(Duration.ofSeconds(3));
        assertThat(again.response().generationId()).as("generations go on").isEqualTo(3);
    }

    @Test
    void oldVersionsOfLeaveNameOneMemberAndHearOneError() {
        var formed = stage.form(1);
        var request = new LeaveGroupRequestData().setGroupId(G);

        var unknown = stage.leave(2, request.duplicate().setMemberId("nobody")).response();
        var known = stage.leave(1, request.duplicate().setMemberId(formed.leader())).response();

        assertThat(unknown.errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        assertThat(unknown.members()).isEmpty();
        assertThat(known.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(stage.state()).isEqualTo("Empty");
    }

    @Test
    void severalMembersAreRemovedInOneRequest() {
        var a = stage.joinStatic("one", "");
        var b = stage.joinStatic("two", "");
        stage.loop.advance(Duration.ofSeconds(7));
        stage.stabilize(List.of(a, b));

        var request =
                new LeaveGroupRequestData()
                        .setGroupId(G)
                        .setMembers(
                                List.of(
                                        new MemberIdentity().setGroupInstanceId("one"),
                                        new MemberIdentity()
                                                .setGroupInstanceId("two")
                                                .setMemberId("other"),
                                        new MemberIdentity().setGroupInstanceId("three")));
        var results = stage.leave(5, request).response().members();

        assertThat(results)
                .extracting(result -> Errors.forCode(result.errorCode()))
                .containsExactly(Errors.NONE, Errors.FENCED_INSTANCE_ID, Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void anIdThatIsNotUsedCanBeGivenBack() {
        String id = stage.newId();

        var left = stage.leave(id, null).response();

        assertThat(left.members().getFirst().errorCode()).isZero();
        assertThat(joinError(stage.join(id))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }
}
