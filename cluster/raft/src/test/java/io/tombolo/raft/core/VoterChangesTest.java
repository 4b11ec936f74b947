package io.tombolo.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Endpoint;
import io.tombolo.raft.core.RaftMessage.EndEpochRequest;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.FetchRequest;
import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.RaftMessage.VoteAnswer;
import io.tombolo.raft.core.RaftMessage.VoteRequest;
import io.tombolo.raft.core.VoterChange.Outcome.Reason;
import io.tombolo.raft.core.VoterSet.Enrolment;
import io.tombolo.raft.core.VoterSet.Voter;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The table of {@link VoterChanges}, on node 1 of the voters 1, 2 and 3. */
class VoterChangesTest {

    private static final long MS = 1_000_000;
    private static final VoterSet VOTERS = VoterSet.ofKeys(key(1), key(2), key(3));
    private static final SortedMap<String, Endpoint> HERE =
            new TreeMap<>(Map.of("CONTROLLER", new Endpoint("here", 9093)));

    private RaftCore core = core(key(1), Enrolment.NONE);
    private List<RaftEffect> effects = new ArrayList<>();
    private long nowNanos;
    private long timerNanos;
    private long exchange;

    private static ReplicaKey key(int node) {
        return new ReplicaKey(node, new UUID(0, node));
    }

    private static Voter voter(int node) {
        return new Voter(key(node), new TreeMap<>());
    }

