package io.tombolo.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.raft.core.RaftMessage.BeginEpochRequest;
import io.tombolo.raft.core.RaftMessage.EndEpochRequest;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.FetchRequest;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotAnswer;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotRequest;
import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.RaftMessage.VoteAnswer;
import io.tombolo.raft.core.RaftMessage.VoteRequest;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/** The transition table of {@link RaftCore}, line by line, on node 1 of the voters 1, 2 and 3. */
class RaftCoreTest {

    private static final long MS = 1_000_000;
    private static final VoterSet VOTERS = VoterSet.ofKeys(key(1), key(2), key(3));
    private static final LeaderAndEpoch NOBODY_IN_0 = new LeaderAndEpoch(-1, 0);

    private final Chance chance = new Chance(1);
    private long nowNanos;
    private long timerNanos = Long.MAX_VALUE;
    private RaftCore core = core(key(1), ElectionState.NEW, RecoveredLog.empty());
    private List<RaftEffect> effects = new ArrayList<>();

    private static ReplicaKey key(int node) {
        return new ReplicaKey(node, new UUID(0, node));
    }

    private RaftCore core(ReplicaKey self, ElectionState election, RecoveredLog log) {
        return new RaftCore(
                new RaftCore.Origin(self, VOTERS, election, log), RaftSettings.STANDARD, chance);
    }

    // ---- Given ----

    private void step(RaftEvent event) {
        effects = core.step(event, nowNanos);
        for (RaftEffect effect : effects) {
            if (effect instanceof RaftEffect.SetTimer(long deadlineNanos)) {
                timerNanos = deadlineNanos;
            }
        }
    }

    private void started() {
        step(new RaftEvent.Started());
    }

    /** Time passes, at most until the role changes. */
    private void waited(long ms) {
        long end = nowNanos + ms * MS;
        String before = core.role();
        while (timerNanos <= end && core.role().equals(before)) {
            nowNanos = timerNanos;
            timerNanos = Long.MAX_VALUE;
            step(new RaftEvent.TimerFired());
        }
        nowNanos = core.role().equals(before) ? end : nowNanos;
    }

    /** Time in which this replica was not scheduled. */
    private void paused(long ms) {
        nowNanos += ms * MS;
        step(new RaftEvent.TimerFired());
    }

    private void received(int from, long exchange, RaftMessage body) {
        step(new RaftEvent.MessageReceived(new Envelope(from, 1, exchange, body)));
    }

    private void prospective() {
        started();
        waited(2000);
    }

    private void candidate() {
        prospective();
        received(2, asked(VoteRequest.class, 2), granted(0));
    }

    private void leader() {
        candidate();
        received(2, asked(VoteRequest.class, 2), granted(1));
    }

    private void followerOf2InEpoch(int epoch) {
        started();
        received(2, 5, new BeginEpochRequest(key(1), new LeaderAndEpoch(2, epoch)));
    }

    private void observer() {
        core = core(key(9), ElectionState.NEW, RecoveredLog.empty());
        started();
    }

    private static VoteAnswer granted(int epoch) {
        return new VoteAnswer(RaftError.NONE, new LeaderAndEpoch(-1, epoch), true);
    }

    private static VoteAnswer refused(LeaderAndEpoch current) {
        return new VoteAnswer(RaftError.NONE, current, false);
    }

    private static VoteRequest vote(int candidate, int epoch, OffsetAndEpoch end, boolean pre) {
        return new VoteRequest(key(1), key(candidate), epoch, end, pre);
    }

    private static FetchRequest fetch(int node, int epoch, OffsetAndEpoch position) {
        return new FetchRequest(key(node), epoch, position, 0, 1000, 500 * MS);
    }

    private static LogBatch batch(long offset, int epoch) {
        return new LogBatch(offset, epoch, false, List.of(new byte[1], new byte[1]));
    }

    private static FetchAnswer fetched(int epoch, long highWatermark, Fetched what) {
        return new FetchAnswer(RaftError.NONE, new LeaderAndEpoch(2, epoch), highWatermark, what);
    }

    // ---- Then ----

