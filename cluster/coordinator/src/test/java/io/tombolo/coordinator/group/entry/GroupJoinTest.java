package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.error;
import static io.tombolo.coordinator.group.entry.Stage.joinError;
import static io.tombolo.coordinator.group.entry.Stage.joinRequest;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Joining by the classic protocol; numbers in comments are rows of the wire contract. */
class GroupJoinTest {

    private final Stage stage = new Stage();

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

    /** A group is one record, which its log has to take. */
    @Test
    void aMemberThatWouldMakeTheGroupTooLargeIsRefusedAndTheOthersGoOn() {
        var formed = stage.form(2);
        var large = joinRequest("", "range");
        large.protocols().find("range").setMetadata(new byte[700_000]);

        var first = stage.join(3, large.duplicate());
        var second = stage.join(3, large);

        assertThat(first.waits()).isTrue();
        assertThat(joinError(second)).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        var again = joinRequest(formed.leader(), "range");
        again.protocols().find("range").setMetadata(new byte[500_000]);
        assertThat(joinError(stage.join(9, again))).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(stage.join(formed.leader()).waits()).isTrue();
    }

    @Test
    void aGroupThatItsLogDoesNotTakeLosesItsMembersAndOthersGoOn() {
        var large = joinRequest("", "range");
        large.protocols().find("range").setMetadata(new byte[100_000]);
        var member = stage.join(3, large);
        stage.log.takingAtMost(50_000);

        stage.loop.advance(Duration.ofSeconds(10));

        assertThat(joinError(member)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(stage.form(1).generation()).isPositive();
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
}
