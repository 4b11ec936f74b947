package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.commitRequest;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;

/**
 * How long positions outlive what made them (contract 95), for what {@code GroupOffsetsTest} does
 * not show: groups of consumers, of other protocol types and in rebalances.
 *
 * <pre>
 * the group                               | a position expires so long after
 * simple: nobody ever joined              | its commit
 * classic, empty                          | the last member was gone
 * classic, live, of consumers, stable     | its commit, when nobody reads its topic
 * classic, live, otherwise                | never
 * of consumers (KIP-848), live            | its commit, when nobody reads its topic
 * of consumers (KIP-848), empty           | the last member was gone, or its commit if that is later
 * </pre>
 */
class OffsetRetentionTest {

    private static final Duration RETENTION = Duration.ofDays(7);
    private static final Duration ROUND = Duration.ofMinutes(10);

    private final Stage stage = new Stage();
    private final ConsumerClient consumer = new ConsumerClient(stage, "c", null);

    private Errors commit(String topic, String member, int epoch) {
        return Stage.errorOf(
                stage.commit(
                        9,
                        commitRequest(topic, 0, 42)
                                .setMemberId(member)
                                .setGenerationIdOrMemberEpoch(epoch)));
    }

    private void liveFor(Duration time) {
        for (Duration lived = Duration.ZERO;
                lived.compareTo(time) < 0;
                lived = lived.plusSeconds(8)) {
            stage.loop.advance(Duration.ofSeconds(8));
            consumer.beat();
        }
    }

    /** Nobody has to heartbeat for as long as that. */
    private Stage.Formed patient(String protocolType) {
        var join =
                stage.join(
                        3,
                        Stage.joinRequest("", "range")
                                .setProtocolType(protocolType)
                                .setSessionTimeoutMs(1_800_000));
        stage.loop.advance(Duration.ofSeconds(7));
        return stage.stabilize(List.of(join));
    }

    private void beatFor(Duration time, Stage.Formed formed) {
        for (Duration lived = Duration.ZERO;
                lived.compareTo(time) < 0;
                lived = lived.plusMinutes(20)) {
            stage.loop.advance(Duration.ofMinutes(20));
            stage.heartbeat(formed.leader(), formed.generation());
        }
    }

    @Test
    void morePositionsExpireThanABatchTakesBack() {
        String topic = stage.commitMany();

        stage.loop.advance(RETENTION.plus(ROUND));

        assertThat(stage.position(topic, 0)).isEqualTo(-1);
        assertThat(stage.position(topic, Stage.MANY - 1)).isEqualTo(-1);
    }

    // ---- groups of consumers (KIP-848) ----

    @Test
    void aLiveConsumerGroupKeepsWhatItReadsAndLosesWhatItDoesNot() {
        consumer.beat();
        assertThat(commit("orders", "c", consumer.epoch())).isEqualTo(Errors.NONE);
        assertThat(commit("payments", "c", consumer.epoch())).isEqualTo(Errors.NONE);
        liveFor(RETENTION.minus(ROUND));
        long before = stage.position("payments");

        liveFor(ROUND.plus(ROUND));

        assertThat(before).isEqualTo(42);
        assertThat(stage.position("payments")).isEqualTo(-1);
        assertThat(stage.position("orders")).isEqualTo(42);
    }

    /** Nothing was written for longer than positions are kept, and then its members restart. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEmptyConsumerGroupKeepsPositionsFromTheTimeItsLastMemberLeft(boolean failover) {
        consumer.beat();
        commit("orders", "c", consumer.epoch());
        liveFor(RETENTION.plusDays(1));
        consumer.leave();
        if (failover) {
            stage.failover();
        }

        stage.loop.advance(RETENTION.minus(ROUND));
        long before = stage.position("orders");
        stage.loop.advance(ROUND.plus(ROUND));

        assertThat(before).isEqualTo(42);
        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    /** Somebody else may set the positions of a group without members. */
    @Test
    void aPositionThatIsSetAfterTheLastMemberLeftIsKeptFromThen() {
        consumer.beat();
        consumer.leave();
        stage.loop.advance(RETENTION.minus(ROUND));
        commit("orders", "", -1);

        stage.loop.advance(RETENTION.minus(ROUND));
        long before = stage.position("orders");
        stage.loop.advance(ROUND.plus(ROUND));

        assertThat(before).isEqualTo(42);
        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    @Test
    void anEmptyConsumerGroupWithoutPositionsIsForgotten() {
        consumer.beat();
        commit("orders", "c", consumer.epoch());
        consumer.leave();

        stage.loop.advance(RETENTION.plus(ROUND).plus(ROUND));
        consumer.forget();
        stage.failover();

        assertThat(stage.position("orders")).isEqualTo(-1);
        assertThat(stage.describe(Stage.G).errorMessage()).contains("not found");
    }

    // ---- classic groups ----

    @Test
    void aLiveGroupOfAnotherProtocolTypeKeepsEverything() {
        var workers = patient("connect");
        commit("orders", workers.leader(), workers.generation());

        beatFor(RETENTION.plusDays(1), workers);

        assertThat(stage.position("orders")).isEqualTo(42);
    }

    @Test
    void aGroupInARebalanceKeepsEverything() {
        var readers = patient("consumer");
        commit("payments", readers.leader(), readers.generation());
        beatFor(RETENTION.minusMinutes(5), readers);
        stage.join(
                3,
                Stage.joinRequest("", "range")
                        .setSessionTimeoutMs(1_800_000)
                        .setRebalanceTimeoutMs(3_600_000));
        assertThat(stage.state()).isEqualTo("PreparingRebalance");

        stage.loop.advance(ROUND.plus(ROUND));

        assertThat(stage.state()).isEqualTo("PreparingRebalance");
        assertThat(stage.position("payments")).isEqualTo(42);
    }

    @Test
    void theTimeSinceTheLastMemberGoesOnUnderTheNextCoordinator() {
        var formed = stage.form(1);
        commit("orders", formed.leader(), formed.generation());
        stage.leave(formed.leader(), null);
        stage.loop.advance(RETENTION.minus(ROUND));
        stage.failover();
        long before = stage.position("orders");

        stage.loop.advance(ROUND.plus(ROUND));

        assertThat(before).isEqualTo(42);
        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    @Test
    void aNewCommitBeginsTheTimeAnew() {
        stage.commit("", -1, 42);
        stage.loop.advance(RETENTION.minusDays(1));
        stage.commit("", -1, 43);

        stage.loop.advance(RETENTION.minus(ROUND));
        long kept = stage.position("orders");
        stage.loop.advance(ROUND.plus(ROUND));

        assertThat(kept).isEqualTo(43);
        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    @Test
    void aGroupThatChangedItsProtocolKeepsWhatItReads() {
        var eager = new ClassicClient(stage, null, false);
        for (int i = 0; i < 8; i++) {
            eager.beat();
            stage.loop.advance(Duration.ofSeconds(1));
        }
        commit("orders", eager.id(), eager.epoch());
        consumer.beat();
        eager.leave();

        liveFor(RETENTION.plusDays(1));

        assertThat(stage.position("orders")).isEqualTo(42);
    }
}
