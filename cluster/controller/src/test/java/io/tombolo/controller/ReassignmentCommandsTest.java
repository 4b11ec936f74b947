package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.ReplicaCommand.AlterReassignments;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.controller.replica.DrainPlan;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reassignments (KIP-455, KIP-860) and the planner that empties a broker. */
class ReassignmentCommandsTest {

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private Region region = new Region(0);
    private Uuid topic = new Uuid(9, 9);

    @BeforeEach
    void aTopicOnBrokersOneAndTwoOfFive() {
        region = Region.withBrokers(1, 2, 3, 4, 5);
        region.done(
                new CreateTopics(
                        List.of(
                                new NewTopic(
                                        "orders",
                                        -1,
                                        -1,
                                        new TreeMap<>(Map.of(0, List.of(1, 2))),
                                        new TreeMap<>())),
                        false));
        topic = region.image().topics().topic("orders").orElseThrow().id();
    }

    @Test
    void addedReplicasJoinAndRemovedOnesStayUntilAllAreInSync() {
        assertThat(reassign(3, 1)).isEqualTo(Errors.NONE);

        assertThat(now().replicas()).isEqualTo(BrokerIds.of(3, 1, 2));
        assertThat(now().adding()).isEqualTo(BrokerIds.of(3));
        assertThat(now().removing()).isEqualTo(BrokerIds.of(2));
        assertThat(now().isr()).isEqualTo(BrokerIds.of(1, 2));
        assertThat(now().leader()).isEqualTo(1);
        assertThat(region.image().topics().reassigning().ids())
                .containsExactly(new PartitionId(topic, 0));
        assertThat(now().directories())
                .containsExactly(new Uuid(77, 3), new Uuid(77, 1), new Uuid(77, 2));

        LeaderCommandsTest.everybodyInSync(region, "orders", 0);

        assertThat(now().replicas()).isEqualTo(BrokerIds.of(3, 1));
        assertThat(now().isr().asList()).containsExactlyInAnyOrder(3, 1);
        assertThat(now().reassigning()).isFalse();
        assertThat(now().directories()).containsExactly(new Uuid(77, 3), new Uuid(77, 1));
        assertThat(now().leader()).isEqualTo(1);
        assertThat(now().leaderEpoch()).isEqualTo(1);
        assertThat(region.image().topics().reassigning().isEmpty()).isTrue();
        assertThat(region.image().topics().replicasOn(2).isEmpty()).isTrue();
    }

    @Test
    void anotherReplicaLeadsWhenTheLeaderIsRemoved() {
        reassign(4, 5);

        LeaderCommandsTest.everybodyInSync(region, "orders", 0);

        assertThat(now().replicas()).isEqualTo(BrokerIds.of(4, 5));
        assertThat(now().leader()).isEqualTo(4);
    }

    @Test
    void aChangeThatCopiesNothingIsDoneAtOnce() {
        assertThat(reassign(2)).isEqualTo(Errors.NONE);

        assertThat(now().replicas()).isEqualTo(BrokerIds.of(2));
        assertThat(now().leader()).isEqualTo(2);
        assertThat(now().reassigning()).isFalse();

        assertThat(reassign(2)).isEqualTo(Errors.NONE);
        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void theOnlyInSyncReplicaIsNotRemovedBeforeAnotherIsInSync() {
        region.fence(1);
        assertThat(now().isr()).isEqualTo(BrokerIds.of(2));

        assertThat(reassign(1)).isEqualTo(Errors.NONE);

        assertThat(now().reassigning()).isTrue();
        assertThat(now().leader()).isEqualTo(2);
        region.heartbeat(1);
        LeaderCommandsTest.everybodyInSync(region, "orders", 0);
        assertThat(now().replicas()).isEqualTo(BrokerIds.of(1));
    }

    @Test
    void aCancelledReassignmentLeavesTheReplicasThatWereThere() {
        reassign(3, 4, 1);

        assertThat(cancel()).isEqualTo(Errors.NONE);

        assertThat(now().replicas().asList()).containsExactlyInAnyOrder(1, 2);
        assertThat(now().reassigning()).isFalse();
        assertThat(now().isr().asList()).containsExactlyInAnyOrder(1, 2);
        assertThat(cancel()).isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS);
    }

