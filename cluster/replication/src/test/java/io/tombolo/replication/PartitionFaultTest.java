package io.tombolo.replication;

import static io.tombolo.replication.PartitionWorld.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Invariant;
import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.environment.simulated.Latency;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.Role.Idle;
import io.tombolo.replication.follower.FollowerOutcome;
import io.tombolo.replication.follower.LeaderAnswer;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.storage.log.LogSettings.Flush;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is broken ends a partition and nothing else. */
class PartitionFaultTest extends OnePartition {

    @Test
    void aDiskThatFailsAWriteEndsTheLeadershipForGood() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(1), -1);
        var news = new ArrayList<Role>();
        world.on(p -> p.addWaiter(changed -> news.add(changed.role())));

        world.node.disk().failWhen(operation -> operation.kind() == DiskOperation.Kind.WRITE);
        var failing = world.produce(Batches.plain(1), -1);
        world.node.disk().failNever();
        world.on(p -> p.become(leader(2)));

        assertThat(errors(failing)).containsExactly(Errors.KAFKA_STORAGE_ERROR);
        assertThat(news).contains(new Idle());
        assertThat(world.partition().role()).isEqualTo(new Idle());
        assertThat(errors(world.produce(Batches.plain(1), 1)))
                .containsExactly(Errors.KAFKA_STORAGE_ERROR);
        assertThat(read(0, -1, -1)).isEqualTo(new FetchOutcome.Refused(Errors.KAFKA_STORAGE_ERROR));
        assertThat(delete(1)).isEqualTo(new Deleted(Errors.KAFKA_STORAGE_ERROR, -1));
    }

    @Test
    void onAFullDiskTheOnlyReplicaIsReadAndTakesRecordsAgainWhenThereIsRoom() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(1), -1);
        List<Exception> told = toldOffline(world);
        var room = new ArrayList<Boolean>();
        world.on(p -> p.onRoom(room::add));

        world.node.disk().fillUpTo(0);
        for (int time = 0; time < 3; time++) {
            assertThat(errors(world.produce(Batches.plain(1), -1)))
                    .containsExactly(Errors.KAFKA_STORAGE_ERROR);
        }
        assertThat(appendOwn()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(offsets(read(0, -1, -1))).containsExactly(0L);
        assertThat(world.partition().highWatermark()).isEqualTo(1);
        assertThat(delete(1)).isEqualTo(new Deleted(Errors.NONE, 1));
        world.node.disk().capacityBytes(Long.MAX_VALUE);

        assertThat(errors(world.produce(Batches.plain(1), -1))).containsExactly(Errors.NONE);
        assertThat(offsets(read(1, -1, -1))).containsExactly(1L);
        assertThat(room).containsExactly(false, true);
        assertThat(told).isEmpty();
    }

    @Test
    void onAFullDiskALeaderWithOthersInSyncGivesItsLogUpSoThatOneOfThemLeads() {
        var leadership = new Leadership(1, 1, 1, BrokerIds.of(1, 2), BrokerIds.of(1, 2), false);
        world.on(p -> p.become(new Role.Leader(leadership, new Role.WriteAccess.Open())));
        List<Exception> told = toldOffline(world);

        world.node.disk().fillUpTo(0);
        var refused = world.produce(Batches.plain(1), 1);
        world.settle();

        assertThat(errors(refused)).containsExactly(Errors.KAFKA_STORAGE_ERROR);
        assertThat(told).hasSize(1);
        assertThat(world.partition().role()).isEqualTo(new Idle());
    }

    @Test
    void onAFullDiskAFollowerLeavesTheOthersAlone() {
        world.on(p -> p.become(new Role.Follower(1, 2)));
        List<Exception> told = toldOffline(world);

        world.node.disk().fillUpTo(0);
        FollowerOutcome outcome =
                world.ask(p ->
                        p.follow(
                                p.fetchPosition().orElseThrow(),
                                new LeaderAnswer.Records(Batches.plain(1), 0, 0)));
        world.settle();

        assertThat(outcome).isEqualTo(new FollowerOutcome.Offline());
        assertThat(told).hasSize(1);
    }

    @Test
    void aDiskThatFailsToForceAnswersWhoeverWaits() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.on(p -> p.become(leader(1)));
        durable.node.disk().failWhen(operation -> operation.kind() == DiskOperation.Kind.FORCE);

        var answers = durable.produce(Batches.plain(1), -1);
        durable.settle();

        assertThat(errors(answers)).containsExactly(Errors.KAFKA_STORAGE_ERROR);
        assertThat(durable.partition().role()).isEqualTo(new Idle());
    }

    @Test
    void aDiskThatFailsToForceIsNoticedWithoutLookingAtIt() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.node.offloadLatency(Latency.between(Duration.ZERO, Duration.ZERO));
        durable.on(p -> p.become(leader(1)));
        durable.node.disk().failWhen(operation -> operation.kind() == DiskOperation.Kind.FORCE);

        var answers = durable.produce(Batches.plain(1), -1);
        durable.simulator.runFor(Duration.ofMillis(50));

        assertThat(errors(answers)).containsExactly(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void whatAnAppendThrowsTakesThePartitionOfflineAndIsToldOnce() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(1), -1);
        List<Exception> told = toldOffline(world);
        var mistake = new IllegalStateException("a mistake");
        world.node
                .disk()
                .failWhen(_ -> {
                    throw mistake;
                });

        var failing = world.produce(Batches.plain(1), -1);
        world.node.disk().failNever();
        var later = world.produce(Batches.plain(1), -1);
        world.on(p -> p.become(leader(2)));
        world.settle();

        assertThat(errors(failing)).containsExactly(Errors.KAFKA_STORAGE_ERROR);
        assertThat(errors(later)).containsExactly(Errors.KAFKA_STORAGE_ERROR);
        assertThat(read(0, -1, -1)).isEqualTo(new FetchOutcome.Refused(Errors.KAFKA_STORAGE_ERROR));
        assertThat(delete(1)).isEqualTo(new Deleted(Errors.KAFKA_STORAGE_ERROR, -1));
        assertThat(appendOwn()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(told).containsExactly(mistake);
    }

    @Test
    void whoeverWatchesThePartitionAndThrowsTakesItOffline() {
        world.on(p -> p.become(leader(1)));
        world.on(p ->
                p.onProgress(changed ->
                        Invariant.check(
                                changed.role() instanceof Idle || changed.highWatermark() < 2,
                                "the group is confused")));

        var first = world.produce(Batches.plain(1), -1);
        var second = world.produce(Batches.plain(1), -1);

        assertThat(errors(first)).containsExactly(Errors.NONE);
        assertThat(errors(second)).containsExactly(Errors.KAFKA_STORAGE_ERROR);
        assertThat(world.partition().role()).isEqualTo(new Idle());
    }
}
