package io.tombolo.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Endpoint;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.Past;
import io.tombolo.raft.core.RaftMessage.PresenceAnswer;
import io.tombolo.raft.core.RaftMessage.PresenceRequest;
import io.tombolo.raft.core.VoterSet.Enrolment;
import io.tombolo.raft.core.VoterSet.Voter;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** How a quorum begins; broker 4 is of the region and not to vote. */
class FoundingTest {

    private static final LeaderAndEpoch NOBODY = new LeaderAndEpoch(-1, 0);
    private static final long MS = 1_000_000;

    private RaftCore core = core(1);
    private List<RaftEffect> effects = List.of();
    private long nowNanos = MS;

    private static ReplicaKey key(int node) {
        return new ReplicaKey(node, new UUID(5, node));
    }

    private static Voter voter(int node) {
        return new Voter(
                key(node), new TreeMap<>(Map.of("INTERNAL", new Endpoint("b" + node, 9000))));
    }

    private static RaftCore core(int self) {
        return core(self, false);
    }

    private static RaftCore core(int self, boolean remembers) {
        return core(self, remembers, new SafetyRules());
    }

    private static RaftCore core(int self, boolean remembers, SafetyRules rules) {
        var enrolment =
                new Enrolment(
                        voter(self).listeners(),
                        VoterSet.Versions.SUPPORTED,
                        true,
                        List.of(1, 2, 3, 4),
                        List.of(1, 2, 3),
                        remembers);
        var origin =
                new RaftCore.Origin(
                        key(self),
                        VoterSet.UNKNOWN,
                        ElectionState.NEW,
                        RecoveredLog.empty(),
                        enrolment);
        return new RaftCore(origin, RaftSettings.STANDARD, new Chance(1), rules);
    }

    private void step(RaftEvent event) {
        effects = core.step(event, nowNanos);
    }

    /** The exchange of the question to each node, as far as this step asked one. */
    private Map<Integer, Long> questions() {
        var asked = new TreeMap<Integer, Long>();
        for (RaftEffect effect : effects) {
            if (effect instanceof RaftEffect.Send(Envelope sent)
                    && sent.body() instanceof PresenceRequest) {
                asked.put(sent.to(), sent.exchange());
            }
        }
        return asked;
    }

    private void answers(int node, long exchange, long logEndOffset) {
        answers(node, exchange, logEndOffset, List.of());
    }

    private void answers(int node, long exchange, long logEndOffset, List<ReplicaKey> voters) {
        var answer = new PresenceAnswer(RaftError.NONE, NOBODY, voter(node), logEndOffset, voters);
        step(new RaftEvent.MessageReceived(new Envelope(node, 1, exchange, answer)));
    }

    @Test
    void theLowestFounderBeginsWhenEverybodySaysThatItHoldsNothing() {
        step(new RaftEvent.Started());
        Map<Integer, Long> asked = questions();
        assertThat(asked).containsOnlyKeys(2, 3, 4);

        asked.forEach((node, exchange) -> answers(node, exchange, 0));

        assertThat(core.voters()).isEqualTo(VoterSet.of(List.of(voter(1), voter(2), voter(3))));
        step(new RaftEvent.TimerFired());
        assertThat(core.role()).isEqualTo("Prospective");
        assertThat(core.awaited()).isEmpty();
    }

    @Test
    void itWaitsForThoseThatDoNotAnswerAndTellsForWhom() {
        step(new RaftEvent.Started());
        Map<Integer, Long> asked = questions();

        answers(2, asked.get(2), 0);
        answers(3, asked.get(3), 0);
        step(new RaftEvent.RequestFailed(asked.get(4)));

        assertThat(core.awaited()).containsExactly(4);
        assertThat(core.role()).isEqualTo("Observer");
    }

    @Test
    void oneThatHoldsALogObjectsEvenIfItNeverVoted() {
        step(new RaftEvent.Started());
        Map<Integer, Long> asked = questions();

        answers(2, asked.get(2), 0);
        answers(3, asked.get(3), 0);
        answers(4, asked.get(4), 7);

        assertThat(core.voters()).isEqualTo(VoterSet.UNKNOWN);
        assertThat(core.role()).isEqualTo("Observer");
    }

    @Test
    void aLogThatNoMajorityOfItsVotersEverHeldIsNoObjection() {
        step(new RaftEvent.Started());
        Map<Integer, Long> asked = questions();
        var before = new ReplicaKey(1, new UUID(99, 1));

        answers(4, asked.get(4), 2, List.of(before, key(2), key(3)));
        answers(2, asked.get(2), 0);
        answers(3, asked.get(3), 0);

        assertThat(core.voters().keys()).containsExactly(key(1), key(2), key(3));
    }

    @Test
    void aLogThatLostDisksOfItsVotersMayHaveHeldIsAnObjection() {
        step(new RaftEvent.Started());
        Map<Integer, Long> asked = questions();
        var before = new ReplicaKey(1, new UUID(99, 1));
        var also = new ReplicaKey(2, new UUID(99, 2));

        answers(4, asked.get(4), 2, List.of(before, also, key(3)));
        answers(2, asked.get(2), 0);
        answers(3, asked.get(3), 0);

        assertThat(core.voters()).isEqualTo(VoterSet.UNKNOWN);
        assertThat(core.awaited()).containsExactly(4);
    }

