package io.tombolo.replication;

import static io.tombolo.replication.PartitionWorld.LINK;
import static io.tombolo.replication.PartitionWorld.fenced;
import static io.tombolo.replication.PartitionWorld.leader;
import static io.tombolo.replication.PartitionWorld.mirror;
import static io.tombolo.replication.PartitionWorld.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Invariant;
import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.environment.simulated.Latency;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.Role.Idle;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.WriteAccess;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.storage.log.EpochEnd;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.log.LogSettings.Flush;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a leader does, by example, and the table of roles. */
class PartitionTest {

    private final PartitionWorld world = PartitionWorld.open(Flush.BY_THE_OPERATING_SYSTEM);

    private static List<Errors> errors(List<ProduceOutcome> answers) {
        return answers.stream().map(ProduceOutcome::error).toList();
    }

    private FetchOutcome read(long offset, int currentEpoch, int lastEpoch) {
        return world.ask(p ->
                p.read(
                        new FetchRead(
                                offset,
                                currentEpoch,
                                lastEpoch,
                                1 << 20,
                                Isolation.READ_UNCOMMITTED)));
    }

    private static List<Long> offsets(FetchOutcome outcome) {
        return Batches.of(((FetchOutcome.Read) outcome).slice()).stream()
                .map(Batches.Stored::baseOffset)
                .toList();
    }

    // --- roles

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

    // --- acknowledgements

    @Test
    void everyKindOfAcknowledgementComesAtOnceWhenThePageCacheIsTrusted() {
        world.on(p -> p.become(leader(1)));

        for (int acks : List.of(0, 1, -1)) {
            assertThat(errors(world.produce(Batches.plain(1), acks))).containsExactly(Errors.NONE);
        }

        assertThat(world.partition().highWatermark()).isEqualTo(3);
    }

    @Test
    void aDurableTopicAcknowledgesWhenTheDiskHasIt() {
        for (Flush flush : List.of(Flush.GROUP_COMMIT, new Flush(1, Optional.empty(), false))) {
            PartitionWorld durable = PartitionWorld.open(flush);
            durable.on(p -> p.become(leader(1)));

            var all = durable.produce(Batches.plain(1), -1);
            var one = durable.produce(Batches.plain(1), 1);
            var none = durable.produce(Batches.plain(1), 0);

            assertThat(all).isEmpty();
            assertThat(one).isEmpty();
            assertThat(errors(none)).containsExactly(Errors.NONE);
            assertThat(durable.partition().highWatermark()).isZero();
            durable.settle();
            assertThat(errors(all)).containsExactly(Errors.NONE);
            assertThat(errors(one)).containsExactly(Errors.NONE);
            assertThat(durable.partition().highWatermark()).isEqualTo(3);
            assertThat(durable.partition().log().durableOffset()).isEqualTo(3);
        }
    }

    @Test
    void aTopicThatIsDurableNoMoreAnswersWhoWaitsForTheDisk() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.on(p -> p.become(leader(1)));
        var answers = durable.produce(Batches.plain(1), -1);

        durable.on(p -> {
            p.log().changeSettings(LogSettings.STANDARD);
            p.changeSettings(PartitionSettings.STANDARD);
        });

