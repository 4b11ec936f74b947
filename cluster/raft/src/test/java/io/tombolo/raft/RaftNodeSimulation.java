package io.tombolo.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterChange;
import io.tombolo.raft.core.VoterSet;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.EnumSet;
import java.util.TreeMap;

/**
 * The driver and its files, with voters that come and go, under kills, power failures with torn
 * writes, full disks, pauses and loss, on the simulated environment. {@code -Dseeds=N} runs more,
 * {@code -Dseed=S} replays one.
 */
class RaftNodeSimulation {

    private static final int SEEDS = Math.max(100, Integer.getInteger("seeds", 0));

    @Test
    void theStateMachinesAgreeUnderEveryFaultAndGoOnAfterThem() {
        Long single = Long.getLong("seed");
        var rooms = EnumSet.noneOf(Room.class);
        int snapshotsLoaded = 0;
        int changesCommitted = 0;
        long first = single == null ? 1 : single;
        for (long seed = first; seed <= (single == null ? SEEDS : single); seed++) {
            var simulator = new Simulator(seed);
            try {
                SimulatedCluster cluster = run(simulator);
                for (SimulatedCluster.Member member : cluster.members()) {
                    snapshotsLoaded += member.snapshotsLoaded;
                    rooms.addAll(member.rooms);
                    changesCommitted +=
                            (int)
                                    member.changes.stream()
                                            .filter(VoterChange.Outcome.Committed.class::isInstance)
                                            .count();
                }
            } catch (AssertionError failure) {
                throw new AssertionError(
                        "replay with -Dtest=RaftNodeSimulation -Dseed=" + seed, failure);
            }
        }
        if (single == null) {
            assertThat(snapshotsLoaded).isPositive();
            assertThat(changesCommitted).isPositive();
            assertThat(rooms).containsExactly(Room.values());
        }
    }

    @Test
    void oneSeedGivesOneTrace() {
        var first = new Simulator(11);
        var second = new Simulator(11);

        run(first);
        run(second);

        assertThat(second.trace().eventCount()).isEqualTo(first.trace().eventCount());
        assertThat(second.trace().last()).isEqualTo(first.trace().last());
    }

    private static SimulatedCluster run(Simulator simulator) {
        SimulatedEntropy chance = simulator.entropy("faults");
        int voters = new int[] {1, 3, 3, 5}[chance.nextInt(4)];
        var cluster = new SimulatedCluster(simulator, voters, chance.nextInt(2));
        cluster.members().forEach(SimulatedCluster.Member::start);
        cluster.lossShare = chance.chance(0.5) ? 0 : 0.1;
        for (int round = 0; round < 120; round++) {
            cluster.leader().ifPresent(leader -> leader.propose(1 + chance.nextInt(4)));
            if (chance.chance(0.05)) {
                int node = chance.nextInt(cluster.members().size());
                cluster.leader().ifPresent(leader -> changeVote(leader, node));
            }
            if (chance.chance(0.2)) {
                disturb(cluster.members().get(chance.nextInt(cluster.members().size())), chance);
            }
            simulator.runFor(Duration.ofMillis(chance.between(1, 80)));
        }
        recover(simulator, cluster);
        return cluster;
    }

    /** Gives a replica a vote, or takes it away. */
    private static void changeVote(SimulatedCluster.Member leader, int node) {
        ReplicaKey key = SimulatedCluster.key(node);
        var timeout = Duration.ofSeconds(1);
        leader.onLoop(() -> {
            if (leader.raft.status().voterSet().contains(key)) {
                leader.raft.removeVoter(key, timeout, leader.changes::add);
            } else {
                var voter = new VoterSet.Voter(key, new TreeMap<>());
                leader.raft.addVoter(voter, timeout, leader.changes::add);
            }
        });
    }

    private static void disturb(SimulatedCluster.Member member, SimulatedEntropy chance) {
        switch (chance.nextInt(9)) {
            case 0 -> member.machine.kill();
            case 1 -> member.machine.losePower();
            case 2 -> member.machine.pause();
            case 3 -> member.machine.resume();
            case 4 -> member.cutOff = !member.cutOff;
            case 5 -> member.takeSnapshot();
            case 6 -> member.fillDisk(chance.between(0, 3000));
            case 7 -> member.machine.disk().capacityBytes(Long.MAX_VALUE);
            default -> member.onLoop(member.raft::resign);
        }
        if (!member.machine.running() && chance.chance(0.7)) {
            member.machine.restart();
        }
    }

    private static void recover(Simulator simulator, SimulatedCluster cluster) {
        cluster.lossShare = 0;
        for (SimulatedCluster.Member member : cluster.members()) {
            member.cutOff = false;
            member.machine.disk().capacityBytes(Long.MAX_VALUE);
            member.machine.resume();
            if (!member.machine.running()) {
                member.machine.restart();
            }
        }
        assertThat(simulator.runUntil(() -> cluster.leader().isPresent(), Duration.ofSeconds(20)))
                .as("liveness: a leader is found")
                .isTrue();
        simulator.runFor(Duration.ofSeconds(4));
        long before = cluster.committedOffset;
        cluster.leader().orElseThrow().propose(3);
        boolean all =
                simulator.runUntil(
                        () ->
                                cluster.members().stream()
                                        .allMatch(member -> member.appliedOffset >= before + 3),
                        Duration.ofSeconds(10));
        assertThat(cluster.members().stream().flatMap(member -> member.faults.stream())).isEmpty();
        assertThat(all).as("liveness: all apply what is proposed now").isTrue();
    }
}
