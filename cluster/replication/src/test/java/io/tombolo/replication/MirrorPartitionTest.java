package io.tombolo.replication;

import static io.tombolo.replication.PartitionWorld.leader;
import static io.tombolo.replication.PartitionWorld.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.replication.MirrorAppendOutcome.Appended;
import io.tombolo.replication.MirrorAppendOutcome.EpochFenced;
import io.tombolo.replication.MirrorAppendOutcome.OutOfOrder;
import io.tombolo.replication.MirrorAppendOutcome.Refused;
import io.tombolo.replication.MirrorAppendOutcome.StaleOwnership;
import io.tombolo.replication.MirrorAppendOutcome.Unavailable;
import io.tombolo.replication.Role.Idle;
import io.tombolo.storage.log.EpochEnd;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.LogSettings.Flush;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.Optional;

/** What a link may write, by example. */
class MirrorPartitionTest {

    private final PartitionWorld world = PartitionWorld.open(Flush.BY_THE_OPERATING_SYSTEM);

    private MirrorAppendOutcome append(ByteBuffer batches, long ownershipEpoch, long expectedEnd) {
        return world.ask(p ->
                p.appendAsMirrorLeader(
                        batches, p.role().leaderEpoch(), ownershipEpoch, expectedEnd));
    }

    private MirrorAppendOutcome raiseStart(long offset, long ownershipEpoch) {
        return world.ask(p -> p.raiseMirrorStart(offset, ownershipEpoch));
    }

    @Test
    void batchesKeepTheirOffsetsAndEpochs() {
        world.on(p -> p.become(mirror(9, 1)));

        assertThat(append(Batches.at(0, 3, 4), 1, 0)).isEqualTo(new Appended(4, 4));
        assertThat(append(Batches.at(4, 9, 1), 1, 4)).isEqualTo(new Appended(5, 5));

        assertThat(Batches.of(world.partition().log()))
                .containsExactly(
                        new Batches.Stored(0, 4, 3, -1, -1), new Batches.Stored(4, 5, 9, -1, -1));
    }

    @Test
    void whatWasFetchedForAPastLeadershipIsNotTaken() {
        world.on(p -> p.become(mirror(5, 1)));

        var outcome = world.ask(p -> p.appendAsMirrorLeader(Batches.at(0, 3, 4), 4, 1, 0));

        assertThat(outcome).isInstanceOf(Unavailable.class);
        assertThat(world.partition().log().endOffset()).isZero();
    }

    @Test
    void anEpochOfTheSourceEndsWhereItsRecordsDoAndNotWithTheLeadershipHere() {
        world.on(p -> p.become(mirror(9, 1)));
        append(Batches.at(0, 3, 4), 1, 0);

        Optional<EpochEnd> end = world.ask(p -> p.endOfEpoch(9));

        assertThat(end).contains(new EpochEnd(3, 4));
    }

    @Test
    void aGapThatCompactionLeftIsKept() {
        world.on(p -> p.become(mirror(3, 1)));
        append(Batches.at(0, 3, 2), 1, 0);

        assertThat(append(Batches.at(7, 3, 1), 1, 2)).isEqualTo(new Appended(8, 8));
    }

    @Test
    void aBatchWithAFlippedBitIsRefused() {
        world.on(p -> p.become(mirror(3, 1)));

        assertThat(append(Batches.flipped(Batches.at(0, 3, 2)), 1, 0)).isInstanceOf(Refused.class);
        assertThat(world.partition().log().endOffset()).isZero();
    }

    @Test
    void anAppendUnderAnOldOwnershipEpochIsRefused() {
        world.on(p -> p.become(mirror(3, 5)));

        assertThat(append(Batches.at(0, 3, 1), 4, 0)).isEqualTo(new StaleOwnership(5));
        assertThat(raiseStart(10, 4)).isEqualTo(new StaleOwnership(5));
        assertThat(world.partition().log().endOffset()).isZero();
    }

