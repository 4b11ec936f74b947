package io.tombolo.linker.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.linker.mirror.PartitionEffect.Append;
import io.tombolo.linker.mirror.PartitionEffect.AskOrigin;
import io.tombolo.linker.mirror.PartitionEffect.RaiseEpoch;
import io.tombolo.linker.mirror.PartitionEffect.RaiseLogStart;
import io.tombolo.linker.mirror.PartitionEffect.ReadPosition;
import io.tombolo.linker.mirror.PartitionEffect.RecordGap;
import io.tombolo.linker.mirror.PartitionEffect.RefreshMetadata;
import io.tombolo.linker.mirror.PartitionEffect.RetryAfter;
import io.tombolo.linker.mirror.PartitionEffect.Settled;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.MirrorLog;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.List;

class MirrorPartitionTest {

    private static final Reason UNREACHABLE =
            new Reason(Reason.Code.SOURCE_UNREACHABLE, "connection refused");
    private static final Reason DENIED = new Reason(Reason.Code.SOURCE_DENIED, "no right");

    private MirrorPartition partition = beginningAt(0);
    private long now;

    private static MirrorPartition beginningAt(long start) {
        return new MirrorPartition(
                new LinkPartition(new Uuid(1, 2), "orders", 0),
                start,
                Safeguard.ALL,
                new SourceRate());
    }

    // --- PREPARING

    @Test
    void startingReadsThePositionOfTheLocalLog() {
        assertThat(feed(new PartitionEvent.Started())).containsExactly(new ReadPosition());
        assertThat(partition.state()).isEqualTo(State.PREPARING);
    }

    @Test
    void aKnownPositionAsksTheSourceForItsEndsAndTheLastEpoch() {
        feed(new PartitionEvent.Started());

        assertThat(feed(position(0, 50, 3, 9)))
                .containsExactly(new AskOrigin(partition.attempt(), 3));
    }

    @Test
    void anEmptyCopyBeginsAtTheLogStartOfTheSource() {
        feed(new PartitionEvent.Started());
        feed(position(0, 0, -1, 5));

        assertThat(feed(origin(40, 90, new Origin.NotAsked())))
                .containsExactly(new RaiseLogStart(40));

        feed(new PartitionEvent.LogStartAnswered(new MirrorLog.Appended(40, 40)));
        assertThat(partition.fetches()).isTrue();
        assertThat(partition.nextFetchOffset()).isEqualTo(40);
        assertThat(first()).isTrue();
    }

    @Test
    void anEmptyCopyBeginsWhereItWasToldToUnlessTheSourceBeginsAbove() {
        partition = beginningAt(45);
        feed(new PartitionEvent.Started());
        feed(position(0, 0, -1, 5));

        assertThat(feed(origin(40, 90, new Origin.NotAsked())))
                .containsExactly(new RaiseLogStart(45));
        feed(new PartitionEvent.LogStartAnswered(new MirrorLog.Appended(45, 45)));
        assertThat(partition.nextFetchOffset()).isEqualTo(45);
        assertThat(first()).isTrue(); // it may be in the middle of one

        partition = beginningAt(45);
        feed(new PartitionEvent.Started());
        feed(position(0, 0, -1, 5));
        assertThat(feed(origin(50, 90, new Origin.NotAsked())))
                .containsExactly(new RaiseLogStart(50));
    }

    @Test
    void aCopyThatHasBegunIsNotMovedToItsStart() {
        partition = beginningAt(45);
        feed(new PartitionEvent.Started());
        feed(position(0, 20, 3, 5));

        assertThat(feed(origin(0, 90, new Origin.EpochEnd(3, 90)))).isEmpty();
        assertThat(partition.nextFetchOffset()).isEqualTo(20);
    }

    @Test
    void aCopyGoesOnWhereItEndedWhenTheSourceStillHasItsLastEpoch() {
        feed(new PartitionEvent.Started());
        feed(position(0, 50, 3, 9));
        feed(origin(0, 90_000_000, new Origin.EpochEnd(3, 70)));

        assertThat(partition.state()).isEqualTo(State.SYNCING);
        assertThat(partition.nextFetchOffset()).isEqualTo(50);
        assertThat(partition.nextFetchEpoch()).isEqualTo(3);
    }