    private static RaftCore core(ReplicaKey self, Enrolment enrolment) {
        var origin =
                new RaftCore.Origin(
                        self, VOTERS, ElectionState.NEW, RecoveredLog.empty(), enrolment);
        return new RaftCore(origin, RaftSettings.STANDARD, new Chance(1));
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

    private void received(int from, long number, RaftMessage body) {
        step(new RaftEvent.MessageReceived(new Envelope(from, 1, number, body)));
    }

    /** Leads epoch 1, with nothing committed. */
    private void leader() {
        step(new RaftEvent.Started());
        while (!core.role().equals("Prospective")) {
            nowNanos = timerNanos;
            step(new RaftEvent.TimerFired());
        }
        received(2, asked(2), new VoteAnswer(RaftError.NONE, new LeaderAndEpoch(-1, 0), true));
        received(2, asked(2), new VoteAnswer(RaftError.NONE, new LeaderAndEpoch(-1, 1), true));
        step(new RaftEvent.LogForced());
    }

    /** Leads epoch 1, with all committed. */
    private void settledLeader() {
        leader();
        fetched(2);
    }

    private long asked(int node) {
        return effects.stream()
                .filter(RaftEffect.Send.class::isInstance)
                .map(effect -> ((RaftEffect.Send) effect).envelope())
                .filter(each -> each.to() == node && each.body() instanceof VoteRequest)
                .findFirst()
                .orElseThrow()
                .exchange();
    }

    /** A replica has everything and asks for more. */
    private void fetched(int node) {
        fetched(key(node));
    }

    private void fetched(ReplicaKey replica) {
        received(
                replica.nodeId(),
                exchange++,
                new FetchRequest(replica, 1, core.logEnd(), 0, 1000, 500 * MS));
    }

    private void requested(VoterChange change, long timeoutMs) {
        step(new RaftEvent.VoterChangeRequested(7, change, timeoutMs * MS));
    }

    private Optional<VoterChange.Outcome> outcome() {
        return effects.stream()
                .filter(RaftEffect.AnswerVoterChange.class::isInstance)
                .map(effect -> ((RaftEffect.AnswerVoterChange) effect).result())
                .findFirst();
    }

    private void isRefusedFor(Reason reason) {
        assertThat(outcome()).contains(new VoterChange.Outcome.Refused(reason, core.leader()));
    }

    // ---- Refusals ----

    @Test
    void onlyALeaderChangesVoters() {
        step(new RaftEvent.Started());

        requested(new VoterChange.Remove(key(2)), 1000);

        isRefusedFor(Reason.NOT_LEADER);
    }

    @Test
    void nothingIsChangedBeforeTheEpochHasCommittedSomething() {
        leader();

        requested(new VoterChange.Remove(key(2)), 1000);

        isRefusedFor(Reason.EPOCH_NOT_COMMITTED);
    }

    @Test
    void whoDoesNotVoteIsNotRemovedNorUpdated() {
        settledLeader();
        var otherDirectory = new ReplicaKey(3, new UUID(9, 9));

        requested(new VoterChange.Remove(otherDirectory), 1000);
        isRefusedFor(Reason.VOTER_NOT_FOUND);
        requested(new VoterChange.Update(voter(4)), 1000);

        isRefusedFor(Reason.VOTER_NOT_FOUND);
    }

    @Test
    void aWipedReplicaIsAddedOnlyWhenItsOldDirectoryHasNoVote() {
        settledLeader();
        var wiped = new ReplicaKey(3, new UUID(9, 9));

        requested(new VoterChange.Add(new Voter(wiped, new TreeMap<>())), 1000);

        isRefusedFor(Reason.DUPLICATE_VOTER);
    }

    @Test
    void oneChangeIsMadeAtATime() {
        settledLeader();
        requested(new VoterChange.Remove(key(3)), 1000);
        assertThat(outcome()).isEmpty();

        requested(new VoterChange.Remove(key(2)), 1000);

        isRefusedFor(Reason.CHANGE_PENDING);
        assertThat(core.voters()).isEqualTo(VoterSet.ofKeys(key(1), key(2)));
    }

    @Test
    void theLastVoterStays() {
        settledLeader();
        requested(new VoterChange.Remove(key(3)), 1000);
        step(new RaftEvent.LogForced());
        fetched(2);
        requested(new VoterChange.Remove(key(2)), 1000);
        step(new RaftEvent.LogForced());

        requested(new VoterChange.Remove(key(1)), 1000);

        isRefusedFor(Reason.LAST_VOTER);
    }

    @Test
    void aReplicaThatDoesNotCatchUpIsNotAdded() {
        settledLeader();
        requested(new VoterChange.Add(voter(4)), 0);
        isRefusedFor(Reason.NOT_CAUGHT_UP);
        requested(new VoterChange.Add(voter(4)), 300);
        assertThat(outcome()).isEmpty();

        nowNanos += 300 * MS;
        step(new RaftEvent.TimerFired());

        isRefusedFor(Reason.NOT_CAUGHT_UP);
        assertThat(core.voters()).isEqualTo(VOTERS);
    }

    @Test
    void aChangeThatIsNotCommittedInTimeStaysInForceAndIsToldAsTimedOut() {
        settledLeader();
        requested(new VoterChange.Remove(key(3)), 300);

        nowNanos += 300 * MS;
        step(new RaftEvent.TimerFired());
        isRefusedFor(Reason.REQUEST_TIMED_OUT);
        requested(new VoterChange.Remove(key(2)), 300);

        isRefusedFor(Reason.CHANGE_PENDING);
        assertThat(core.voters().contains(key(3))).isFalse();
    }

    @Test
    void noVoterIsRemovedWhenOfThoseLeftNoMajorityIsHeard() {
        settledLeader();

        requested(new VoterChange.Remove(key(2)), 300);

        isRefusedFor(Reason.MAJORITY_SILENT);
        assertThat(core.voters().size()).isEqualTo(3);
    }

    @Test
    void aVoterThatWasNotHeardLatelyCountsAsSilent() {
        settledLeader();
        fetched(3);
        nowNanos += RaftSettings.STANDARD.timing().fetch().toNanos() + 1;
        fetched(2);

        requested(new VoterChange.Remove(key(2)), 300);

        isRefusedFor(Reason.MAJORITY_SILENT);
    }

    @Test
    void aVoterThatIsNotHeardAgainCountsAsSilentHoweverLatelyItWasHeard() {
        settledLeader();
        fetched(3);
        nowNanos += MS;

        requested(new VoterChange.Remove(key(2)), 300);
        fetched(2);
        assertThat(outcome()).isEmpty();
        assertThat(core.voters()).isEqualTo(VOTERS);
        nowNanos += 300 * MS;
        step(new RaftEvent.TimerFired());

        isRefusedFor(Reason.MAJORITY_SILENT);
        assertThat(core.voters()).isEqualTo(VOTERS);
    }

    @Test
    void aVoterIsRemovedOnceThoseThatAreLeftAreHeardAgain() {
        settledLeader();
        fetched(3);
        nowNanos += MS;
        requested(new VoterChange.Remove(key(2)), 300);

        fetched(3);

        assertThat(core.voters()).isEqualTo(VoterSet.ofKeys(key(1), key(3)));
    }

    @Test
    void whoWasReplacedIsSoonForgottenAndWhoLeadsIsNoneOfTheOthers() {
        settledLeader();
        fetched(3);
        nowNanos += MS;
        requested(new VoterChange.Remove(key(2)), 300);
        fetched(3);
        step(new RaftEvent.LogForced());
        fetched(3);
        var wiped = new ReplicaKey(2, new UUID(9, 9));
        requested(new VoterChange.Add(new Voter(wiped, new TreeMap<>())), 1000);
        fetched(wiped);
        assertThat(core.replicas())
                .extracting(RaftCore.ReplicaProgress::key)
                .containsExactly(wiped, key(3), key(2));

        nowNanos += RaftSettings.STANDARD.timing().fetch().toNanos() + 1;
        fetched(3);
        step(new RaftEvent.TimerFired());

        assertThat(core.replicas())
                .extracting(RaftCore.ReplicaProgress::key)
                .containsExactly(wiped, key(3));
    }

    // ---- Changes ----

    @Test
    void anObserverThatHasCaughtUpIsAddedAndItsVoteCountsAtOnce() {
        settledLeader();
        requested(new VoterChange.Add(voter(4)), 1000);

        fetched(4);
        assertThat(core.voters().contains(key(4))).isTrue();
        assertThat(outcome()).isEmpty();
        step(new RaftEvent.LogForced());
        fetched(2);
        assertThat(outcome()).isEmpty();
        fetched(4);

        assertThat(outcome()).contains(new VoterChange.Outcome.Committed(core.voters()));
    }

    @Test
    void aLeaderThatRemovesItselfLeadsUntilTheOthersHaveCommittedThat() {
        settledLeader();
        fetched(3);
        requested(new VoterChange.Remove(key(1)), 1000);
        step(new RaftEvent.LogForced());
        fetched(2);
        assertThat(core.role()).isEqualTo("Leader");

        fetched(3);

        assertThat(outcome()).isPresent();
        assertThat(core.role()).isEqualTo("Observer");
        assertThat(effects)
                .anyMatch(effect ->
                        effect instanceof RaftEffect.Send(Envelope envelope)
                                && envelope.body() instanceof EndEpochRequest);
    }

    @Test
    void aLeaderSeesToItThatItsAddressIsNamed() {
        core = core(key(1), new Enrolment(HERE, VoterSet.Versions.SUPPORTED, false, List.of()));

        settledLeader();

        assertThat(core.voters().voterOf(1).orElseThrow().listeners()).isEqualTo(HERE);
    }

    @Test
    void anObserverThatMayJoinAsksForTheVoteOfItsNodeWhenItHasCaughtUp() {
        var wiped = new ReplicaKey(1, new UUID(9, 9));
        core = core(wiped, new Enrolment(HERE, VoterSet.Versions.SUPPORTED, true, List.of()));
        step(new RaftEvent.Started());
        received(2, 5, new RaftMessage.BeginEpochRequest(wiped, new LeaderAndEpoch(2, 3)));
        var batch = new LogBatch(0, 3, false, List.of(new byte[1]));

        answeredFetch(new Fetched.Records(List.of(batch)));
        assertThat(asks()).isEmpty();
        step(new RaftEvent.LogForced());

        assertThat(asks()).contains(new VoterChange.Remove(key(1)));
    }

    @Test
    void aReplicaWhoseVoteWasTakenDoesNotAskForItAgain() {
        core = core(key(1), new Enrolment(HERE, VoterSet.Versions.SUPPORTED, true, List.of()));
        step(new RaftEvent.Started());
        received(2, 5, new RaftMessage.BeginEpochRequest(key(1), new LeaderAndEpoch(2, 3)));
        var named = VOTERS.with(new Voter(key(1), HERE));
        answeredFetch(1, votersAt(0, named));
        step(new RaftEvent.LogForced());

        answeredFetch(2, votersAt(1, named.without(1)));
        step(new RaftEvent.LogForced());

        assertThat(core.role()).isEqualTo("Observer");
        assertThat(asks()).isEmpty();
    }

    private static LogBatch votersAt(long offset, VoterSet voters) {
        return new LogBatch(offset, 3, true, List.of(new ControlRecord.Voters(voters).encode()));
    }

    private void answeredFetch(long highWatermark, LogBatch batch) {
        answeredFetch(highWatermark, new Fetched.Records(List.of(batch)));
    }

    private void answeredFetch(Fetched fetched) {
        answeredFetch(1, fetched);
    }

    private void answeredFetch(long highWatermark, Fetched fetched) {
        long number =
                effects.stream()
                        .filter(RaftEffect.Send.class::isInstance)
                        .map(effect -> ((RaftEffect.Send) effect).envelope())
                        .filter(each -> each.body() instanceof FetchRequest)
                        .findFirst()
                        .orElseThrow()
                        .exchange();
        var leader = new LeaderAndEpoch(2, 3);
        received(2, number, new FetchAnswer(RaftError.NONE, leader, highWatermark, fetched));
    }

    private List<VoterChange> asks() {
        return effects.stream()
                .filter(RaftEffect.AskVoterChange.class::isInstance)
                .map(effect -> ((RaftEffect.AskVoterChange) effect).change())
                .toList();
    }
}
