package io.tombolo.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.raft.core.RaftMessage.BeginEpochRequest;
import io.tombolo.raft.core.RaftMessage.VoteAnswer;
import io.tombolo.raft.core.RaftMessage.VoteRequest;

import org.junit.jupiter.api.Test;

import java.util.TreeMap;
import java.util.UUID;

/** Lines of the transition table of {@link RaftCore} about elections. */
class ElectionTest extends CoreStage {

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
}