    @Test
    void recordsDeletedBeforeTheyWereCopiedAreAGap() {
        feed(new PartitionEvent.Started());
        feed(position(0, 50, 3, 9));
        feed(origin(51, 90, new Origin.EpochEnd(3, 70)));

        assertFailedWith(Reason.Code.GAP);
    }

    @Test
    void aCopyThatMayJumpHasTheGapWrittenDownAndBeginsAnewBehindIt() {
        feed(new PartitionEvent.JumpAllowed(true));
        feed(new PartitionEvent.Started());
        feed(position(0, 50, 3, 9));
        assertThat(feed(origin(70, 90, new Origin.EpochEnd(3, 80))))
                .containsExactly(new RecordGap(partition.attempt(), new MirrorTopic.Gap(50, 70)));

        assertThat(feed(new PartitionEvent.GapRecorded(partition.attempt())))
                .containsExactly(new RaiseLogStart(50)); // empties it
        assertThat(feed(new PartitionEvent.LogStartAnswered(new MirrorLog.Appended(50, 50))))
                .containsExactly(new ReadPosition());

        feed(position(50, 50, -1, 9));
        assertThat(feed(origin(75, 90, new Origin.NotAsked()))) // more was deleted meanwhile
                .containsExactly(new RecordGap(partition.attempt(), new MirrorTopic.Gap(50, 75)));
        assertThat(feed(new PartitionEvent.GapRecorded(partition.attempt())))
                .containsExactly(new RaiseLogStart(75));
        feed(new PartitionEvent.LogStartAnswered(new MirrorLog.Appended(75, 75)));
        assertThat(partition.fetches()).isTrue();
        assertThat(partition.nextFetchOffset()).isEqualTo(75);
        assertThat(partition.nextFetchEpoch()).isEqualTo(-1);
        assertThat(first()).isTrue(); // it may be in the middle of one
    }

    @Test
    void aGapThatCannotBeWrittenDownIsNotJumped() {
        feed(new PartitionEvent.JumpAllowed(true));
        feed(new PartitionEvent.Started());
        feed(position(0, 50, 3, 9));
        feed(origin(70, 90, new Origin.EpochEnd(3, 80)));
        int asked = partition.attempt();

        assertThat(feed(new PartitionEvent.GapNotRecorded(asked, "no controller")))
                .containsExactly(new RetryAfter(asked + 1, 1));
        assertThat(partition.trouble()).isPresent();
        assertThat(feed(new PartitionEvent.GapRecorded(asked))).isEmpty(); // of a late answer
    }

    @Test
    void aCopyThatFailedAtAGapJumpsOnceItMay() {
        feed(new PartitionEvent.Started());
        feed(position(0, 50, 3, 9));
        feed(origin(51, 90, new Origin.EpochEnd(3, 70)));
        assertFailedWith(Reason.Code.GAP);

        assertThat(feed(new PartitionEvent.JumpAllowed(true))).containsExactly(new ReadPosition());
    }

    @Test
    void anEpochThatEndsBelowTheCopyIsATruncation() {
        feed(new PartitionEvent.Started());
        feed(position(0, 50, 3, 9));
        feed(origin(0, 90, new Origin.EpochEnd(3, 49)));

        assertFailedWith(Reason.Code.SOURCE_TRUNCATED);
    }

    @Test
    void anEpochThatTheSourceNeverHadIsATruncation() {
        feed(new PartitionEvent.Started());
        feed(position(0, 50, 3, 9));
        feed(origin(0, 90, new Origin.EpochEnd(2, 60)));

        assertFailedWith(Reason.Code.SOURCE_TRUNCATED);
    }

    @Test
    void anEpochAboveAllOfTheSourceIsATruncation() {
        feed(new PartitionEvent.Started());
        feed(position(0, 50, 3, 9));
        feed(origin(0, 90, new Origin.EpochUnknown()));

        assertFailedWith(Reason.Code.SOURCE_TRUNCATED);
    }

