package io.tombolo.replication.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.leader.IsrProposals.Member;
import io.tombolo.replication.leader.IsrProposals.Outcome;
import io.tombolo.replication.leader.IsrProposals.Proposal;
import io.tombolo.replication.leader.LeaderReplicas.ReplicaFetched;
import io.tombolo.replication.leader.LeaderReplicas.View;
import io.tombolo.replication.leader.Peers.Standing;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What broker 1 knows of its followers 2 and 3, by example. */
class LeaderReplicasTest {

    private static final Beginning BEGINNING = new Beginning(7, 50, 50, 6);

    private static final long LAG_MAX = Duration.ofSeconds(10).toNanos();
    private static final BrokerIds ALL = BrokerIds.of(1, 2, 3);

    private final Map<Integer, Standing> standings =
            new HashMap<>(
                    Map.of(
                            1, new Standing(101, true),
                            2, new Standing(102, true),
                            3, new Standing(103, true)));
    private long now;

    private LeaderReplicas leading(BrokerIds isr) {
        return new LeaderReplicas(state(7, isr), peers(), SafetyRules.STANDARD, BEGINNING, now);
    }

    private Peers peers() {
        return new Peers(
                id -> Optional.ofNullable(standings.get(id)),
                (_, _, _) -> {},
                Duration.ofSeconds(10),
                Duration.ofSeconds(1));
    }

    private static Leadership state(int partitionEpoch, BrokerIds isr) {
        return new Leadership(1, 4, partitionEpoch, ALL, isr);
    }

    private void fetch(LeaderReplicas replicas, int broker, long offset, long leaderEnd) {
        replicas.fetched(new ReplicaFetched(broker, 100 + broker, offset, 0), leaderEnd, now);
    }

    private View view(long highWatermark, long leaderEnd) {
        return new View(highWatermark, leaderEnd, 2, now);
    }

    @Test
    void highWatermarkWaitsForTheSlowestInSyncReplica() {
        var replicas = leading(ALL);
        fetch(replicas, 2, 90, 100);

        assertThat(replicas.advancedHighWatermark(100, 60, 2, now)).isEqualTo(60);
        fetch(replicas, 3, 70, 100);
        assertThat(replicas.advancedHighWatermark(100, 60, 2, now)).isEqualTo(70);
    }

    @Test
    void whatADeadIncarnationHadDoesNotCountForTheHighWatermark() {
        var replicas = leading(BrokerIds.of(1, 2));
        fetch(replicas, 2, 100, 100);
        standings.put(2, new Standing(202, false));

        assertThat(replicas.advancedHighWatermark(100, 60, 1, now)).isEqualTo(60);
        replicas.fetched(new ReplicaFetched(2, 202, 80, 0), 100, now);
        assertThat(replicas.advancedHighWatermark(100, 60, 1, now)).isEqualTo(80);
    }

    @Test
    void withoutThatRuleARecordOfOneCopyWouldBeCommitted() {
        var careless =
                new SafetyRules() {
                    @Override
                    protected boolean positionCounts(long brokerEpoch, long registeredEpoch) {
                        return true;
                    }
                };
        var replicas =
                new LeaderReplicas(state(7, BrokerIds.of(1, 2)), peers(), careless, BEGINNING, now);
        fetch(replicas, 2, 100, 100);
        standings.put(2, new Standing(202, false));

        assertThat(replicas.advancedHighWatermark(100, 60, 1, now)).isEqualTo(100);
    }

    @Test
    void aLeaderThatWasElectedUncleanlyTellsThatItHasSettled() {
        var recovering = new Leadership(1, 4, 7, ALL, BrokerIds.of(1), true);
        var replicas =
                new LeaderReplicas(recovering, peers(), SafetyRules.STANDARD, BEGINNING, now);

        Proposal proposal = replicas.review(view(50, 50)).orElseThrow();

        assertThat(proposal.brokers()).isEqualTo(BrokerIds.of(1));
        replicas.decided(proposal, new Outcome.Accepted(4, 8, BrokerIds.of(1)), now);
        assertThat(replicas.state().recovering()).isFalse();
        assertThat(replicas.review(view(50, 50))).isEmpty();
    }

    @Test
    void highWatermarkStandsStillBelowTheMinIsr() {
        var replicas = leading(BrokerIds.of(1));

        assertThat(replicas.advancedHighWatermark(100, 60, 2, now)).isEqualTo(60);
        assertThat(replicas.advancedHighWatermark(100, 60, 1, now)).isEqualTo(100);
    }

