package io.tombolo.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.ProposeResult;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.VoterChange;
import io.tombolo.raft.core.VoterSet;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

class RaftNodeTest {

    private final Simulator simulator = new Simulator(5);

    private SimulatedCluster.Member soleVoter() {
        var cluster = new SimulatedCluster(simulator, 1, 0);
        SimulatedCluster.Member member = cluster.members().getFirst();
        member.start();
        simulator.runUntil(member::leads, Duration.ofSeconds(5));
        return member;
    }

    private List<ProposeResult> proposals(SimulatedCluster.Member member, int count, int bytes) {
        var results = new ArrayList<ProposeResult>();
        member.onLoop(() -> {
            for (int index = 0; index < count; index++) {
                var records = List.of(new byte[bytes]);
                results.add(member.raft.propose(records, member.leader.epoch()));
            }
        });
        simulator.runUntil(() -> results.size() == count, Duration.ofSeconds(1));
        return results;
    }

    @Test
    void aSoleVoterLeadsWithoutWaitingForATimeout() {
        var cluster = new SimulatedCluster(simulator, 1, 0);
        SimulatedCluster.Member member = cluster.members().getFirst();

        member.start();

        // The election time is 200 ms; this is the time of a few disk operations.
        assertThat(simulator.runUntil(member::leads, Duration.ofMillis(190))).isTrue();
    }

    @Test
    void proposalsDuringAnFsyncShareTheNextOne() {
        SimulatedCluster.Member member = soleVoter();
        simulator.runFor(Duration.ofSeconds(1));
        var forces = new AtomicInteger();
        member.machine
                .disk()
                .failWhen(operation -> {
                    if (operation.kind() == DiskOperation.Kind.FORCE) {
                        forces.incrementAndGet();
                    }
                    return false;
                });
        int before = member.commits.size();

        proposals(member, 30, 8);
        simulator.runFor(Duration.ofSeconds(1));

        assertThat(member.commits).hasSize(before + 30);
        assertThat(forces).hasValueLessThanOrEqualTo(4);
    }

    @Test
    void aProposalOfManyRecordsIsDeliveredAsOneBatch() {
        SimulatedCluster.Member member = soleVoter();

        member.propose(4);
        simulator.runFor(Duration.ofSeconds(1));

        LogBatch delivered = member.commits.getLast();
        assertThat(delivered.records()).hasSize(4);
        assertThat(member.raft.status().highWatermark()).isEqualTo(delivered.endOffset());
    }

    @Test
    void proposalsBeyondTheBoundsAreRefusedByName() {
        SimulatedCluster.Member member = soleVoter();

        List<ProposeResult> large = proposals(member, 1, 501);
        List<ProposeResult> many = proposals(member, 60, 100);

        assertThat(large.getFirst()).isInstanceOf(ProposeResult.TooLarge.class);
        assertThat(many.getFirst()).isInstanceOf(ProposeResult.Accepted.class);
        assertThat(many.getLast()).isInstanceOf(ProposeResult.Overloaded.class);
        simulator.runFor(Duration.ofSeconds(1));
        assertThat(proposals(member, 1, 100).getFirst()).isInstanceOf(ProposeResult.Accepted.class);
    }

    @Test
    void aProposalInAnotherEpochIsRefused() {
        SimulatedCluster.Member member = soleVoter();
        var results = new ArrayList<ProposeResult>();

        member.onLoop(() ->
                results.add(member.raft.propose(List.of(new byte[1]), member.leader.epoch() - 1)));
        simulator.runFor(Duration.ofMillis(10));

        assertThat(results).containsExactly(new ProposeResult.NotLeader(member.leader));
    }

    @Test
    void everythingCommittedComesAgainAfterAPowerFailure() {
        SimulatedCluster.Member member = soleVoter();
        proposals(member, 20, 8);
        simulator.runFor(Duration.ofSeconds(1));
        long state = member.state;

        member.machine.losePower();
        member.machine.restart();
        simulator.runUntil(member::leads, Duration.ofSeconds(5));

        assertThat(member.state).isEqualTo(state);
        assertThat(member.commits).hasSize(20);
    }

    @Test
    void aSnapshotIsLoadedAtTheNextStart() {
        SimulatedCluster.Member member = soleVoter();
        proposals(member, 20, 8);
        simulator.runFor(Duration.ofSeconds(1));
        member.takeSnapshot();
        simulator.runFor(Duration.ofSeconds(1));
        long state = member.state;

        member.machine.kill();
        member.machine.restart();
        simulator.runUntil(member::leads, Duration.ofSeconds(5));

        assertThat(member.snapshotsLoaded).isEqualTo(1);
        assertThat(member.state).isEqualTo(state);
        assertThat(member.commits).isEmpty();
        assertThat(member.raft.status().logStartOffset()).isPositive();
    }