    @Test
    void anAnswerToAnOlderQuestionIsNotUsed() {
        feed(new PartitionEvent.Started());
        feed(position(0, 50, 3, 9));
        int old = partition.attempt();
        feed(new PartitionEvent.SourceFailed(UNREACHABLE));

        assertThat(
                        feed(
                                new PartitionEvent.OriginKnown(
                                        old, new Origin(99, 99, new Origin.NotAsked()))))
                .isEmpty();
        assertThat(partition.state()).isEqualTo(State.SOURCE_UNAVAILABLE);
    }

    @Test
    void aLocalLogThatCannotBeReadIsTriedAgain() {
        feed(new PartitionEvent.Started());

        List<PartitionEffect> effects = feed(new PartitionEvent.PositionUnavailable("recovering"));

        assertThat(effects).containsExactly(new RetryAfter(partition.attempt(), 1));
        assertThat(feed(new PartitionEvent.RetryDue(partition.attempt())))
                .containsExactly(new ReadPosition());
    }

    // --- copying

    @Test
    void batchesAreAppendedAndTheNextFetchGoesOnBehindThem() {
        copyingFrom(50, 3, 9, 90_000_000);

        var effects = feed(batches(50, 60, 3));

        assertThat(effects).hasSize(1).first().isInstanceOf(Append.class);
        assertThat(((Append) effects.getFirst()).expectedEndOffset()).isEqualTo(50);
        assertThat(partition.nextFetchOffset()).isEqualTo(60);
        assertThat(partition.local().endOffset()).isEqualTo(50);
        feed(appended(60));
        assertThat(partition.local().endOffset()).isEqualTo(60);
    }

    @Test
    void notMoreThanTwoAppendsAreUnanswered() {
        copyingFrom(50, 3, 9, 90_000_000);
        feed(batches(50, 60, 3));
        assertThat(partition.wantsFetch()).isTrue();

        feed(batches(60, 70, 3));

        assertThat(partition.wantsFetch()).isFalse();
        assertThat(partition.fetches()).isTrue();
        feed(appended(60));
        assertThat(partition.wantsFetch()).isTrue();
    }

    @Test
    void anAnswerForAnotherOffsetIsNotUsed() {
        copyingFrom(50, 3, 9, 90_000_000);
        feed(batches(50, 60, 3));

        assertThat(feed(batches(50, 60, 3))).isEmpty();
        assertThat(partition.nextFetchOffset()).isEqualTo(60);
    }

    @Test
    void aCopyThatIsNearTheEndIsActiveAndOneFarBehindSyncs() {
        copyingFrom(50, 3, 9, 200);
        assertThat(partition.state()).isEqualTo(State.SYNCING);

        feed(slice(50, 0, 120, new CheckedBatches.Nothing(false)));
        assertThat(partition.state()).isEqualTo(State.ACTIVE);

        feed(slice(50, 0, 500_000, new CheckedBatches.Nothing(false)));
        assertThat(partition.state()).isEqualTo(State.SYNCING);
    }

    @Test
    void aHigherEpochIsFencedBeforeItIsAppended() {
        copyingFrom(50, 3, 9, 90);

        assertThat(feed(batches(50, 60, 10))).containsExactly(new RaiseEpoch(26));
        assertThat(partition.state()).isEqualTo(State.EPOCH_FENCING);
        assertThat(partition.wantsFetch()).isFalse();
        assertThat(feed(new PartitionEvent.EpochRaised())).containsExactly(new ReadPosition());
        assertThat(partition.state()).isEqualTo(State.PREPARING);
    }

    @Test
    void anEpochThatWouldUseUpAllEpochsStopsThePartition() {
        copyingFrom(50, 3, 9, 90);
        feed(batches(50, 60, SourceJudge.EPOCH_MAX + 1));

        assertFailedWith(Reason.Code.LIMIT_REACHED);
    }