    @Test
    void aFollowerJoinsWhenItHasTheHighWatermarkAndTheStartOfTheEpoch() {
        var replicas = leading(BrokerIds.of(1, 2));
        fetch(replicas, 3, 49, 60);
        assertThat(replicas.expansion(view(45, 60))).as("below the epoch").isEmpty();
        fetch(replicas, 3, 55, 60);
        assertThat(replicas.expansion(view(56, 60))).as("below the watermark").isEmpty();

        fetch(replicas, 3, 56, 60);
        Optional<Proposal> proposal = replicas.expansion(view(56, 60));

        assertThat(proposal).isPresent();
        assertThat(proposal.get().partitionEpoch()).isEqualTo(7);
        assertThat(proposal.get().isr())
                .containsExactly(new Member(1, 101), new Member(2, -1), new Member(3, 103));
    }

    @Test
    void whoWouldJoinCountsFromTheProposalOn() {
        var replicas = leading(BrokerIds.of(1, 2));
        fetch(replicas, 2, 100, 100);
        fetch(replicas, 3, 60, 100);
        replicas.expansion(view(60, 100));

        assertThat(replicas.maximalIsr()).isEqualTo(ALL);
        assertThat(replicas.advancedHighWatermark(100, 60, 2, now)).isEqualTo(60);
    }

    @Test
    void neitherFencedNorReplacedIncarnationsAreProposed() {
        standings.put(3, new Standing(103, false));
        var replicas = leading(BrokerIds.of(1, 2));
        fetch(replicas, 3, 60, 60);
        assertThat(replicas.expansion(view(60, 60))).isEmpty();

        standings.put(3, new Standing(104, true));
        assertThat(replicas.expansion(view(60, 60))).isEmpty();
    }

    @Test
    void anOlderIncarnationIsNotCurrent() {
        var replicas = leading(ALL);

        assertThat(replicas.current(2, 101)).isFalse();
        assertThat(replicas.current(2, 102)).isTrue();
        fetch(replicas, 2, 60, 60);
        assertThat(replicas.current(2, -1)).isTrue();
    }

    @Test
    void whoLagsLeavesOnlyOnceThatIsCommitted() {
        var replicas = leading(ALL);
        fetch(replicas, 2, 100, 100);
        fetch(replicas, 3, 60, 100);
        now += LAG_MAX / 2;
        fetch(replicas, 2, 100, 100);
        assertThat(replicas.review(view(60, 100))).isEmpty();

        now += LAG_MAX / 2 + 1;
        Proposal proposal = replicas.review(view(60, 100)).orElseThrow();
        assertThat(proposal.brokers()).isEqualTo(BrokerIds.of(1, 2));
        assertThat(replicas.advancedHighWatermark(100, 60, 2, now)).isEqualTo(60);

        replicas.decided(proposal, new Outcome.Accepted(4, 8, BrokerIds.of(1, 2)), now);
        assertThat(replicas.advancedHighWatermark(100, 60, 2, now)).isEqualTo(100);
    }

    @Test
    void whomTheControllerDropsHoldsNothingUpBeforeItFetchesAgain() {
        var replicas = leading(ALL);
        fetch(replicas, 2, 100, 100);
        fetch(replicas, 3, 60, 60);
        assertThat(replicas.advancedHighWatermark(100, 50, 2, now)).isEqualTo(60);

        replicas.adopt(state(8, BrokerIds.of(1, 2)), now);

        assertThat(replicas.advancedHighWatermark(100, 60, 2, now)).isEqualTo(100);
        assertThat(replicas.review(view(60, 100))).as("it is not taken back").isEmpty();
        fetch(replicas, 3, 100, 110);
        assertThat(replicas.advancedHighWatermark(110, 100, 2, now)).as("it runs").isEqualTo(100);
        assertThat(replicas.expansion(view(100, 110))).isPresent();
    }