    @Test
    void aFailedFsyncEndsTheReplica() {
        SimulatedCluster.Member member = soleVoter();
        member.machine.disk().failWhen(operation -> operation.kind() == DiskOperation.Kind.FORCE);

        proposals(member, 1, 8);
        simulator.runFor(Duration.ofSeconds(1));

        assertThat(member.faults).hasSize(1);
        assertThat(member.commits).isEmpty();
        assertThat(member.raft.status().role()).isEqualTo("Ended");
        assertThat(proposals(member, 1, 8).getFirst()).isInstanceOf(ProposeResult.NotLeader.class);
    }

    @Test
    void onAFullDiskTheReserveIsWrittenTo() {
        SimulatedCluster.Member member = soleVoter();
        simulator.runFor(Duration.ofSeconds(2));

        member.fillDisk(0);
        proposals(member, 10, 8);
        simulator.runFor(Duration.ofSeconds(5));

        assertThat(member.commits).hasSize(10);
        assertThat(member.rooms).containsExactly(Room.RESERVE);
        assertThat(member.raft.status().room()).isEqualTo(Room.RESERVE);
        assertThat(member.faults).isEmpty();
    }

    @Test
    void withoutAReserveNothingIsDoneUntilThereIsRoomAndThenAllOfIt() {
        SimulatedCluster.Member member = soleVoter();
        simulator.runFor(Duration.ofSeconds(2));
        member.fillDisk(0);
        int accepted = useUpTheReserve(member);
        int before = member.commits.size();

        simulator.runFor(Duration.ofSeconds(20));
        assertThat(member.rooms).containsExactly(Room.RESERVE, Room.NONE);
        assertThat(member.commits).hasSize(before).hasSizeLessThan(accepted);
        assertThat(member.faults).isEmpty();

        member.machine.disk().capacityBytes(Long.MAX_VALUE);
        simulator.runFor(Duration.ofSeconds(5));
        assertThat(member.rooms).containsExactly(Room.RESERVE, Room.NONE, Room.RESERVE, Room.AMPLE);
        assertThat(member.commits).hasSize(accepted);
    }

    /** How many proposals were taken, until there was no room for one of them. */
    private int useUpTheReserve(SimulatedCluster.Member member) {
        int accepted = 0;
        for (int round = 0; member.raft.status().room() != Room.NONE && round < 100; round++) {
            accepted +=
                    (int)
                            proposals(member, 1, 400).stream()
                                    .filter(ProposeResult.Accepted.class::isInstance)
                                    .count();
            simulator.runFor(Duration.ofMillis(100));
        }
        return accepted;
    }

    @Test
    void aPowerFailureOnAFullDiskLosesNothingThatWasCommitted() {
        SimulatedCluster.Member member = soleVoter();
        simulator.runFor(Duration.ofSeconds(2));
        member.fillDisk(0);
        proposals(member, 5, 8);
        simulator.runFor(Duration.ofSeconds(1));
        long state = member.state;

        member.machine.losePower();
        member.machine.restart();

        assertThat(simulator.runUntil(member::leads, Duration.ofSeconds(5)))
                .as("it leads, out of the reserve")
                .isTrue();
        assertThat(member.commits).hasSize(5);
        assertThat(member.state).isEqualTo(state);
    }

    @Test
    void aReplicaThatWaitsForRoomCanBeClosedAndGoesOnAtTheNextStart() {
        SimulatedCluster.Member member = soleVoter();
        simulator.runFor(Duration.ofSeconds(2));
        member.fillDisk(0);
        useUpTheReserve(member);
        long state = member.state;
        int before = member.commits.size();
        var closed = new AtomicInteger();

        member.onLoop(() -> member.raft.close(closed::incrementAndGet));
        simulator.runFor(Duration.ofSeconds(3));
        assertThat(closed).hasValue(1);

        member.machine.kill();
        member.machine.disk().capacityBytes(Long.MAX_VALUE);
        member.machine.restart();
        simulator.runUntil(member::leads, Duration.ofSeconds(5));
        assertThat(member.commits).hasSizeGreaterThanOrEqualTo(before);
        assertThat(member.commits.size() > before || member.state == state).isTrue();
    }

    @Test
    void aSnapshotThatFindsNoRoomIsGivenUpAndTheReplicaGoesOn() {
        SimulatedCluster.Member member = soleVoter();
        proposals(member, 5, 8);
        simulator.runFor(Duration.ofSeconds(2));
        member.fillDisk(100);

        member.takeSnapshot();
        simulator.runFor(Duration.ofSeconds(1));
        proposals(member, 5, 8);
        simulator.runFor(Duration.ofSeconds(1));

        assertThat(member.faults).isEmpty();
        assertThat(member.raft.status().highWatermark()).isGreaterThan(9);
    }