    @Test
    void anEpochThatCannotBeRaisedIsTriedAgain() {
        copyingFrom(50, 3, 9, 90);
        feed(batches(50, 60, 10));

        assertThat(feed(new PartitionEvent.EpochNotRaised("no controller")))
                .containsExactly(new RetryAfter(partition.attempt(), 1));
    }

    @Test
    void aSourceThatLostTheLastFetchedEpochIsTruncated() {
        copyingFrom(50, 3, 9, 90);
        feed(new PartitionEvent.SourceDiverged(50, 2, 44));

        assertFailedWith(Reason.Code.SOURCE_TRUNCATED);
    }

    @Test
    void anOffsetOutOfRangeAsksTheSourceForItsEndsAgain() {
        copyingFrom(50, 3, 9, 90);

        assertThat(feed(new PartitionEvent.OffsetOutOfRange(50)))
                .containsExactly(new RetryAfter(partition.attempt(), 1));
        assertThat(partition.state()).isEqualTo(State.PREPARING);
    }

    @Test
    void aLogStartOfTheSourceAboveThePositionIsAGap() {
        copyingFrom(50, 3, 9, 90);
        feed(slice(50, 51, 90, new CheckedBatches.Nothing(false)));

        assertFailedWith(Reason.Code.GAP);
    }

    @Test
    void theLogStartFollowsTheSourceAsFarAsItHasBeenCopied() {
        copyingFrom(50, 3, 9, 90);

        assertThat(feed(slice(50, 20, 90, new CheckedBatches.Nothing(false))))
                .containsExactly(new RaiseLogStart(20));
        assertThat(feed(slice(50, 30, 90, new CheckedBatches.Nothing(false)))).isEmpty();
        assertThat(feed(new PartitionEvent.LogStartAnswered(new MirrorLog.Appended(50, 50))))
                .isEmpty();
    }

    @Test
    void brokenBytesAreFetchedAgainAndThenStopThePartition() {
        copyingFrom(50, 3, 9, 90);
        var broken = new CheckedBatches.Broken(new Reason(Reason.Code.CORRUPT_BATCH, "BAD_CRC"));

        for (int time = 1; time < MirrorPartition.BROKEN_MAX; time++) {
            feed(slice(50, 0, 90, broken));
            assertThat(partition.state()).isEqualTo(State.PREPARING);
            feed(new PartitionEvent.RetryDue(partition.attempt()));
            feed(position(0, 50, 3, 9));
            feed(origin(0, 90, new Origin.EpochEnd(3, 90)));
        }
        feed(slice(50, 0, 90, broken));

        assertFailedWith(Reason.Code.CORRUPT_BATCH);
    }

    // --- answers of the local log

    @Test
    void anAppendOutOfOrderReadsThePositionOnceNothingIsInFlight() {
        copyingFrom(50, 3, 9, 90_000_000);
        feed(batches(50, 60, 3));
        feed(batches(60, 70, 3));

        feed(new PartitionEvent.AppendAnswered(new MirrorLog.OutOfOrder(55)));
        assertThat(feed(new PartitionEvent.RetryDue(partition.attempt()))).isEmpty();
        assertThat(feed(new PartitionEvent.AppendAnswered(new MirrorLog.OutOfOrder(55))))
                .containsExactly(new ReadPosition());
    }

    @Test
    void aLocalEpochThatIsTooLowIsRaised() {
        copyingFrom(50, 3, 9, 90_000_000);
        feed(batches(50, 60, 3));

        assertThat(feed(new PartitionEvent.AppendAnswered(new MirrorLog.EpochFenced(2))))
                .containsExactly(new RaiseEpoch(19));
    }

    @Test
    void aRefusedAppendStopsThePartition() {
        copyingFrom(50, 3, 9, 90_000_000);
        feed(batches(50, 60, 3));
        feed(new PartitionEvent.AppendAnswered(new MirrorLog.Refused("too large")));

        assertFailedWith(Reason.Code.LOCAL_REFUSED);
    }

    @Test
    void aStaleOwnershipStopsThePartition() {
        copyingFrom(50, 3, 9, 90_000_000);
        feed(batches(50, 60, 3));
        feed(new PartitionEvent.AppendAnswered(new MirrorLog.StaleOwnership(8)));

        assertFailedWith(Reason.Code.OWNERSHIP_STALE);
    }

