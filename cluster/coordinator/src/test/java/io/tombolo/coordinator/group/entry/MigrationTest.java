package io.tombolo.coordinator.group.entry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.group.GroupMachine;
import io.tombolo.coordinator.group.GroupSettings;
import io.tombolo.coordinator.group.GroupSettings.MigrationPolicy;
import io.tombolo.coordinator.group.consumer.ConsumerGroup.Capacity;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;

/** Groups that change their protocol while they have members. */
class MigrationTest {

    private Stage stage = new Stage();
    private ClassicClient eager = new ClassicClient(stage, null, false);
    private ClassicClient cooperative = new ClassicClient(stage, null, true);
    private ConsumerClient consumer = new ConsumerClient(stage, "c", null);

    private void with(MigrationPolicy policy) {
        GroupSettings standard = Stage.settings(Integer.MAX_VALUE);
        GroupSettings.Consumers consumers = standard.consumers();
        var settings =
                new GroupSettings(
                        1,
                        standard.membership(),
                        new GroupSettings.Consumers(
                                consumers.session(),
                                consumers.heartbeatInterval(),
                                consumers.capacity(),
                                policy),
                        standard.offsets(),
                        standard.runtime());
        with(settings);
    }

    private void with(GroupSettings settings) {
        stage = new Stage(settings, new GroupMachine(settings), 1);
        eager = new ClassicClient(stage, null, false);
        cooperative = new ClassicClient(stage, null, true);
        consumer = new ConsumerClient(stage, "c", null);
    }

    private void settle(Client... clients) {
        for (int i = 0; i < 12; i++) {
            for (Client client : clients) {
                client.beat();
            }
            stage.loop.advance(Duration.ofSeconds(1));
        }
    }

    // ---- to the consumer protocol ----

    @Test
    void aConsumerThatJoinsMakesItAConsumerGroup() {
        settle(eager);
        stage.commit(eager.id(), eager.epoch(), 7);
        assertThat(stage.state()).isEqualTo("Stable");

        consumer.beat();

        assertThat(consumer.lastError()).isEqualTo(Errors.NONE);
        assertThat(stage.describeConsumers().members())
                .extracting(member -> member.memberId() + " " + member.memberType())
                .containsExactlyInAnyOrder(eager.id() + " 0", "c 1");
        assertThat(stage.position("orders")).isEqualTo(7);
    }

    @Test
    void theNewMemberWaitsForWhatTheOldOneReads() {
        settle(eager);

        consumer.beat();

        assertThat(consumer.owned()).isEmpty();
        assertThat(eager.orders()).hasSize(4);
    }