    @Test
    void anOwnershipEpochThatWasSeenOnceStaysInForce() {
        world.on(p -> p.become(mirror(3, 5)));
        append(Batches.at(0, 3, 1), 6, 0);

        world.on(p -> p.become(mirror(4, 5)));

        assertThat(append(Batches.at(1, 3, 1), 5, 1)).isEqualTo(new StaleOwnership(6));
        assertThat(append(Batches.at(1, 3, 1), 6, 1)).isEqualTo(new Appended(2, 2));
    }

    @Test
    void aLogThatIsCutForAnotherRegionForgetsAllThatWasBegunThere() {
        world.on(p -> p.become(leader(3)));
        world.on(p -> p.appendOwn(Batches.plain(2)));
        world.on(p -> p.appendOwn(Batches.plain(2)));
        world.on(p -> p.become(leader(5)));
        world.on(p -> p.become(mirror(5, 7)));
        assertThat(world.<Boolean>ask(p -> p.cutTo(2))).isFalse();

        world.on(p -> p.become(new Idle()));

        assertThat(world.<Boolean>ask(p -> p.cutTo(4))).isTrue();
        assertThat(world.partition().log().latestEpoch()).hasValue(3);
        assertThat(world.<Boolean>ask(p -> p.cutTo(2))).isTrue();
        assertThat(world.partition().log().endOffset()).isEqualTo(2);
        assertThat(world.partition().highWatermark()).isEqualTo(2);
        world.on(p -> p.become(mirror(6, 7)));
        assertThat(world.partition().log().latestEpoch()).hasValue(3);
        assertThat(append(Batches.at(2, 5, 1), 7, 2)).isEqualTo(new Appended(3, 3));
    }

    @Test
    void aLinkThatComesAfterThePromotionIsRefused() {
        world.on(p -> p.become(mirror(3, 5)));
        world.on(p -> p.become(leader(4)));

        assertThat(append(Batches.at(0, 3, 1), 9, 0)).isEqualTo(new StaleOwnership(-1));
        assertThat(raiseStart(10, 9)).isEqualTo(new StaleOwnership(-1));
    }

    @Test
    void aPartitionThatIsNotLedHereIsUnavailable() {
        assertThat(append(Batches.at(0, 3, 1), 1, 0)).isInstanceOf(Unavailable.class);
        assertThat(raiseStart(10, 1)).isInstanceOf(Unavailable.class);
    }

    @Test
    void aBatchOfAnEpochAboveTheLeadershipWaitsUntilItIsRaised() {
        world.on(p -> p.become(mirror(3, 1)));

        assertThat(append(Batches.at(0, 4, 1), 1, 0)).isEqualTo(new EpochFenced(3));

        world.on(p -> p.become(mirror(4, 1)));
        assertThat(append(Batches.at(0, 4, 1), 1, 0)).isEqualTo(new Appended(1, 1));
    }

    @Test
    void aLinkThatIsWrongAboutTheEndIsCorrected() {
        world.on(p -> p.become(mirror(3, 1)));
        append(Batches.at(0, 3, 2), 1, 0);

        assertThat(append(Batches.at(0, 3, 2), 1, 0)).isEqualTo(new OutOfOrder(2));
        assertThat(append(Batches.at(1, 3, 2), 1, 2)).isEqualTo(new OutOfOrder(2));
        assertThat(world.partition().log().endOffset()).isEqualTo(2);
    }

    @Test
    void anEpochThatGoesBackIsRefusedForGood() {
        world.on(p -> p.become(mirror(5, 1)));
        append(Batches.at(0, 5, 2), 1, 0);

        assertThat(append(Batches.at(2, 4, 1), 1, 2)).isInstanceOf(Refused.class);
    }