    @Test
    void aFailedAppendIsTriedAgain() {
        copyingFrom(50, 3, 9, 90_000_000);
        feed(batches(50, 60, 3));

        assertThat(feed(new PartitionEvent.AppendAnswered(new MirrorLog.Failed("disk full"))))
                .containsExactly(new RetryAfter(partition.attempt(), 1));
        assertThat(partition.trouble().orElseThrow().code())
                .isEqualTo(Reason.Code.LOCAL_UNAVAILABLE);
    }

    // --- the source as a whole

    @Test
    void anUnreachableSourceIsRetriedAndTheStateStaysVisible() {
        copyingFrom(50, 3, 9, 90);

        assertThat(feed(new PartitionEvent.SourceFailed(UNREACHABLE)))
                .containsExactly(new RetryAfter(partition.attempt(), 1), new RefreshMetadata());
        assertThat(partition.state()).isEqualTo(State.SOURCE_UNAVAILABLE);

        assertThat(feed(new PartitionEvent.RetryDue(partition.attempt())))
                .containsExactly(new ReadPosition());
        feed(position(0, 50, 3, 9));
        assertThat(partition.state()).isEqualTo(State.SOURCE_UNAVAILABLE);
        feed(origin(0, 90, new Origin.EpochEnd(3, 90)));
        assertThat(partition.fetches()).isTrue();
        assertThat(partition.trouble()).isEmpty();
    }

    @Test
    void aSourceThatRefusesTheLinkFailsThePartitionUntilItLetsItReadAgain() {
        copyingFrom(50, 3, 9, 90);

        assertThat(feed(new PartitionEvent.SourceFailed(DENIED)))
                .containsExactly(new RetryAfter(partition.attempt(), 1), new RefreshMetadata());
        assertThat(partition.state()).isEqualTo(State.FAILED);
        assertThat(partition.hasFailedForGood()).isFalse();
        assertThat(partition.trouble()).contains(DENIED);

        feed(new PartitionEvent.RetryDue(partition.attempt()));
        feed(position(0, 50, 3, 9));
        assertThat(feed(new PartitionEvent.SourceFailed(DENIED)))
                .containsExactly(new RetryAfter(partition.attempt(), 2), new RefreshMetadata());
        feed(new PartitionEvent.RetryDue(partition.attempt()));
        feed(position(0, 50, 3, 9));
        assertThat(partition.state()).isEqualTo(State.FAILED);
        feed(origin(0, 90, new Origin.EpochEnd(3, 90)));

        assertThat(partition.fetches()).isTrue();
        assertThat(partition.trouble()).isEmpty();
    }

    @Test
    void aPartitionThatIsRefusedCanBePausedAndStoppedAndLosesItsTopicForGood() {
        copyingFrom(50, 3, 9, 90);
        feed(new PartitionEvent.SourceFailed(DENIED));
        feed(new PartitionEvent.Paused());
        assertThat(partition.state()).isEqualTo(State.PAUSED);

        feed(new PartitionEvent.Resumed());
        feed(position(0, 50, 3, 9));
        feed(new PartitionEvent.SourceFailed(DENIED));
        feed(new PartitionEvent.TopicLost(new Reason(Reason.Code.SOURCE_DELETED, "gone")));
        assertThat(partition.hasFailedForGood()).isTrue();
        assertThat(feed(new PartitionEvent.SourceFailed(DENIED))).isEmpty();

        feed(new PartitionEvent.TopicFound(false));
        feed(position(0, 50, 3, 9));
        feed(new PartitionEvent.SourceFailed(DENIED));
        feed(new PartitionEvent.Stopped());
        assertThat(partition.trouble()).isEmpty();
    }

