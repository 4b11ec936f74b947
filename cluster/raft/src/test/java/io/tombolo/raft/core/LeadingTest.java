package io.tombolo.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.raft.core.RaftMessage.EndEpochRequest;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.Fetched;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Lines of the transition table of {@link RaftCore} for who leads. */
class LeadingTest extends CoreStage {

    @Test
    void aLeaderCommitsWhatAMajorityHasMadeDurable() {
        leader();
        long end = core.logEnd().offset();

        step(new RaftEvent.LogForced());
        assertThat(core.highWatermark()).isZero();
        received(2, 9, fetch(2, 1, new OffsetAndEpoch(end, 1)));

        assertThat(core.highWatermark()).isEqualTo(end);
        assertThat(effects).contains(new RaftEffect.AnnounceLeader(new LeaderAndEpoch(1, 1), 0));
    }

    @Test
    void aLeaderDoesNotCountItsOwnRecordsBeforeTheyAreForced() {
        leader();
        long end = core.logEnd().offset();

        received(2, 9, fetch(2, 1, new OffsetAndEpoch(end - 1, 1)));
        received(3, 9, fetch(3, 1, OffsetAndEpoch.ZERO));

        assertThat(core.highWatermark()).isZero();
    }

    @Test
    void proposalsDuringAnFsyncWaitForTheNextOne() {
        leader();

        step(new RaftEvent.Proposed(List.of(new byte[1]), 1));
        assertThat(effects).noneMatch(RaftEffect.ForceLog.class::isInstance);
        step(new RaftEvent.Proposed(List.of(new byte[1]), 1));
        assertThat(effects).noneMatch(RaftEffect.ForceLog.class::isInstance);
        step(new RaftEvent.LogForced());

        assertThat(effects).containsOnlyOnce(new RaftEffect.ForceLog());
    }

    @Test
    void aFetchWithoutNewsWaitsForTheNextProposal() {
        leader();
        received(2, 9, fetch(2, 1, core.logEnd()));
        assertThat(sent(FetchAnswer.class)).isEmpty();

        step(new RaftEvent.Proposed(List.of(new byte[1]), 1));

        assertThat(effects).anyMatch(RaftEffect.SendRecords.class::isInstance);
    }

    @Test
    void aLeaderTellsAReplicaWhereItsLogDiverges() {
        leader();

        received(2, 9, fetch(2, 1, new OffsetAndEpoch(50, 1)));

        assertThat(answer(FetchAnswer.class).fetched())
                .isEqualTo(new Fetched.Diverging(core.logEnd()));
    }

    @Test
    void aLeaderWithoutItsMajorityResignsAndNamesSuccessors() {
        leader();

        waited(3001);

        isNow("Resigned", -1, 1);
        assertThat(sent(EndEpochRequest.class)).hasSize(2);
        step(new RaftEvent.Proposed(List.of(new byte[1]), 1));
        assertThat(effects)
                .contains(
                        new RaftEffect.AnswerProposal(
                                new ProposeResult.NotLeader(new LeaderAndEpoch(-1, 1))));
    }

    @Test
    void aLeaderStepsDownForAHigherEpochAndSendsWaitingFetchesAway() {
        leader();
        received(2, 9, fetch(2, 1, core.logEnd()));

        received(3, 10, vote(3, 2, new OffsetAndEpoch(100, 1), false));

        isNow("Voted", -1, 2);
        assertThat(answer(FetchAnswer.class).error()).isEqualTo(RaftError.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void aLeaderThatRestartsDoesNotLeadItsOldEpochAgain() {
        core = core(key(1), new ElectionState(6, key(1), 1), RecoveredLog.empty());

        started();

        isNow("Voted", -1, 6);
    }

    @Test
    void observersBeyondTheBoundAreServedAndNotRemembered() {
        var small =
                new RaftSettings(
                        RaftSettings.STANDARD.timing(),
                        new RaftSettings.Bounds(1000, 100, 100, 10, 1, 1000));
        core =
                new RaftCore(
                        new RaftCore.Origin(
                                key(1), VOTERS, ElectionState.NEW, RecoveredLog.empty()),
                        small,
                        chance);
        leader();

        received(8, 1, fetch(8, 1, core.logEnd()));
        received(9, 2, fetch(9, 1, core.logEnd()));

        assertThat(sent(FetchAnswer.class)).hasSize(1);
        assertThat(core.replicas()).hasSize(3);
    }
}