    @Test
    void aNewReassignmentDropsWhatTheOldOneAdded() {
        reassign(3, 1);

        reassign(4, 1);

        assertThat(now().replicas()).isEqualTo(BrokerIds.of(4, 1, 2));
        assertThat(now().adding()).isEqualTo(BrokerIds.of(4));
        assertThat(now().removing()).isEqualTo(BrokerIds.of(2));
    }

    @Test
    void aCancelThatWouldLeaveNobodyInSyncIsRefused() {
        reassign(3, 4);
        // Only 3 is in sync: 4 has not caught up, 1 and 2 are gone.
        region.commit(
                List.of(
                        new PartitionChanged(
                                topic,
                                0,
                                now().partitionEpoch() + 1,
                                List.of(
                                        new PartitionChange.InSync(BrokerIds.of(3)),
                                        new PartitionChange.Leader(3),
                                        new PartitionChange.LeaderEpoch(5)))));

        assertThat(cancel()).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
    }

    @Test
    void wishesThatCannotBeAreRefusedEachWithItsError() {
        assertThat(reassign()).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(reassign(1, 1)).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(reassign(1, 9)).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(error(new TopicPartition("none", 0), Optional.of(List.of(1)), true))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error(ORDERS, Optional.of(List.of(1, 2, 3)), false))
                .isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        assertThat(error(ORDERS, Optional.of(List.of(1, 3)), false)).isEqualTo(Errors.NONE);
    }

    @Test
    void aDrainEmptiesABrokerAndKeepsPartitionsInTwoRacks() {
        region.create("many", 40, 3);
        int rounds = 0;
        while (!DrainPlan.of(2, 10, region.image()).progress().done()) {
            DrainPlan plan = DrainPlan.of(2, 10, region.image());
            assertThat(plan.moves()).isNotEmpty().hasSizeLessThanOrEqualTo(10);
            carryOut(plan);
            assertThat(++rounds).isLessThan(10);
        }

        assertThat(region.image().topics().ledBy(2).isEmpty()).isTrue();
        Uuid many = region.image().topics().topic("many").orElseThrow().id();
        for (int index = 0; index < 40; index++) {
            BrokerIds replicas = region.partition(many, index).replicas();
            assertThat(replicas.asList().stream().map(broker -> broker % 2).distinct()).hasSize(2);
        }
    }

    @Test
    void aDrainThatCannotGoOnSaysWhy() {
        region.create("wide", 1, 5);
        reassign(3, 1);
        region.fence(3);

        DrainPlan.Progress progress = DrainPlan.of(2, 10, region.image()).progress();

        assertThat(progress.replicaCount()).isEqualTo(2);
        assertThat(progress.movingCount()).isEqualTo(1);
        assertThat(progress.stuck().get(new PartitionId(topic, 0)))
                .contains("broker 3, which gets it, is not in service");
        assertThat(progress.stuck().values())
                .anyMatch(why -> why.startsWith("no broker in service is without a replica"));
    }

    private void carryOut(DrainPlan plan) {
        var targets = new LinkedHashMap<TopicPartition, Optional<List<Integer>>>();
        plan.moves().forEach((id, replicas) -> targets.put(name(id), Optional.of(replicas)));
        region.done(new AlterReassignments(targets, false));
        for (PartitionId id : plan.moves().keySet()) {
            LeaderCommandsTest.everybodyInSync(region, name(id).topic(), id.index());
        }
    }

    private TopicPartition name(PartitionId id) {
        return new TopicPartition(
                region.image().topics().topic(id.topicId()).orElseThrow().name(), id.index());
    }

    private PartitionRegistration now() {
        return region.partition(topic, 0);
    }

    private Errors reassign(Integer... replicas) {
        return error(ORDERS, Optional.of(List.of(replicas)), true);
    }

    private Errors cancel() {
        return error(ORDERS, Optional.empty(), true);
    }

    private Errors error(
            TopicPartition name, Optional<List<Integer>> target, boolean mayChangeFactor) {
        Answer<Applied> answer =
                region.done(new AlterReassignments(Map.of(name, target), mayChangeFactor))
                        .get(name);
        return answer instanceof Answer.Refused<Applied> refused ? refused.error() : Errors.NONE;
    }
}