    @Test
    void whoHasLostItsLogObjectsAndWhenNobodyHasOneThatIsTold() {
        step(new RaftEvent.Started());
        Map<Integer, Long> asked = questions();

        answers(2, asked.get(2), 0);
        answers(3, asked.get(3), PresenceAnswer.LOST);
        assertThat(core.past()).isEqualTo(Past.REMEMBERED);
        answers(4, asked.get(4), 0);

        assertThat(core.voters()).isEqualTo(VoterSet.UNKNOWN);
        assertThat(core.past()).isEqualTo(Past.LOST);
        assertThat(core.awaited()).containsExactly(3);
    }

    @Test
    void aFounderThatHasLostItsLogBeginsNothing() {
        core = core(1, true);
        step(new RaftEvent.Started());
        Map<Integer, Long> asked = questions();
        assertThat(core.past()).isEqualTo(Past.REMEMBERED);

        asked.forEach((node, exchange) -> answers(node, exchange, 0));

        assertThat(core.voters()).isEqualTo(VoterSet.UNKNOWN);
        assertThat(core.past()).isEqualTo(Past.LOST);
    }

    @Test
    void withoutThatRuleItWouldBeginASecondQuorum() {
        var forgetful =
                new SafetyRules() {
                    @Override
                    boolean mayBegin(boolean remembers) {
                        return true;
                    }
                };
        core = core(1, true, forgetful);
        step(new RaftEvent.Started());
        Map<Integer, Long> asked = questions();

        asked.forEach((node, exchange) -> answers(node, exchange, 0));

        assertThat(core.voters()).isEqualTo(VoterSet.of(List.of(voter(1), voter(2), voter(3))));
    }

    @Test
    void whoHasLostItsLogSaysSoAndFindsOutWhetherAnybodyHasOne() {
        core = core(3, true);
        step(new RaftEvent.Started());
        Map<Integer, Long> asked = questions();
        assertThat(asked).containsOnlyKeys(1, 2, 4);

        step(new RaftEvent.MessageReceived(new Envelope(1, 3, 99, new PresenceRequest())));
        assertThat(effects)
                .contains(
                        new RaftEffect.Send(
                                new Envelope(
                                        3,
                                        1,
                                        99,
                                        new PresenceAnswer(
                                                RaftError.NONE,
                                                NOBODY,
                                                voter(3),
                                                PresenceAnswer.LOST,
                                                List.of()))));
        asked.forEach((node, exchange) ->
                step(
                        new RaftEvent.MessageReceived(
                                new Envelope(
                                        node,
                                        3,
                                        exchange,
                                        new PresenceAnswer(
                                                RaftError.NONE,
                                                NOBODY,
                                                voter(node),
                                                node == 4 ? 9 : 0,
                                                List.of())))));

        assertThat(core.past()).as("4 has a log").isEqualTo(Past.REMEMBERED);
        assertThat(core.voters()).isEqualTo(VoterSet.UNKNOWN);
    }

    @Test
    void anOldAnswerIsNone() {
        step(new RaftEvent.Started());
        Map<Integer, Long> asked = questions();
        answers(2, asked.get(2), 0);
        answers(3, asked.get(3), 0);

        nowNanos += RaftSettings.STANDARD.timing().fetch().toNanos() + MS;
        answers(4, asked.get(4), 0);

        assertThat(core.voters()).isEqualTo(VoterSet.UNKNOWN);
        assertThat(questions()).containsOnlyKeys(2, 3);
    }

    @Test
    void nobodyElseBeginsOrAsks() {
        core = core(2);

        step(new RaftEvent.Started());

        assertThat(questions()).isEmpty();
        assertThat(core.voters()).isEqualTo(VoterSet.UNKNOWN);
    }

    @Test
    void everyReplicaSaysWhoItIs() {
        core = core(3);
        step(new RaftEvent.Started());

        step(new RaftEvent.MessageReceived(new Envelope(1, 3, 99, new PresenceRequest())));

        assertThat(effects)
                .contains(
                        new RaftEffect.Send(
                                new Envelope(
                                        3,
                                        1,
                                        99,
                                        new PresenceAnswer(
                                                RaftError.NONE, NOBODY, voter(3), 0, List.of()))));
    }

    @Test
    void aVoteIsGivenToWhoNamedThisReplicaAVoter() {
        core = core(3);
        step(new RaftEvent.Started());
        var asked = new RaftMessage.VoteRequest(key(3), key(1), 1, OffsetAndEpoch.ZERO, false);

        step(new RaftEvent.MessageReceived(new Envelope(1, 3, 99, asked)));

        assertThat(effects)
                .contains(
                        new RaftEffect.Send(
                                new Envelope(
                                        3,
                                        1,
                                        99,
                                        new RaftMessage.VoteAnswer(
                                                RaftError.NONE, new LeaderAndEpoch(-1, 1), true))));
    }
}
