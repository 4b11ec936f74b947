package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.group.CommittedOffset;
import io.tombolo.coordinator.group.GroupCommand.MirroredCommit;
import io.tombolo.coordinator.group.consumer.ConsumerGroup.Capacity;
import io.tombolo.coordinator.stage.Heard;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Consumer groups (KIP-848); numbers in comments are rows of the wire contract. */
class ConsumerGroupTest {

    private final Stage stage = new Stage();
    private final ConsumerClient a = new ConsumerClient(stage, "a", null);
    private final ConsumerClient b = new ConsumerClient(stage, "b", null);

    private void settle(ConsumerClient... clients) {
        for (int i = 0; i < 6; i++) {
            for (ConsumerClient client : clients) {
                client.beat();
            }
        }
    }

    private ConsumerGroupHeartbeatResponseData send(ConsumerGroupHeartbeatRequestData request) {
        var heard = new Heard<ConsumerGroupHeartbeatResponseData>();
        stage.coordinator.consumers().heartbeat(stage.caller(1), request, heard);
        stage.loop.run();
        return heard.response();
    }

    private Errors errorOf(ConsumerGroupHeartbeatRequestData request) {
        return Errors.forCode(send(request).errorCode());
    }

    private static ConsumerGroupHeartbeatRequestData joining(String memberId) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(G)
                .setMemberId(memberId)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(30_000)
                .setSubscribedTopicNames(List.of("orders"))
                .setTopicPartitions(List.of());
    }

    // ---- joining and rebalancing (97, 98) ----

    @Test
    void theFirstMemberGetsEverythingAtOnce() {
        a.beat();

        assertThat(a.owned()).containsExactly("orders-0", "orders-1", "orders-2", "orders-3");
        assertThat(a.epoch()).isEqualTo(1);
        assertThat(stage.describeConsumers().groupState()).isEqualTo("Stable");
    }

    @Test
    void aPartitionMovesOnlyAfterItsOwnerHasLetGo() {
        a.beat();

        b.beat();
        assertThat(b.owned()).isEmpty();
        assertThat(b.epoch()).isEqualTo(2);

        a.keepRevoked(true);
        a.beat();
        b.beat();
        assertThat(a.mayRead()).hasSize(2);
        assertThat(b.owned()).isEmpty();

        a.keepRevoked(false);
        a.beat();
        a.beat();
        b.beat();
        assertThat(a.owned()).hasSize(2);
        assertThat(b.owned()).hasSize(2).doesNotContainAnyElementsOf(a.owned());
        assertThat(stage.describeConsumers().groupState()).isEqualTo("Stable");
    }

    @Test
    void anEpochMovesOnWithoutWaitingForOthers() {
        a.beat();
        b.beat();

        a.beat();
        a.beat();

        assertThat(a.epoch()).isEqualTo(2);
    }

    @Test
    void theAssignmentIsToldOnlyWhenItChangesOrAllIsAsked() {
        a.beat();

        var keepAlive =
                send(
                        new ConsumerGroupHeartbeatRequestData()
                                .setGroupId(G)
                                .setMemberId("a")
                                .setMemberEpoch(1));

        assertThat(keepAlive.errorCode()).isZero();
        assertThat(keepAlive.assignment()).isNull();
        assertThat(keepAlive.heartbeatIntervalMs()).isEqualTo(1000);
        assertThat(send(a.fullRequest()).assignment()).isNotNull();
    }

    @Test
    void whoLeavesGivesItsPartitionsBackAtOnce() {
        settle(a, b);

        b.leave();
        a.beat();

        assertThat(a.owned()).hasSize(4);
    }

    @Test
    void whoIsSilentForTooLongIsOut() {
        settle(a, b);

        for (int i = 0; i < 11; i++) {
            stage.loop.advance(Duration.ofSeconds(1));
            a.beat();
        }

        assertThat(a.owned()).hasSize(4);
        assertThat(errorOf(b.fullRequest())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoDoesNotLetGoInTimeIsOut() {
        a.beat();
        a.keepRevoked(true);
        b.beat();

        for (int i = 0; i < 32; i++) {
            stage.loop.advance(Duration.ofSeconds(1));
            a.beat();
            b.beat();
        }

        assertThat(stage.reports.lines())
                .anyMatch(line -> line.contains("did not let go of its partitions in time"));
        assertThat(b.owned().size()).isGreaterThanOrEqualTo(2);
    }

    // ---- fencing (96) ----

    @Test
    void requestsThatMakeNoSenseAreRefused() {
        assertThat(errorOf(joining(""))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(errorOf(joining("x").setGroupId(""))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(errorOf(joining("x").setTopicPartitions(null)))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(errorOf(joining("x").setRebalanceTimeoutMs(-1)))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(errorOf(joining("x").setSubscribedTopicNames(null)))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(errorOf(joining("x").setMemberEpoch(-3))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(errorOf(joining("x").setMemberEpoch(-2))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(errorOf(joining("x").setServerAssignor("mine")))
                .isEqualTo(Errors.UNSUPPORTED_ASSIGNOR);
        for (String regex : List.of("(unclosed", "((a{1,1000}){1,1000}){1,1000}")) {
            assertThat(errorOf(joining("x").setSubscribedTopicRegex(regex)))
                    .isEqualTo(Errors.INVALID_REGULAR_EXPRESSION);
        }
        assertThat(errorOf(joining("x").setMemberEpoch(4))).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(stage.describeConsumers().errorCode())
                .isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    @Test
    void membersOfOtherEpochsAreFenced() {
        settle(a, b);

        assertThat(errorOf(a.fullRequest().setMemberEpoch(9)))
                .isEqualTo(Errors.FENCED_MEMBER_EPOCH);
        assertThat(errorOf(a.fullRequest().setMemberEpoch(1).setTopicPartitions(null)))
                .isEqualTo(Errors.FENCED_MEMBER_EPOCH);
        assertThat(errorOf(joining("nobody").setMemberEpoch(1)))
                .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aMemberWhoseAnswerWasLostMaySpeakInItsLastEpoch() {
        a.beat();
        b.beat();
        settle(a);
        b.loseAnswers(true);
        b.beat();
        b.loseAnswers(false);

        b.beat();

        assertThat(b.lastError()).isEqualTo(Errors.NONE);
        assertThat(b.owned()).hasSize(2);
    }

    @Test
    void aGroupTakesNoMoreMembersThanAllowed() {
        var small = new Stage(Stage.settings(new Capacity(1, 1 << 20)));
        new ConsumerClient(small, "a", null).beat();

        var second = new ConsumerClient(small, "b", null);
        second.beat();

        assertThat(second.lastError()).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
    }

    @Test
    void theMembersOfAGroupSubscribeToNoMoreThanItTakes() {
        var small = new Stage(Stage.settings(new Capacity(10, 32)));
        var first = new ConsumerClient(small, "a", null);
        first.subscribe("orders", "payments", "returns");
        first.beat();
        var second = new ConsumerClient(small, "b", null);
        second.subscribe("orders", "payments");
        second.beat();
        assertThat(second.lastError()).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(small.describeConsumers().members()).hasSize(1);

        second.subscribeTo("o.*");
        second.beat();
        assertThat(second.lastError()).isEqualTo(Errors.NONE);
        first.subscribe("orders", "payments", "returns of everybody");
        first.beat();
        assertThat(first.lastError()).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
    }

    // ---- topics (100) ----

    @Test
    void partitionsThatAreAddedAreGivenOut() {
        a.beat();

        stage.topic("orders", 6);
        a.beat();

        assertThat(a.owned()).hasSize(6);
    }

    @Test
    void aTopicThatIsDeletedIsTakenBack() {
        a.subscribe("orders", "payments");
        a.beat();
        assertThat(a.owned()).hasSize(6);

        stage.deleteTopic("payments");
        settle(a);

        assertThat(a.owned()).hasSize(4);
    }

    @Test
    void aPatternMeansTopicsThatComeLater() {
        a.subscribeTo("pay.*|billing");
        a.beat();
        assertThat(a.owned()).containsExactly("payments-0", "payments-1");

        stage.topic("billing", 1);
        a.beat();
        assertThat(a.owned()).containsExactly("billing-0", "payments-0", "payments-1");

        stage.failover();
        a.beat();
        assertThat(a.owned()).hasSize(3);
    }

    @Test
    void theRangeAssignorGivesContiguousPartitions() {
        a.wantAssignor("range");
        b.wantAssignor("range");

        settle(a, b);

        assertThat(a.owned()).containsExactly("orders-0", "orders-1");
        assertThat(b.owned()).containsExactly("orders-2", "orders-3");
        assertThat(stage.describeConsumers().assignorName()).isEqualTo("range");
    }

    @Test
    void membersReadWhatHasAReplicaInTheirRack() {
        stage.replicasIn("north", "north", "south", "south");
        a.runsIn("south");
        b.runsIn("north");

        settle(a, b);
        assertThat(a.owned()).containsExactly("orders-2", "orders-3");
        assertThat(b.owned()).containsExactly("orders-0", "orders-1");

        a.wantAssignor("range");
        b.wantAssignor("range");
        settle(a, b);
        assertThat(a.owned()).containsExactly("orders-2", "orders-3");
        assertThat(b.owned()).containsExactly("orders-0", "orders-1");
    }

    // ---- static members (99) ----

    @Test
    void aStaticMemberThatComesBackHasWhatItHad() {
        var first = new ConsumerClient(stage, "s1", "inst");
        settle(first, a);
        var had = first.owned();

        first.leaveForNow();
        a.beat();
        assertThat(a.owned()).hasSize(2);

        var second = new ConsumerClient(stage, "s2", "inst");
        second.beat();
        assertThat(second.owned()).isEqualTo(had);
        assertThat(errorOf(first.fullRequest())).isEqualTo(Errors.FENCED_INSTANCE_ID);
    }

    @Test
    void anInstanceIdIsTakenAsLongAsItsMemberLives() {
        new ConsumerClient(stage, "s1", "inst").beat();
        var second = new ConsumerClient(stage, "s2", "inst");

        second.beat();

        assertThat(second.lastError()).isEqualTo(Errors.UNRELEASED_INSTANCE_ID);
    }

    @Test
    void aStaticMemberThatDoesNotComeBackIsForgottenWithItsSession() {
        var first = new ConsumerClient(stage, "s1", "inst");
        settle(first, a);
        first.leaveForNow();

        for (int i = 0; i < 12; i++) {
            stage.loop.advance(Duration.ofSeconds(1));
            a.beat();
        }

        assertThat(a.owned()).hasSize(4);
    }

    // ---- offsets (93) ----

    private Errors commit(ConsumerClient client, int epoch, int partition) {
        return Stage.errorOf(
                stage.commit(
                        9,
                        Stage.commitRequest("orders", partition, 5)
                                .setMemberId(client.id())
                                .setGenerationIdOrMemberEpoch(epoch)));
    }

    @Test
    void positionsAreCommittedInTheEpochOfTheMember() {
        settle(a, b);

        assertThat(commit(a, a.epoch(), 0)).isEqualTo(Errors.NONE);
        assertThat(commit(a, a.epoch() + 1, 0)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
        assertThat(stage.commit("", -1, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(stage.commit(a.id(), a.epoch() + 1, 1)).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(stage.position("orders")).isEqualTo(5);
    }

    @Test
    void aPastEpochMayCommitWhatWasTheMembersThen() {
        settle(a, b);
        int before = a.epoch();
        int mine = a.ownedPartition("orders");
        new ConsumerClient(stage, "c", null).beat();
        settle(a);

        assertThat(a.epoch()).isGreaterThan(before);
        assertThat(commit(a, before, mine))
                .isEqualTo(
                        a.owned().contains("orders-" + mine)
                                ? Errors.NONE
                                : Errors.STALE_MEMBER_EPOCH);
        assertThat(commit(b, 1, b.ownedPartition("orders"))).isEqualTo(Errors.STALE_MEMBER_EPOCH);
    }

    @Test
    void positionsOutliveTheMembers() {
        a.beat();
        commit(a, 1, 0);
        a.leave();

        assertThat(stage.describeConsumers().groupState()).isEqualTo("Empty");
        assertThat(stage.position("orders")).isEqualTo(5);
        assertThat(stage.commit("", -1, 7)).isEqualTo(Errors.NONE);
        stage.failover();
        assertThat(stage.position("orders")).isEqualTo(7);
        assertThat(stage.describeConsumers().groupState()).isEqualTo("Empty");
    }

    @Test
    void aSilentMemberHasTheTimeOfItsGroupUnderTheNextCoordinator() {
        a.beat();
        stage.failover();

        stage.loop.advance(Duration.ofMillis(Stage.SESSION_MS - 1));
        assertThat(stage.describeConsumers().groupState()).isNotEqualTo("Empty");

        stage.loop.advance(Duration.ofMillis(1));
        assertThat(stage.describeConsumers().groupState()).isEqualTo("Empty");
    }

    // ---- administration ----

    @Test
    void groupsAreListedWithTheirType() {
        a.beat();

        var heard = new Heard<ListGroupsResponseData>();
        stage.coordinator
                .administration()
                .list(
                        stage.caller(5),
                        new ListGroupsRequestData().setTypesFilter(List.of("consumer")),
                        heard);

        var listed = heard.response().groups().getFirst();
        assertThat(listed.groupType()).isEqualTo("consumer");
        assertThat(listed.groupState()).isEqualTo("Stable");
        assertThat(stage.describe(G).errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    @Test
    void onlyEmptyGroupsAreDeleted() {
        a.beat();
        assertThat(delete()).isEqualTo(Errors.NON_EMPTY_GROUP);

        a.leave();
        assertThat(delete()).isEqualTo(Errors.NONE);

        assertThat(stage.describeConsumers().errorCode())
                .isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
        stage.failover();
        assertThat(stage.describeConsumers().errorCode())
                .isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    private Errors delete() {
        var heard = new Heard<DeleteGroupsResponseData>();
        stage.coordinator
                .administration()
                .delete(
                        stage.caller(2),
                        new DeleteGroupsRequestData().setGroupsNames(List.of(G)),
                        heard);
        stage.loop.run();
        return Errors.forCode(heard.response().results().iterator().next().errorCode());
    }

    @Test
    void emptyGroupsChangeTheirKind() {
        stage.commit("", -1, 7);
        a.beat();
        assertThat(stage.describeConsumers().groupState()).isEqualTo("Stable");
        assertThat(stage.position("orders")).isEqualTo(7);
        assertThat(Stage.joinError(stage.join(9, Stage.joinRequest("x").setProtocolType("other"))))
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);

        a.leave();
        stage.form(1);

        assertThat(stage.state()).isEqualTo("Stable");
        a.forget();
        a.beat();
        assertThat(a.lastError()).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        stage.failover();
        assertThat(stage.state()).isEqualTo("Stable");
        assertThat(stage.position("orders")).isEqualTo(7);
    }

    @Test
    void linksLeaveGroupsWithMembersAlone() {
        settle(a, b);

        var heard = new Heard<MirroredCommit>();
        stage.coordinator
                .links()
                .commitMirroredOffsets(
                        stage.loop,
                        G,
                        Map.of(new TopicPartition("orders", 0), CommittedOffset.at(9, -1, "")),
                        heard);

        assertThat(heard.response()).isEqualTo(new MirroredCommit.InUse(2));
    }

    // ---- failover ----

    @Test
    void nothingChangesForMembersWhenTheCoordinatorMoves() {
        settle(a, b);
        var before = stage.describeConsumers();

        stage.failover();
        settle(a, b);

        assertThat(stage.describeConsumers()).isEqualTo(before);
        assertThat(a.lastError()).isEqualTo(Errors.NONE);
    }
}