    @Test
    void aHeartbeatTellsMembersOfTheClassicProtocolToJoinAgain() {
        settle(eager);
        consumer.beat();

        eager.beat();

        assertThat(eager.lastError()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void membersOfBothProtocolsShareThePartitions() {
        settle(eager, cooperative);

        settle(consumer, eager, cooperative);

        assertThat(stage.describeConsumers().groupState()).isEqualTo("Stable");
        assertThat(eager.orders().size() + cooperative.orders().size() + consumer.orders().size())
                .isEqualTo(4);
        assertThat(consumer.orders()).isNotEmpty();
        assertThat(cooperative.orders()).isNotEmpty();
        assertThat(eager.orders()).isNotEmpty();
    }

    @Test
    void aMemberOfTheClassicProtocolMayJoinAConsumerGroup() {
        settle(consumer);

        settle(eager, consumer);

        assertThat(stage.describeConsumers().members()).hasSize(2);
        assertThat(eager.orders()).hasSize(2);
        assertThat(consumer.orders()).hasSize(2);
    }

    @Test
    void aMemberOfTheClassicProtocolThatSubscribesToMoreThanTheGroupTakesIsRefused() {
        with(Stage.settings(new Capacity(10, 64)));
        settle(consumer);
        settle(cooperative, consumer);

        eager.beat();
        eager.beat();

        assertThat(eager.lastError()).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(stage.describeConsumers().members()).hasSize(2);
    }

    @Test
    void whoWaitsForARebalanceHasToJoinAgain() {
        eager.beat();
        eager.beat();
        assertThat(stage.state()).isEqualTo("PreparingRebalance");

        consumer.beat();

        assertThat(eager.lastError()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(stage.describeConsumers().members()).hasSize(2);
    }

    @Test
    void aStaticMemberComesBackWithTheOtherProtocol() {
        var before = new ClassicClient(stage, "inst", false);
        settle(before, eager);

        var after = new ConsumerClient(stage, "c", "inst");
        settle(after, eager);
        before.beat();

        assertThat(before.lastError()).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(stage.describeConsumers().members()).hasSize(2);
        assertThat(after.orders()).hasSize(2);
    }

    @Test
    void aGroupOfAnotherProtocolTypeStaysClassic() {
        stage.join(3, Stage.joinRequest("", "range").setProtocolType("connect"));
        stage.loop.advance(Duration.ofSeconds(4));

        consumer.beat();

        assertThat(consumer.lastError()).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(stage.state()).isEqualTo("CompletingRebalance");
    }

    @Test
    void aGroupWhoseMembersSpeakADialectStaysClassic() {
        stage.form(1);

        consumer.beat();

        assertThat(consumer.lastError()).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(stage.state()).isEqualTo("Stable");
    }

    @Test
    void noGroupChangesItsProtocolAgainstThePolicy() {
        with(MigrationPolicy.DISABLED);
        settle(eager);

        consumer.beat();

        assertThat(consumer.lastError()).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(stage.state()).isEqualTo("Stable");
    }

    @Test
    void aPolicyOfUpgradesOnlyKeepsConsumerGroups() {
        with(MigrationPolicy.UPGRADE);
        settle(eager, consumer);

        consumer.leave();
        settle(eager);

        assertThat(stage.describeConsumers().members()).hasSize(1);
        assertThat(eager.orders()).hasSize(4);
    }

    // ---- members of the classic protocol in consumer groups ----

    @Test
    void aMemberThatDoesNotJoinAgainIsOut() {
        settle(eager, consumer);
        stage.topic("orders", 6);
        consumer.beat();

        for (int i = 0; i < 40; i++) {
            stage.heartbeat(eager.id(), eager.epoch());
            consumer.beat();
            stage.loop.advance(Duration.ofSeconds(1));
        }

        assertThat(stage.describeConsumers().members()).hasSize(1);
        assertThat(consumer.orders()).hasSize(6);
    }

    @Test
    void aMemberThatFallsSilentIsOutAfterItsOwnSession() {
        settle(eager, consumer);

        for (int i = 0; i < 12; i++) {
            consumer.beat();
            stage.loop.advance(Duration.ofSeconds(1));
        }

        assertThat(consumer.orders()).hasSize(4);
    }

    @Test
    void aMemberCommitsInItsOwnGenerationOnly() {
        settle(eager, consumer);

        assertThat(stage.commit(eager.id(), eager.epoch(), 5)).isEqualTo(Errors.NONE);
        assertThat(stage.commit(eager.id(), eager.epoch() - 1, 6))
                .isEqualTo(Errors.ILLEGAL_GENERATION);
    }

    @Test
    void whatMembersAreSurvivesAFailover() {
        settle(eager, cooperative, consumer);
        var before = stage.describeConsumers();

        stage.failover();
        settle(eager, cooperative, consumer);

        assertThat(stage.describeConsumers()).isEqualTo(before);
    }

    @Test
    void onlyMembersThatCanWorkWithTheOthersMayJoin() {
        settle(eager, consumer);

        assertThat(Stage.joinError(stage.join(3, Stage.joinRequest("", "sticky"))))
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(Stage.joinError(stage.join(9, Stage.joinRequest("", "range"))))
                .isEqualTo(Errors.MEMBER_ID_REQUIRED);
        assertThat(
                        Stage.joinError(
                                stage.join(
                                        9,
                                        Stage.joinRequest("", "range").setProtocolType("connect"))))
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    // ---- to the classic protocol ----

    @Test
    void theGroupIsClassicAgainWhenTheLastConsumerLeaves() {
        settle(eager, cooperative, consumer);
        stage.commit(eager.id(), eager.epoch(), 7);

        consumer.leave();

        assertThat(stage.state()).isEqualTo("PreparingRebalance");
        settle(eager, cooperative);
        assertThat(stage.state()).isEqualTo("Stable");
        assertThat(eager.orders().size() + cooperative.orders().size()).isEqualTo(4);
        assertThat(stage.position("orders")).isEqualTo(7);
        assertThat(stage.describeConsumers().errorCode())
                .isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    @Test
    void theGroupIsClassicAgainWhenTheLastConsumerFallsSilent() {
        settle(eager, consumer);

        settle(eager, eager);
        settle(eager);

        assertThat(stage.state()).isEqualTo("Stable");
        assertThat(eager.orders()).hasSize(4);
    }

    @Test
    void theGroupIsClassicAgainWhenTheLastConsumerComesBackAsAClassicOne() {
        var before = new ConsumerClient(stage, "s", "inst");
        settle(eager, before);

        var after = new ClassicClient(stage, "inst", false);
        settle(after, eager);

        assertThat(stage.state()).isEqualTo("Stable");
        assertThat(after.orders()).hasSize(2);
        assertThat(eager.orders()).hasSize(2);
    }

    @Test
    void aGroupThatHasGoneBackSurvivesAFailover() {
        settle(eager, cooperative, consumer);
        consumer.leave();

        stage.failover();
        settle(eager, cooperative);

        assertThat(stage.state()).isEqualTo("Stable");
        assertThat(eager.orders().size() + cooperative.orders().size()).isEqualTo(4);
    }
}
