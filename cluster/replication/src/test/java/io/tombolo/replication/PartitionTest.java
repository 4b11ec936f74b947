package io.tombolo.replication;

import static io.tombolo.replication.PartitionWorld.LINK;
import static io.tombolo.replication.PartitionWorld.endingMirror;
import static io.tombolo.replication.PartitionWorld.fenced;
import static io.tombolo.replication.PartitionWorld.leader;
import static io.tombolo.replication.PartitionWorld.mirror;
import static io.tombolo.replication.PartitionWorld.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Invariant;
import io.tombolo.replication.Role.Idle;
import io.tombolo.storage.log.LogSettings.Flush;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** The roles of a partition, what only it may append, and what may be deleted. */
class PartitionTest extends OnePartition {

    @Test
    void anIdlePartitionTakesAndGivesNothing() {
        var answers = world.produce(Batches.plain(1), -1);

        assertThat(errors(answers)).containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(read(0, -1, -1))
                .isEqualTo(new FetchOutcome.Refused(Errors.NOT_LEADER_OR_FOLLOWER));
        assertThat(world.partition().log().endOffset()).isZero();
    }

    @Test
    void aLeaderStampsItsEpochOnWhatItAppends() {
        world.on(p -> p.become(leader(7)));

        world.produce(Batches.plain(2), 1);

        assertThat(Batches.of(world.partition().log()))
                .containsExactly(new Batches.Stored(0, 2, 7, -1, -1));
    }