    private List<Envelope> sent(Class<? extends RaftMessage> type) {
        return effects.stream()
                .filter(RaftEffect.Send.class::isInstance)
                .map(effect -> ((RaftEffect.Send) effect).envelope())
                .filter(envelope -> type.isInstance(envelope.body()))
                .toList();
    }

    private long asked(Class<? extends RaftMessage> type, int node) {
        return sent(type).stream()
                .filter(envelope -> envelope.to() == node)
                .findFirst()
                .orElseThrow()
                .exchange();
    }

    private <T extends RaftMessage> T answer(Class<T> type) {
        return type.cast(sent(type).getFirst().body());
    }

    private void isNow(String role, int leaderId, int epoch) {
        assertThat(core.role()).isEqualTo(role);
        assertThat(core.leader()).isEqualTo(new LeaderAndEpoch(leaderId, epoch));
    }

    // ---- Elections ----

    @Test
    void aVoterStartsUnattachedAndAsksAroundAfterTheElectionTimeout() {
        started();
        isNow("Unattached", -1, 0);

        waited(2000);

        isNow("Prospective", -1, 0);
        assertThat(sent(VoteRequest.class)).hasSize(2);
        assertThat(((VoteRequest) sent(VoteRequest.class).getFirst().body()).preVote()).isTrue();
        assertThat(effects).noneMatch(RaftEffect.PersistElectionState.class::isInstance);
    }

    @Test
    void aProspectiveThatWouldWinStandsInTheNextEpochAndRemembersItsVoteFirst() {
        prospective();

        received(3, asked(VoteRequest.class, 3), granted(0));

        isNow("Candidate", -1, 1);
        assertThat(effects.getFirst())
                .isEqualTo(new RaftEffect.PersistElectionState(new ElectionState(1, key(1), -1)));
        assertThat(sent(VoteRequest.class)).hasSize(2);
    }

    @Test
    void aProspectiveThatWouldLoseWaitsWithoutANewEpoch() {
        prospective();
        long second = asked(VoteRequest.class, 2);
        long third = asked(VoteRequest.class, 3);

        received(2, second, refused(NOBODY_IN_0));
        received(3, third, refused(NOBODY_IN_0));

        isNow("Unattached", -1, 0);
    }

    @Test
    void aProspectiveFollowsTheLeaderItHearsOf() {
        prospective();

        received(2, asked(VoteRequest.class, 2), refused(new LeaderAndEpoch(3, 0)));

        isNow("Follower", 3, 0);
    }

    @Test
    void anAnswerToAnEarlierRoundDoesNotCount() {
        prospective();
        long earlier = asked(VoteRequest.class, 2);
        waited(3000);
        isNow("Unattached", -1, 0);
        waited(3000);
        isNow("Prospective", -1, 0);

        received(2, earlier, granted(0));

        isNow("Prospective", -1, 0);
    }

    @Test
    void aCandidateWithAMajorityLeadsAndBeginsItsEpochWithARecord() {
        candidate();

        received(2, asked(VoteRequest.class, 2), granted(1));

        isNow("Leader", 1, 1);
        assertThat(sent(BeginEpochRequest.class)).hasSize(2);
        assertThat(effects).anyMatch(RaftEffect.AppendBatches.class::isInstance);
        assertThat(core.logEnd().epoch()).isEqualTo(1);
        assertThat(core.highWatermark()).isZero();
    }

    @Test
    void aCandidateThatLosesOrHearsNothingBacksOff() {
        candidate();

        waited(3000);

        isNow("Voted", -1, 1);
    }

    @Test
    void aVoterVotesOnceInAnEpoch() {
        started();

        received(2, 7, vote(2, 4, OffsetAndEpoch.ZERO, false));
        assertThat(answer(VoteAnswer.class).granted()).isTrue();
        isNow("Voted", -1, 4);
        received(3, 8, vote(3, 4, OffsetAndEpoch.ZERO, false));

        assertThat(answer(VoteAnswer.class).granted()).isFalse();
    }

    @Test
    void theVoteIsPersistedBeforeItIsAnswered() {
        started();

        received(2, 7, vote(2, 4, OffsetAndEpoch.ZERO, false));

        int persisted =
                effects.indexOf(
                        new RaftEffect.PersistElectionState(new ElectionState(4, key(2), -1)));
        int answered = effects.indexOf(new RaftEffect.Send(sent(VoteAnswer.class).getFirst()));
        assertThat(persisted).isNotNegative().isLessThan(answered);
    }