    @Test
    void aRecreatedTopicStopsThePartitionUntilTheOldOneIsBackByItsId() {
        copyingFrom(50, 3, 9, 90);
        feed(new PartitionEvent.TopicLost(new Reason(Reason.Code.SOURCE_RECREATED, "other id")));

        assertFailedWith(Reason.Code.SOURCE_RECREATED);
        assertThat(feed(new PartitionEvent.TopicFound(false))).isEmpty();
        assertThat(feed(new PartitionEvent.TopicFound(true))).containsExactly(new ReadPosition());
    }

    @Test
    void aSourceHasToHaveTheLastBatchOfTheCopy() {
        copyingWithLastBatch(0);

        assertThat(partition.nextFetchOffset()).isEqualTo(49);
        assertThat(partition.expectation(49, 3))
                .isEqualTo(new BatchCheck.Expectation(50, 3, false, 77));
        feed(slice(49, 0, 90, new CheckedBatches.Nothing(false))); // there was no room for it
        assertThat(partition.nextFetchOffset()).isEqualTo(49);
        feed(slice(49, 0, 90, new CheckedBatches.Nothing(true)));
        assertThat(partition.nextFetchOffset()).isEqualTo(50);
        assertThat(partition.expectation(50, 3).lastChecksum()).isEqualTo(-1);

        copyingWithLastBatch(0);
        feed(slice(49, 0, 90, new CheckedBatches.Foreign()));
        assertFailedWith(Reason.Code.SOURCE_TRUNCATED);
    }

    @Test
    void aSourceThatHasDeletedTheLastBatchOfTheCopyIsNotAskedForIt() {
        copyingWithLastBatch(50);

        assertThat(partition.nextFetchOffset()).isEqualTo(50);
    }

    private void copyingWithLastBatch(long sourceStart) {
        partition = beginningAt(0);
        feed(new PartitionEvent.Started());
        feed(new PartitionEvent.PositionRead(new MirrorLog.Position(0, 50, 50, 3, 9, 77)));
        feed(origin(sourceStart, 90, new Origin.EpochEnd(3, 90)));
    }

    @Test
    void aDeletedTopicThatComesBackIsCopiedAgain() {
        copyingFrom(50, 3, 9, 90);
        feed(new PartitionEvent.TopicLost(new Reason(Reason.Code.SOURCE_DELETED, "gone")));

        assertThat(feed(new PartitionEvent.TopicFound(false))).containsExactly(new ReadPosition());
    }

    // --- orders

    @Test
    void aPausedPartitionStopsFetchingAndKeepsMeasuring() {
        copyingFrom(50, 3, 9, 90);

        feed(new PartitionEvent.Paused());

        assertThat(partition.state()).isEqualTo(State.PAUSED);
        assertThat(partition.wantsFetch()).isFalse();
        assertThat(feed(new PartitionEvent.MeasureDue()))
                .containsExactly(new AskOrigin(partition.attempt(), -1));
        feed(origin(0, 150, new Origin.NotAsked()));
        assertThat(partition.meter().records()).isEqualTo(100);
        assertThat(feed(new PartitionEvent.Resumed())).containsExactly(new ReadPosition());
    }

    @Test
    void whoeverIsPausedBeforeItLedReadsItsPositionLater() {
        feed(new PartitionEvent.Started());
        feed(new PartitionEvent.Paused());
        feed(new PartitionEvent.PositionUnavailable("not led here yet"));
        feed(origin(0, 150, new Origin.NotAsked()));
        assertThat(partition.meter().records()).isEqualTo(-1);

        assertThat(feed(new PartitionEvent.MeasureDue()))
                .containsExactly(new ReadPosition(), new AskOrigin(partition.attempt(), -1));
        feed(position(0, 50, 3, 9));

        assertThat(partition.meter().records()).isEqualTo(100);
        assertThat(feed(new PartitionEvent.MeasureDue())).hasSize(1);
    }

    @Test
    void resumingTriesAFailedPartitionAgain() {
        copyingFrom(50, 3, 9, 90);
        feed(slice(50, 51, 90, new CheckedBatches.Nothing(false)));

        assertThat(feed(new PartitionEvent.Resumed())).containsExactly(new ReadPosition());
        assertThat(partition.state()).isEqualTo(State.PREPARING);
    }