    @Test
    void theEpochOfALeaderMayRiseAndItGoesOn() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(1), -1);

        world.on(p -> p.become(leader(4)));

        assertThat(errors(world.produce(Batches.plain(1), -1))).containsExactly(Errors.NONE);
        assertThat(Batches.of(world.partition().log()))
                .extracting(Batches.Stored::epoch)
                .containsExactly(1, 4);
    }

    @Test
    void theEpochOfALeaderNeverGoesBack() {
        world.on(p -> p.become(leader(4)));
        List<Exception> told = toldOffline(world);

        world.on(p -> p.become(leader(3)));
        world.settle();

        assertThat(told).hasSize(1);
        assertThat(told.getFirst())
                .isInstanceOf(Invariant.Broken.class)
                .hasMessage("leader epoch 3 comes after epoch 4");
        assertThat(world.partition().role()).isEqualTo(new Idle());
    }

    @Test
    void aLeaderIsNeverBelowTheEpochsInItsLog() {
        world.on(p -> p.become(leader(4)));
        world.produce(Batches.plain(1), -1);
        world.on(p -> p.become(new Idle()));

        world.on(p -> p.become(mirror(3, 1)));

        assertThat(world.partition().log().failure()).containsInstanceOf(Invariant.Broken.class);
    }

    @Test
    void aLeaderThatLosesTheOwnershipRefusesWritesWithTheReason() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(1), -1);

        world.on(p -> p.become(fenced(1)));
        var answers = world.produce(Batches.plain(1), 1);

        assertThat(errors(answers)).containsExactly(Errors.POLICY_VIOLATION);
        assertThat(answers.getFirst().message()).contains("belongs to region us");
        assertThat(world.partition().log().endOffset()).isEqualTo(1);
        assertThat(offsets(read(0, 1, -1))).containsExactly(0L);
    }

    @Test
    void aLeaderThatGetsTheOwnershipBackTakesWrites() {
        world.on(p -> p.become(fenced(1)));

        world.on(p -> p.become(leader(1)));

        assertThat(errors(world.produce(Batches.plain(1), -1))).containsExactly(Errors.NONE);
    }

    /** It may be done with before this leader hears of it. */
    @Test
    void aMirrorThatIsBeingTakenOverHasProducersAskAgain() {
        world.on(p -> p.become(endingMirror(1, 1)));

        var answers = world.produce(Batches.plain(1), -1);

        assertThat(errors(answers)).containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(answers.getFirst().message()).contains("is being taken over");
        assertThat(delete(1)).isEqualTo(new Deleted(Errors.NOT_LEADER_OR_FOLLOWER, -1));
        assertThat(world.partition().log().endOffset()).isZero();
    }

    @Test
    void aMirrorRefusesClientsAndNamesItsLink() {
        world.on(p -> p.become(mirror(1, 1)));

        var answers = world.produce(Batches.plain(1), -1);

        assertThat(errors(answers)).containsExactly(Errors.POLICY_VIOLATION);
        assertThat(answers.getFirst().message()).contains("read-only mirror of link " + LINK);
    }

    @Test
    void aPromotedMirrorTakesWritesBehindTheCopy() {
        world.on(p -> {
            p.become(mirror(3, 1));
            p.appendAsMirrorLeader(Batches.at(0, 3, 2), p.role().leaderEpoch(), 1, 0);
        });

        world.on(p -> p.become(leader(4)));

        assertThat(world.produce(Batches.plain(1), -1).getFirst().baseOffset()).isEqualTo(2);
        assertThat(Batches.of(world.partition().log()))
                .extracting(Batches.Stored::epoch)
                .containsExactly(3, 4);
    }

    @Test
    void aPartitionThatIsLedNoMoreAnswersWhoeverWaits() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.on(p -> p.become(leader(1)));
        var answers = new ArrayList<ProduceOutcome>();
        var news = new ArrayList<Role>();

        durable.on(p -> {
            p.addWaiter(changed -> news.add(changed.role()));
            p.produce(request(Batches.plain(1), -1), answers::add);
            p.become(new Idle());
        });

        assertThat(errors(answers)).containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(news).containsExactly(new Idle());
        durable.settle();
        assertThat(answers).hasSize(1);
    }

    @Test
    void aProduceWaitsOnWhileTheLeadershipIsTheSame() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.on(p -> p.become(leader(1)));
        var answers = new ArrayList<ProduceOutcome>();

        durable.on(p -> {
            p.produce(request(Batches.plain(1), -1), answers::add);
            p.become(fenced(1));
        });
        durable.settle();

        assertThat(errors(answers)).containsExactly(Errors.NONE);
    }

    @Test
    void recordsAreDeletedUpToTheHighWatermark() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(4), -1);

        assertThat(delete(3)).isEqualTo(new Deleted(Errors.NONE, 3));
        assertThat(delete(-1)).isEqualTo(new Deleted(Errors.NONE, 4));
        assertThat(delete(5)).isEqualTo(new Deleted(Errors.OFFSET_OUT_OF_RANGE, -1));
        assertThat(read(2, -1, -1)).isEqualTo(new FetchOutcome.Refused(Errors.OFFSET_OUT_OF_RANGE));
    }

    @Test
    void nobodyDeletesRecordsThatAnotherRegionOwns() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(4), -1);

        world.on(p -> p.become(fenced(1)));
        assertThat(delete(2)).isEqualTo(new Deleted(Errors.POLICY_VIOLATION, -1));

        world.on(p -> p.become(mirror(1, 1)));
        assertThat(delete(2)).isEqualTo(new Deleted(Errors.POLICY_VIOLATION, -1));

        world.on(p -> p.become(new Idle()));
        assertThat(delete(2)).isEqualTo(new Deleted(Errors.NOT_LEADER_OR_FOLLOWER, -1));
        assertThat(world.partition().log().startOffset()).isZero();
    }

    @Test
    void recordsOfTheBrokerItselfAreAppendedUnderItsEpoch() {
        assertThat(appendOwn()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);

        world.on(p -> p.become(leader(2)));

        assertThat(appendOwn()).isEqualTo(Errors.NONE);
        assertThat(world.partition().highWatermark()).isEqualTo(1);
    }

    @Test
    void theHighWatermarkOfAnEarlierLifeIsTheLeastOfTheNext() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(5), -1);
        var written = new ArrayList<Object>();
        world.on(_ ->
                world.directory()
                        .checkpoint(world.node.environment().loops().loop(0), written::add));
        world.await(() -> !written.isEmpty());

        world.node.kill();
        world.ended();
        world.node.restart();
        world.await(world::opened);

        assertThat(world.partition().highWatermark()).isEqualTo(5);
        world.on(p -> p.become(leader(2)));
        assertThat(offsets(read(0, 2, -1))).containsExactly(0L);
    }
}