    @Test
    void aRememberedVoteHoldsAfterARestart() {
        core = core(key(1), new ElectionState(4, key(2), -1), RecoveredLog.empty());
        started();
        isNow("Voted", -1, 4);

        received(3, 8, vote(3, 4, OffsetAndEpoch.ZERO, false));

        assertThat(answer(VoteAnswer.class).granted()).isFalse();
    }

    @Test
    void aCandidateWithAShorterLogGetsNoVote() {
        var epochs = new TreeMap<Integer, Long>();
        epochs.put(3, 0L);
        var log = new RecoveredLog(0, 10, epochs, OffsetAndEpoch.ZERO, new TreeMap<>());
        core = core(key(1), new ElectionState(3, ReplicaKey.NONE, -1), log);
        started();

        received(2, 7, vote(2, 4, new OffsetAndEpoch(9, 3), false));
        assertThat(answer(VoteAnswer.class).granted()).isFalse();
        received(2, 8, vote(2, 4, new OffsetAndEpoch(99, 2), false));
        assertThat(answer(VoteAnswer.class).granted()).isFalse();
        received(2, 9, vote(2, 4, new OffsetAndEpoch(10, 3), false));

        assertThat(answer(VoteAnswer.class).granted()).isTrue();
    }

    @Test
    void aVoteForAnotherDirectoryOfThisNodeIsRefused() {
        started();
        var other = new ReplicaKey(1, new UUID(99, 99));

        received(2, 7, new VoteRequest(other, key(2), 4, OffsetAndEpoch.ZERO, false));

        assertThat(answer(VoteAnswer.class).error()).isEqualTo(RaftError.INVALID_VOTER_KEY);
        assertThat(answer(VoteAnswer.class).granted()).isFalse();
    }

    @Test
    void aPreVoteChangesNothingAtTheVoter() {
        started();

        received(2, 7, vote(2, 0, OffsetAndEpoch.ZERO, true));

        assertThat(answer(VoteAnswer.class).granted()).isTrue();
        isNow("Unattached", -1, 0);
        assertThat(effects).noneMatch(RaftEffect.PersistElectionState.class::isInstance);
    }

    @Test
    void aFollowerThatHearsItsLeaderGrantsNoPreVote() {
        followerOf2InEpoch(3);

        received(3, 7, vote(3, 3, OffsetAndEpoch.ZERO, true));

        assertThat(answer(VoteAnswer.class).granted()).isFalse();
    }

    // ---- Following ----

    @Test
    void aFollowerFetchesAtOnceAndAfterSilenceAsksAround() {
        followerOf2InEpoch(3);
        isNow("Follower", 2, 3);
        assertThat(sent(FetchRequest.class)).hasSize(1);

        waited(2001);

        isNow("Prospective", 2, 3);
    }

    @Test
    void aFollowerThatWasNotScheduledWaitsOnceMoreBeforeItAsksAround() {
        followerOf2InEpoch(3);

        paused(5000);
        isNow("Follower", 2, 3);
        assertThat(sent(FetchRequest.class)).hasSize(1);
        waited(2001);

        isNow("Prospective", 2, 3);
    }

    @Test
    void aFollowerWhoseLeaderRefusesConnectionsDoesNotWaitForTheFetchTimeout() {
        followerOf2InEpoch(3);
        step(new RaftEvent.RequestFailed(asked(FetchRequest.class, 2)));
        waited(20);
        step(new RaftEvent.RequestFailed(asked(FetchRequest.class, 2)));

        waited(125);

        isNow("Prospective", 2, 3);
    }

    @Test
    void aReplicaThatKnowsNoVotersAsksItsContacts() {
        var enrolment =
                new VoterSet.Enrolment(
                        new TreeMap<>(), VoterSet.Versions.SUPPORTED, false, List.of(-2));
        core =
                new RaftCore(
                        new RaftCore.Origin(
                                key(1),
                                VoterSet.UNKNOWN,
                                ElectionState.NEW,
                                RecoveredLog.empty(),
                                enrolment),
                        RaftSettings.STANDARD,
                        chance);

        started();

        isNow("Observer", -1, 0);
        assertThat(sent(FetchRequest.class).getFirst().to()).isEqualTo(-2);
    }