    @Test
    void damagedBytesAreRefusedForGood() {
        world.on(p -> p.become(mirror(3, 1)));
        ByteBuffer broken = Batches.at(0, 3, 2);
        broken.put(broken.limit() - 1, (byte) ~broken.get(broken.limit() - 1));

        assertThat(append(broken, 1, 0)).isInstanceOf(Refused.class);
        assertThat(append(ByteBuffer.allocate(0), 1, 0)).isInstanceOf(Refused.class);
        assertThat(world.partition().log().endOffset()).isZero();
    }

    @Test
    void anEmptyMirrorBeginsWhereItsSourceBegins() {
        world.on(p -> p.become(mirror(3, 1)));

        assertThat(raiseStart(40, 1)).isEqualTo(new Appended(40, 40));
        assertThat(append(Batches.at(40, 3, 2), 1, 40)).isEqualTo(new Appended(42, 42));
    }

    @Test
    void aFirstBatchThatBeginsBelowTheStartIsTakenWhole() {
        world.on(p -> p.become(mirror(3, 1)));
        raiseStart(40, 1);

        assertThat(append(Batches.at(38, 3, 4), 1, 40)).isEqualTo(new Appended(42, 42));

        assertThat(world.partition().log().startOffset()).isEqualTo(40);
        assertThat(world.partition().highWatermark()).isEqualTo(42);
        assertThat(Batches.of(world.partition().log()))
                .containsExactly(new Batches.Stored(38, 42, 3, -1, -1));
    }

    @Test
    void aBatchWhollyBelowTheStartOfAnEmptyMirrorIsOutOfOrder() {
        world.on(p -> p.become(mirror(3, 1)));
        raiseStart(40, 1);

        assertThat(append(Batches.at(30, 3, 4), 1, 40)).isEqualTo(new OutOfOrder(40));
        assertThat(world.partition().log().startOffset()).isEqualTo(40);
    }

    @Test
    void theStartOfAMirrorFollowsItsSourceUpToItsEnd() {
        world.on(p -> p.become(mirror(3, 1)));
        append(Batches.at(0, 3, 10), 1, 0);

        assertThat(raiseStart(6, 1)).isEqualTo(new Appended(10, 10));
        assertThat(world.partition().log().startOffset()).isEqualTo(6);
        assertThat(raiseStart(2, 1)).isEqualTo(new Appended(10, 10));
        assertThat(world.partition().log().startOffset()).isEqualTo(6);
        assertThat(raiseStart(11, 1)).isEqualTo(new OutOfOrder(10));
    }

    @Test
    void theStartFollowsEvenWhereTheDiskIsBehind() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.on(p -> p.become(mirror(3, 1)));

        var outcome =
                durable.ask(p -> {
                    p.appendAsMirrorLeader(Batches.at(0, 3, 10), p.role().leaderEpoch(), 1, 0);
                    return p.raiseMirrorStart(6, 1);
                });

        assertThat(outcome).isEqualTo(new Appended(10, 6));
        durable.settle();
        assertThat(durable.partition().highWatermark()).isEqualTo(10);
    }

    @Test
    void clientsReadAMirrorBelowItsHighWatermark() {
        world.on(p -> p.become(mirror(3, 1)));
        append(Batches.at(0, 3, 2), 1, 0);

        var outcome =
                world.ask(
                        p -> p.read(new FetchRead(0, 3, -1, 1 << 20, Isolation.READ_UNCOMMITTED)));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        FetchOutcome.Read.class,
                        read -> assertThat(Batches.of(read.slice())).hasSize(1));
    }

    @Test
    void aDiskThatFailsMakesTheMirrorUnavailable() {
        world.on(p -> p.become(mirror(3, 1)));
        world.node.disk().failWhen(operation -> operation.kind() == DiskOperation.Kind.WRITE);

        assertThat(append(Batches.at(0, 3, 2), 1, 0)).isInstanceOf(Unavailable.class);

        assertThat(world.partition().role()).isEqualTo(new Idle());
        world.node.disk().failNever();
        assertThat(append(Batches.at(0, 3, 2), 1, 0)).isInstanceOf(Unavailable.class);
    }
}