    @Test
    void stoppingWaitsForAppendsInFlightAndThenForTheHighWatermark() {
        copyingFrom(50, 3, 9, 90_000_000);
        feed(batches(50, 60, 3));

        assertThat(feed(new PartitionEvent.Stopped())).isEmpty();
        assertThat(partition.state()).isEqualTo(State.STOPPING);
        assertThat(feed(appended(60))).containsExactly(new ReadPosition());
        assertThat(feed(new PartitionEvent.PositionRead(new MirrorLog.Position(0, 55, 60, 3, 9))))
                .containsExactly(new RetryAfter(partition.attempt(), 1));
        feed(new PartitionEvent.RetryDue(partition.attempt()));
        assertThat(feed(position(0, 60, 3, 9))).containsExactly(new Settled());
        assertThat(partition.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void aStoppedPartitionIsNotInTroubleOverASourceThatItNoLongerNeeds() {
        copyingFrom(50, 3, 9, 90);
        feed(new PartitionEvent.SourceFailed(UNREACHABLE));

        feed(new PartitionEvent.Stopped());

        assertThat(partition.trouble()).isEmpty();
    }

    @Test
    void aFailedPartitionThatIsStoppedKeepsItsReason() {
        copyingFrom(50, 3, 9, 90);
        feed(new PartitionEvent.TopicLost(new Reason(Reason.Code.SOURCE_DELETED, "gone")));

        feed(new PartitionEvent.Stopped());

        assertThat(partition.trouble().orElseThrow().code()).isEqualTo(Reason.Code.SOURCE_DELETED);
    }

    @Test
    void nothingIsAppendedOnceStopped() {
        copyingFrom(50, 3, 9, 90);
        feed(new PartitionEvent.Stopped());

        assertThat(feed(batches(50, 60, 3))).isEmpty();
        assertThat(feed(new PartitionEvent.Resumed())).isEmpty();
        assertThat(feed(new PartitionEvent.TopicFound(false))).isEmpty();
        assertThat(feed(new PartitionEvent.SourceFailed(UNREACHABLE))).isEmpty();
    }

    // --- the parts

    private void copyingFrom(long end, int epoch, int localEpoch, long sourceEnd) {
        feed(new PartitionEvent.Started());
        feed(position(0, end, epoch, localEpoch));
        feed(origin(0, sourceEnd, new Origin.EpochEnd(epoch, sourceEnd)));
        assertThat(partition.fetches()).isTrue();
    }

    /** Whether the first batch may begin below the position. */
    private boolean first() {
        return partition.expectation(partition.nextFetchOffset(), -1).mayBeginBelow();
    }

    private List<PartitionEffect> feed(PartitionEvent event) {
        now += 1_000_000;
        return partition.step(event, now);
    }

    private static PartitionEvent position(long start, long end, int epoch, int leaderEpoch) {
        return new PartitionEvent.PositionRead(
                new MirrorLog.Position(start, end, end, epoch, leaderEpoch));
    }

    private PartitionEvent origin(long start, long end, Origin.EpochAnswer epoch) {
        return new PartitionEvent.OriginKnown(partition.attempt(), new Origin(start, end, epoch));
    }

    private static PartitionEvent slice(
            long asked, long start, long sourceEnd, CheckedBatches batches) {
        return new PartitionEvent.SourceAnswered(
                new FetchedSlice(asked, start, sourceEnd, batches));
    }

    private static PartitionEvent batches(long from, long to, int epoch) {
        return slice(
                from,
                0,
                90_000_000,
                new CheckedBatches.Batches(ByteBuffer.allocate(70), to, epoch, to - from, 5));
    }

    private static PartitionEvent appended(long end) {
        return new PartitionEvent.AppendAnswered(new MirrorLog.Appended(end, end));
    }

    private void assertFailedWith(Reason.Code code) {
        assertThat(partition.state()).isEqualTo(State.FAILED);
        assertThat(partition.trouble().orElseThrow().code()).isEqualTo(code);
        assertThat(partition.wantsFetch()).isFalse();
    }
}
