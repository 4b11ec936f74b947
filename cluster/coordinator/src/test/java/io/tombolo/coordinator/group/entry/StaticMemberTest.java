package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;
import static io.tombolo.coordinator.group.entry.Stage.joinError;
import static io.tombolo.coordinator.group.entry.Stage.joinRequest;
import static io.tombolo.coordinator.group.entry.Stage.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Members that come back under their instance id. */
class StaticMemberTest {

    private final Stage stage = new Stage();

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
}