    @Test
    void whoHadAllOfAnIdleLogWasThereWhenItsSessionFetchedLast() {
        var replicas = leading(ALL);
        var attendance = new Attendance();
        for (int broker : new int[] {2, 3}) {
            replicas.fetched(
                    new ReplicaFetched(broker, 100 + broker, 100, 0, attendance), 100, now);
        }
        for (int review = 0; review < 10; review++) {
            now += LAG_MAX / 2;
            attendance.heard(now);
            assertThat(replicas.review(view(100, 100))).isEmpty();
        }

        replicas.appended();
        assertThat(replicas.review(view(100, 110))).as("it lags for a moment").isEmpty();
        for (int review = 0; review < 2; review++) {
            now += LAG_MAX / 2;
            attendance.heard(now);
            replicas.appended();
            assertThat(replicas.review(view(100, 120))).isEmpty();
        }
        now += 1;

        assertThat(replicas.review(view(100, 120))).as("only this log is not copied").isPresent();
    }

    @Test
    void aLeaderThatStoodStillBlamesNobody() {
        var replicas = leading(ALL);
        fetch(replicas, 2, 60, 100);

        now += 3 * LAG_MAX;

        assertThat(replicas.review(view(60, 100))).isEmpty();
    }

    @Test
    void whoLeavesAgainHasToWaitBeforeItRejoins() {
        var replicas = leading(ALL);
        for (int times = 0; times < 2; times++) {
            fetch(replicas, 2, 200, 200);
            for (int half = 0; half < 3; half++) {
                now += LAG_MAX / 2;
                fetch(replicas, 2, 200, 200);
                replicas.review(view(100, 200)).ifPresent(it -> decide(replicas, it));
            }
            assertThat(replicas.state().isr()).isEqualTo(BrokerIds.of(1, 2));
            fetch(replicas, 3, 200, 200);
            if (times == 0) {
                decide(replicas, replicas.expansion(view(200, 200)).orElseThrow());
                replicas.fetched(new ReplicaFetched(3, 103, 150, 0), 200, now);
            }
        }

        assertThat(replicas.expansion(view(200, 200))).as("at once").isEmpty();
        now += LAG_MAX / 8 + 1;
        assertThat(replicas.expansion(view(200, 200))).as("after a pause").isPresent();
    }

    private void decide(LeaderReplicas replicas, Proposal proposal) {
        replicas.decided(
                proposal,
                new Outcome.Accepted(4, proposal.partitionEpoch() + 1, proposal.brokers()),
                now);
    }

    @Test
    void anUnansweredProposalIsMadeAgainUnchangedAfterAPause() {
        var replicas = leading(BrokerIds.of(1, 2));
        fetch(replicas, 3, 60, 60);
        Proposal proposal = replicas.expansion(view(60, 60)).orElseThrow();
        assertThat(replicas.expansion(view(60, 60))).as("one at a time").isEmpty();

        replicas.decided(proposal, new Outcome.Unavailable(), now);

        assertThat(replicas.maximalIsr()).as("it may be committed").isEqualTo(ALL);
        assertThat(replicas.expansion(view(60, 60))).isEmpty();
        now = replicas.retryNanos().orElseThrow();
        assertThat(replicas.expansion(view(60, 60))).contains(proposal);
    }

    @Test
    void aRefusedProposalNeverWas() {
        var replicas = leading(BrokerIds.of(1, 2));
        fetch(replicas, 3, 60, 60);
        Proposal proposal = replicas.expansion(view(60, 60)).orElseThrow();

        replicas.decided(proposal, new Outcome.InvalidUpdate(), now);

        assertThat(replicas.maximalIsr()).isEqualTo(BrokerIds.of(1, 2));
    }

    @Test
    void aFencedLeaderProposesNothingUntilTheImageTells() {
        var replicas = leading(BrokerIds.of(1, 2));
        fetch(replicas, 3, 60, 60);
        Proposal proposal = replicas.expansion(view(60, 60)).orElseThrow();
        replicas.decided(proposal, new Outcome.StalePartitionEpoch(), now);
        now += LAG_MAX / 2;
        fetch(replicas, 3, 60, 60);
        assertThat(replicas.expansion(view(60, 60))).isEmpty();
        assertThat(replicas.maximalIsr()).isEqualTo(ALL);

        assertThat(replicas.adopt(state(8, BrokerIds.of(1, 2)), now)).isTrue();

        assertThat(replicas.maximalIsr()).isEqualTo(BrokerIds.of(1, 2));
        assertThat(replicas.expansion(view(60, 60))).isPresent();
    }

    @Test
    void anOlderStateIsNoNews() {
        var replicas = leading(ALL);

        assertThat(replicas.adopt(state(6, BrokerIds.of(1)), now)).isFalse();
        assertThat(replicas.state().isr()).isEqualTo(ALL);
    }
}
