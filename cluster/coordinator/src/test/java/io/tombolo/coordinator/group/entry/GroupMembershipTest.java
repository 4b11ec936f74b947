package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;
import static io.tombolo.coordinator.group.entry.Stage.joinRequest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.stage.Heard;

import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The classic protocol; numbers in comments are rows of the wire contract. */
class GroupMembershipTest {

    private final Stage stage = new Stage();

    private static Errors error(JoinGroupResponseData response) {
        return Errors.forCode(response.errorCode());
    }

    private static Errors joinError(Heard<JoinGroupResponseData> heard) {
        return error(heard.response());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    // ---- joining (86) ----

    @Test
    void aDynamicMemberIsFirstGivenAnId() {
        var response = stage.join("").response();

        assertThat(error(response)).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        assertThat(response.memberId()).matches("client-[0-9a-f-]{36}");
    }

    @Test
    void anOldClientIsTakenInWithoutComingBackWithItsId() {
        var join = stage.join(3, joinRequest("", "range"));
        stage.loop.advance(Duration.ofSeconds(3));

        assertThat(joinError(join)).isEqualTo(Errors.NONE);
        assertThat(join.response().leader()).isEqualTo(join.response().memberId());
        assertThat(join.response().protocolName()).isEqualTo("range");
    }

    @Test
    void anIdNobodyWasGivenIsUnknown() {
        assertThat(joinError(stage.join("nobody"))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        stage.form(1);
        assertThat(joinError(stage.join("nobody"))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        var tooShort = joinRequest("", "range").setSessionTimeoutMs(5_999);
        var tooLong = joinRequest("", "range").setSessionTimeoutMs(1_800_001);
        var noGroup = joinRequest("", "range").setGroupId("");
        var hugeName = joinRequest("", "range").setGroupInstanceId("x".repeat(9000));

        assertThat(joinError(stage.join(9, tooShort))).isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
        assertThat(joinError(stage.join(9, tooLong))).isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
        assertThat(joinError(stage.join(9, noGroup))).isEqualTo(Errors.INVALID_GROUP_ID);
        assertThat(joinError(stage.join(9, joinRequest(""))))
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(joinError(stage.join(9, hugeName))).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void theSessionLimitsThemselvesAreAllowed() {
        for (int sessionMs : List.of(6_000, 1_800_000)) {
            var request = joinRequest("", "range").setSessionTimeoutMs(sessionMs);
            assertThat(joinError(stage.join(9, request))).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        }
    }

    @Test
    void oldVersionsCannotSayThatThereIsNoProtocol() {
        assertThat(stage.join(6, joinRequest("nobody", "range")).response().protocolName())
                .isEmpty();
        assertThat(stage.join(7, joinRequest("nobody", "range")).response().protocolName())
                .isNull();
    }

    @Test
    void anIdThatIsNotUsedExpiresWithTheSession() {
        String id = stage.newId();

        stage.loop.advance(Duration.ofMillis(Stage.SESSION_MS + 1));

        assertThat(joinError(stage.join(id))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void theFirstRebalanceWaitsForMoreMembersAsLongAsTheyCome() {
        var first = stage.join(stage.newId());
        stage.loop.advance(Duration.ofMillis(2900));
        var second = stage.join(stage.newId());
        stage.loop.advance(Duration.ofMillis(2900));
        boolean putOff = first.waits();
        stage.loop.advance(Duration.ofMillis(400));

        assertThat(putOff).isTrue();
        assertThat(first.response().generationId()).isEqualTo(1);
        assertThat(second.response().generationId()).isEqualTo(1);
    }

    @Test
    void theFirstRebalanceIsNotPutOffBeyondTheRebalanceTimeout() {
        var first = stage.join(stage.newId());
        for (int i = 0; i < 12; i++) {
            stage.loop.advance(Duration.ofMillis(2500));
            if (first.waits()) {
                stage.join(stage.newId());
            }
        }
        stage.loop.advance(Duration.ofMillis(100));

        assertThat(first.waits()).isFalse();
        assertThat(first.response().generationId()).isEqualTo(1);
    }

    // ---- protocol and leader (89) ----

    @Test
    void onlyTheLeaderIsToldTheMembers() {
        var a = stage.join(stage.newId());
        var b = stage.join(stage.newId());
        stage.loop.advance(Duration.ofSeconds(7));

        var leader = a.response().leader().equals(a.response().memberId()) ? a : b;
        var follower = leader == a ? b : a;
        assertThat(leader.response().members()).hasSize(2);
        assertThat(leader.response().members().getFirst().metadata())
                .isEqualTo(Stage.subscription("orders"));
        assertThat(follower.response().members()).isEmpty();
        assertThat(follower.response().protocolType()).isEqualTo("consumer");
    }

    @Test
    void theProtocolIsTheOneThatMostMembersWantOfThoseAllSupport() {
        var joins =
                List.of(
                        stage.join(stage.newId(), "own", "range", "sticky"),
                        stage.join(stage.newId(), "sticky", "range"),
                        stage.join(stage.newId(), "sticky", "range"));
        stage.loop.advance(Duration.ofSeconds(9));

        assertThat(joins).extracting(join -> join.response().protocolName()).containsOnly("sticky");
    }

    @Test
    void whoSharesNoProtocolWithAllMembersIsRefused() {
        stage.form(2, "range", "sticky");

        assertThat(joinError(stage.join(9, joinRequest("", "roundrobin"))))
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(joinError(stage.join(9, joinRequest("", "range").setProtocolType("connect"))))
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    // ---- syncing ----

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

    // ---- rebalances ----

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

    // ---- heartbeats (87) ----

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

    // ---- leaving ----

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

    // ---- static members (88) ----

    private Stage.Formed formStatic() {
        var a = stage.joinStatic("one", "");
        var b = stage.joinStatic("two", "");
        stage.loop.advance(Duration.ofSeconds(7));
        return stage.stabilize(List.of(a, b));
    }

    private String instanceOf(String memberId) {
        return stage.describe(G).members().stream()
                .filter(member -> member.memberId().equals(memberId))
                .findFirst()
                .orElseThrow()
                .groupInstanceId();
    }

    @Test
    void aStaticMemberComesBackWithoutARebalance() {
        var formed = formStatic();
        String old = formed.follower();
        String instance = instanceOf(old);

        var back = stage.joinStatic(instance, "").response();

        assertThat(back.generationId()).isEqualTo(formed.generation());
        assertThat(back.memberId()).isNotEqualTo(old).startsWith(instance + "-");
        assertThat(back.skipAssignment()).isFalse();
        assertThat(stage.state()).isEqualTo("Stable");
        assertThat(text(stage.sync(back.memberId(), 1, Map.of()).response().assignment()))
                .isEqualTo("for " + old);
        assertThat(stage.heartbeat(old, instance, 1)).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(stage.heartbeat(old, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        stage.failover();
        assertThat(stage.heartbeat(back.memberId(), instance, 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void aStaticLeaderThatComesBackNeedNotAssignAgain() {
        var formed = formStatic();

        var back = stage.joinStatic(instanceOf(formed.leader()), "").response();

        assertThat(back.skipAssignment()).isTrue();
        assertThat(back.leader()).isEqualTo(back.memberId());
        assertThat(back.members()).hasSize(2);
    }

    @Test
    void anOldClientThatComesBackAsLeaderIsNotToldSo() {
        var formed = formStatic();
        String instance = instanceOf(formed.leader());

        var back = stage.join(8, joinRequest("", "range").setGroupInstanceId(instance)).response();

        assertThat(back.leader()).isEqualTo(formed.leader()).isNotEqualTo(back.memberId());
        assertThat(back.skipAssignment()).isFalse();
    }

    @Test
    void aStaticMemberThatComesBackDifferentMakesAllJoinAgain() {
        var joins =
                List.of(
                        stage.join(9, joinRequest("", "sticky", "range").setGroupInstanceId("one")),
                        stage.join(
                                9, joinRequest("", "sticky", "range").setGroupInstanceId("two")));
        stage.loop.advance(Duration.ofSeconds(7));
        stage.stabilize(joins);

        var changed = stage.join(9, joinRequest("", "range", "sticky").setGroupInstanceId("two"));

        assertThat(changed.waits()).isTrue();
        assertThat(stage.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void theOldSelfOfAStaticMemberIsFencedEvenWhileItWaits() {
        var first = stage.joinStatic("one", "");

        var second = stage.joinStatic("one", "");
        stage.loop.advance(Duration.ofSeconds(7));

        assertThat(joinError(first)).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(joinError(second)).isEqualTo(Errors.NONE);
    }

    @Test
    void aStaticMemberKeepsItsPlaceThroughARebalanceItMissed() {
        var a = stage.joinStatic("one", "");
        stage.loop.advance(Duration.ofSeconds(7));
        stage.stabilize(List.of(a));
        String one = a.response().memberId();
        var dynamic = stage.join(stage.newId());
        for (int i = 0; i < 7; i++) {
            stage.loop.advance(Duration.ofSeconds(5));
            stage.heartbeat(one, "one", 1);
        }

        assertThat(dynamic.response().generationId()).isEqualTo(2);
        assertThat(stage.describe(G).members())
                .extracting(member -> member.memberId())
                .contains(one);
    }

    // ---- size ----

    @Test
    void aFullGroupTakesNobodyIn() {
        var small = new Stage(Stage.settings(2));
        var formed = small.form(2);

        assertThat(joinError(small.join(""))).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(small.join(formed.follower()).response().generationId()).isEqualTo(1);
    }

    @Test
    void whileMembersGatherTheFirstToComeGetThePlaces() {
        var small = new Stage(Stage.settings(2));
        String a = small.newId();
        String b = small.newId();
        String c = small.newId();
        var joins = List.of(small.join(a), small.join(b));

        var tooLate = small.join(c);
        small.loop.advance(Duration.ofSeconds(12));

        assertThat(joinError(tooLate)).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(joins).allSatisfy(join -> assertThat(joinError(join)).isEqualTo(Errors.NONE));
    }

    // ---- failover (91) ----

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