        assertThat(errors(answers)).containsExactly(Errors.NONE);
    }

    @Test
    void aProduceThatIsNotAcknowledgedInTimeSaysSoOnce() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.on(p -> p.become(leader(1)));
        durable.node.offloadLatency(Latency.between(Duration.ofSeconds(8), Duration.ofSeconds(9)));

        var answers = durable.produce(Batches.plain(1), -1);
        durable.await(() -> !answers.isEmpty());

        assertThat(errors(answers)).containsExactly(Errors.REQUEST_TIMED_OUT);
        durable.simulator.runFor(Duration.ofSeconds(10));
        assertThat(answers).hasSize(1);
        assertThat(durable.partition().highWatermark()).isEqualTo(1);
    }

    @Test
    void aDuplicateGetsTheAnswerOfTheOriginal() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(3), -1);
        var first = world.produce(Batches.idempotent(9, 0, 2), -1);
        world.produce(Batches.plain(1), -1);

        var again = world.produce(Batches.idempotent(9, 0, 2), -1);

        assertThat(again.getFirst().error()).isEqualTo(Errors.NONE);
        assertThat(again.getFirst().baseOffset()).isEqualTo(first.getFirst().baseOffset());
        assertThat(world.partition().log().endOffset()).isEqualTo(6);
    }

    @Test
    void aDuplicateWaitsNoLongerThanItsOriginal() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.on(p -> p.become(leader(1)));
        var order = new ArrayList<String>();

        durable.on(p -> {
            p.produce(request(Batches.idempotent(9, 0, 1), -1), _ -> order.add("original"));
            p.produce(request(Batches.plain(1), -1), _ -> order.add("later"));
            p.produce(request(Batches.idempotent(9, 0, 1), -1), _ -> order.add("duplicate"));
        });
        durable.settle();

        assertThat(order).containsExactly("original", "duplicate", "later");
    }

    @Test
    void aGapInTheSequencesIsRefused() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.idempotent(9, 0, 2), -1);

        var answers = world.produce(Batches.idempotent(9, 5, 1), -1);

        assertThat(errors(answers)).containsExactly(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(world.partition().log().endOffset()).isEqualTo(2);
    }

    @Test
    void acksAllNeedsEnoughReplicasInSync() {
        var strict =
                new PartitionSettings(
                        2,
                        1 << 20,
                        false,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        false,
                        Optional.empty(),
                        1 << 20);
        world.on(p -> {
            p.changeSettings(strict);
            p.become(
                    new Leader(
                            new Leadership(1, 1, 0, BrokerIds.of(1, 2, 3), BrokerIds.of(1)),
                            new WriteAccess.Open()));
        });

        assertThat(errors(world.produce(Batches.plain(1), -1)))
                .containsExactly(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(errors(world.produce(Batches.plain(1), 1))).containsExactly(Errors.NONE);
        assertThat(world.partition().log().endOffset()).isEqualTo(1);

        world.on(p -> p.become(leader(2)));
        assertThat(errors(world.produce(Batches.plain(1), -1)))
                .as("more than there are replicas is never asked for")
                .containsExactly(Errors.NONE);
    }

    @Test
    void aTransactionalBatchIsRefusedBecauseNoTransactionIsServed() {
        world.on(p -> p.become(leader(1)));

        assertThat(errors(world.produce(Batches.transactional(7), -1)))
                .containsExactly(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        assertThat(world.partition().log().endOffset()).isZero();
    }

    @Test
    void bytesThatAreNoBatchAreRefusedAndNothingIsAppended() {
        world.on(p -> p.become(leader(1)));
        ByteBuffer broken = Batches.flipped(Batches.plain(2));

        assertThat(errors(world.produce(broken, -1))).containsExactly(Errors.CORRUPT_MESSAGE);
        Errors own = world.ask(p -> p.appendOwn(broken));
        assertThat(own).isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(world.partition().log().endOffset()).isZero();
    }

    // --- readers

    @Test
    void readersSeeNothingAboveTheHighWatermark() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.on(p -> p.become(leader(1)));
        durable.produce(Batches.plain(1), -1);
        durable.settle();

        var seen =
                durable.ask(p -> {
                    p.produce(request(Batches.plain(1), 0), _ -> {});
                    return p.read(new FetchRead(0, 1, -1, 1 << 20, Isolation.READ_UNCOMMITTED));
                });

        assertThat(offsets(seen)).containsExactly(0L);
    }

    @Test
    void aWaitingReaderIsWokenByAnAppend() {
        world.on(p -> p.become(leader(1)));
        var woken = new ArrayList<Long>();
        world.on(p -> p.addWaiter(changed -> woken.add(changed.highWatermark())));

        world.produce(Batches.plain(2), 1);

        assertThat(woken).containsExactly(2L);
    }

    @Test
    void aReaderThatWentAwayIsNotWoken() {
        world.on(p -> p.become(leader(1)));
        var woken = new ArrayList<Long>();
        FetchWaiter waiter = changed -> woken.add(changed.highWatermark());
        world.on(p -> p.addWaiter(waiter));

        world.on(p -> p.removeWaiter(waiter));
        world.produce(Batches.plain(2), 1);

        assertThat(woken).isEmpty();
    }

    @Test
    void aReaderOfAnotherEpochIsTold() {
        world.on(p -> p.become(leader(5)));

        assertThat(read(0, 4, -1))
                .isEqualTo(
                        new FetchOutcome.Refused(Errors.FENCED_LEADER_EPOCH, new LeaderHint(1, 5)));
        assertThat(read(0, 6, -1)).isEqualTo(new FetchOutcome.Refused(Errors.UNKNOWN_LEADER_EPOCH));
        assertThat(read(0, 5, -1)).isInstanceOf(FetchOutcome.Read.class);
    }

    @Test
    void aReaderOutsideOfTheLogIsTold() {
        world.on(p -> p.become(leader(1)));

        assertThat(read(1, -1, -1)).isEqualTo(new FetchOutcome.Refused(Errors.OFFSET_OUT_OF_RANGE));
    }

    @Test
    void aReaderWhoseLastRecordIsNotHereHearsWhereItsEpochEnds() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(3), -1);
        world.on(p -> p.become(leader(3)));
        world.produce(Batches.plain(2), -1);

        assertThat(read(5, -1, 1))
                .isInstanceOfSatisfying(
                        FetchOutcome.Diverging.class,
                        diverging -> assertThat(diverging.end()).isEqualTo(new EpochEnd(1, 3)));
        assertThat(read(2, -1, 2))
                .isInstanceOfSatisfying(
                        FetchOutcome.Diverging.class,
                        diverging -> assertThat(diverging.end()).isEqualTo(new EpochEnd(1, 3)));
        assertThat(read(4, -1, 3)).isInstanceOf(FetchOutcome.Read.class);
    }

    @Test
    void aReaderWithAnEpochThatWasNeverHereIsOutOfRange() {
        world.on(p -> p.become(leader(3)));
        world.produce(Batches.plain(2), -1);

        assertThat(read(1, -1, 9)).isEqualTo(new FetchOutcome.Refused(Errors.OFFSET_OUT_OF_RANGE));
    }

    @Test
    void theEpochOfThisLeadershipEndsAtTheEndOfTheLog() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(3), -1);
        world.on(p -> p.become(leader(3)));

        assertThat(endOf(3)).contains(new EpochEnd(3, 3));
        assertThat(endOf(1)).contains(new EpochEnd(1, 3));
        assertThat(endOf(2)).contains(new EpochEnd(1, 3));
        assertThat(endOf(4)).isEmpty();
    }

    // --- deletion

    private record Deleted(Errors error, long lowWatermark) {}

    private Deleted delete(long before) {
        var answers = new ArrayList<Deleted>();
        world.on(p ->
                p.deleteRecords(before, 0, (error, low) -> answers.add(new Deleted(error, low))));
        assertThat(answers).hasSize(1);
        return answers.getFirst();
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

    // --- own records and storage

    private Optional<EpochEnd> endOf(int epoch) {
        return world.ask(p -> p.endOfEpoch(epoch));
    }

    private Errors appendOwn() {
        return world.ask(p -> p.appendOwn(Batches.plain(1)));
    }

    @Test
    void recordsOfTheBrokerItselfAreAppendedUnderItsEpoch() {
        assertThat(appendOwn()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);

        world.on(p -> p.become(leader(2)));

        assertThat(appendOwn()).isEqualTo(Errors.NONE);
        assertThat(world.partition().highWatermark()).isEqualTo(1);
    }

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

    private static List<Exception> toldOffline(PartitionWorld world) {
        var told = new ArrayList<Exception>();
        world.on(p -> p.onOffline(told::add));
        return told;
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