    @Test
    void aFollowerFetchesOnOnlyWhenItsLogIsDurable() {
        followerOf2InEpoch(3);
        long exchange = asked(FetchRequest.class, 2);

        received(2, exchange, fetched(3, 2, new Fetched.Records(List.of(batch(0, 3)))));
        assertThat(sent(FetchRequest.class)).isEmpty();
        assertThat(core.highWatermark()).isZero();
        step(new RaftEvent.LogForced());

        assertThat(answer(FetchRequest.class).position()).isEqualTo(new OffsetAndEpoch(2, 3));
        assertThat(core.highWatermark()).isEqualTo(2);
    }

    @Test
    void aFollowerCutsItsLogWhereTheLeadersEpochEnds() {
        var epochs = new TreeMap<Integer, Long>();
        epochs.put(1, 0L);
        epochs.put(2, 6L);
        var log = new RecoveredLog(0, 10, epochs, OffsetAndEpoch.ZERO, new TreeMap<>());
        core = core(key(1), new ElectionState(2, ReplicaKey.NONE, -1), log);
        followerOf2InEpoch(3);

        received(
                2,
                asked(FetchRequest.class, 2),
                fetched(3, 4, new Fetched.Diverging(new OffsetAndEpoch(4, 1))));

        assertThat(effects).contains(new RaftEffect.TruncateLog(4));
        assertThat(answer(FetchRequest.class).position()).isEqualTo(new OffsetAndEpoch(4, 1));
    }

    @Test
    void aFollowerBelowTheLeadersLogFetchesTheSnapshotInPieces() {
        followerOf2InEpoch(3);
        var id = new OffsetAndEpoch(40, 2);
        received(2, asked(FetchRequest.class, 2), fetched(3, 40, new Fetched.Snapshot(id)));

        received(2, asked(FetchSnapshotRequest.class, 2), piece(id, 0));
        assertThat(answer(FetchSnapshotRequest.class).position()).isEqualTo(5);
        received(2, asked(FetchSnapshotRequest.class, 2), piece(id, 5));
        assertThat(effects).contains(new RaftEffect.InstallSnapshot(id));
        step(new RaftEvent.SnapshotInstalled(id, VOTERS));

        assertThat(effects).contains(new RaftEffect.LoadSnapshot(id));
        assertThat(core.highWatermark()).isEqualTo(40);
        assertThat(answer(FetchRequest.class).position()).isEqualTo(id);
    }

    private static FetchSnapshotAnswer piece(OffsetAndEpoch id, long position) {
        return new FetchSnapshotAnswer(
                RaftError.NONE, new LeaderAndEpoch(2, 3), id, 10, position, new byte[5]);
    }

    @Test
    void theBestSuccessorStandsAtOnceWhenTheLeaderEndsItsEpoch() {
        followerOf2InEpoch(3);

        received(2, 6, new EndEpochRequest(new LeaderAndEpoch(2, 3), List.of(key(1), key(3))));

        isNow("Prospective", -1, 3);
    }

    @Test
    void theOtherSuccessorsLeaveTheBestOneSomeTime() {
        followerOf2InEpoch(3);

        received(2, 6, new EndEpochRequest(new LeaderAndEpoch(2, 3), List.of(key(3), key(1))));

        isNow("Unattached", -1, 3);
    }

    @Test
    void anObserverAsksVotersForTheLeaderAndFollowsIt() {
        observer();
        isNow("Observer", -1, 0);
        Envelope question = sent(FetchRequest.class).getFirst();

        received(
                question.to(),
                question.exchange(),
                new FetchAnswer(
                        RaftError.FENCED_LEADER_EPOCH,
                        new LeaderAndEpoch(3, 8),
                        -1,
                        Fetched.Records.NONE));

        isNow("Observer", 3, 8);
        assertThat(sent(FetchRequest.class).getFirst().to()).isEqualTo(3);
    }

    @Test
    void anObserverNeverStands() {
        observer();

        for (int round = 0; round < 20; round++) {
            waited(3000);
        }

        isNow("Observer", -1, 0);
    }

    // ---- Leading ----

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