    @Test
    void aLeaderWhoseDiskIsFullIsReplacedAndFollowsOutOfItsReserve() {
        var cluster = new SimulatedCluster(simulator, 3, 0);
        cluster.members().forEach(SimulatedCluster.Member::start);
        simulator.runUntil(() -> cluster.leader().isPresent(), Duration.ofSeconds(10));
        simulator.runFor(Duration.ofSeconds(2));
        SimulatedCluster.Member first = cluster.leader().orElseThrow();

        first.fillDisk(0);
        first.propose(1);
        boolean replaced =
                simulator.runUntil(
                        () -> cluster.leader().filter(one -> one != first).isPresent(),
                        Duration.ofSeconds(2));
        assertThat(replaced).isTrue();

        SimulatedCluster.Member second = cluster.leader().orElseThrow();
        second.propose(3);
        simulator.runFor(Duration.ofSeconds(3));
        assertThat(second.leads()).isTrue();
        assertThat(cluster.members())
                .allSatisfy(one -> {
                    assertThat(one.faults).isEmpty();
                    assertThat(one.appliedOffset).isEqualTo(second.appliedOffset);
                });
    }

    @Test
    void aClosedReplicaGivesItsDirectoryBack() {
        SimulatedCluster.Member member = soleVoter();
        var closed = new AtomicInteger();

        member.onLoop(() -> member.raft.close(closed::incrementAndGet));
        simulator.runFor(Duration.ofSeconds(1));

        assertThat(closed).hasValue(1);
        var again = new ArrayList<AutoCloseable>();
        assertThat(lockIsFree(member, again)).isTrue();
    }

    private static boolean lockIsFree(SimulatedCluster.Member member, List<AutoCloseable> taken) {
        try {
            return taken.add(
                    member.machine.disk().lock(SimulatedCluster.DIRECTORY.resolve(".lock")));
        } catch (java.io.IOException held) {
            return false;
        }
    }

    @Test
    void anObserverBecomesAVoterAndTheLeaderGivesItsVoteAway() {
        var cluster = new SimulatedCluster(simulator, 1, 1);
        cluster.members().forEach(SimulatedCluster.Member::start);
        simulator.runUntil(() -> cluster.leader().isPresent(), Duration.ofSeconds(10));
        SimulatedCluster.Member first = cluster.members().getFirst();
        SimulatedCluster.Member second = cluster.members().getLast();
        var outcomes = new ArrayList<VoterChange.Outcome>();
        var voter = new VoterSet.Voter(SimulatedCluster.key(1), new TreeMap<>());

        first.onLoop(() -> first.raft.addVoter(voter, Duration.ofSeconds(5), outcomes::add));
        simulator.runUntil(() -> outcomes.size() == 1, Duration.ofSeconds(5));
        first.onLoop(() ->
                first.raft.removeVoter(
                        SimulatedCluster.key(0), Duration.ofSeconds(5), outcomes::add));
        simulator.runUntil(second::leads, Duration.ofSeconds(10));

        assertThat(outcomes).hasSize(2).hasOnlyElementsOfType(VoterChange.Outcome.Committed.class);
        assertThat(second.raft.status().role()).isEqualTo("Leader");
        assertThat(second.raft.status().voterSet().keys()).containsExactly(SimulatedCluster.key(1));
        assertThat(first.raft.status().role()).isEqualTo("Observer");
    }

    @Test
    void theLeaderShowsHowFarEveryReplicaIs() {
        var cluster = new SimulatedCluster(simulator, 3, 1);
        cluster.members().forEach(SimulatedCluster.Member::start);
        simulator.runUntil(() -> cluster.leader().isPresent(), Duration.ofSeconds(10));
        SimulatedCluster.Member leader = cluster.leader().orElseThrow();
        leader.propose(2);
        simulator.runFor(Duration.ofSeconds(2));

        RaftStatus status = leader.raft.status();

        assertThat(status.role()).isEqualTo("Leader");
        assertThat(status.replicas()).hasSize(4);
        assertThat(status.replicas().stream().filter(RaftStatus.Replica::voter)).hasSize(3);
        assertThat(status.replicas())
                .allSatisfy(replica -> {
                    assertThat(replica.logEndOffset()).isEqualTo(status.logEnd().offset());
                    assertThat(replica.lastCaughtUpMs()).isNotEqualTo(RaftStatus.NEVER);
                });
    }
}
