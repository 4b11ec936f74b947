package io.tombolo.raft.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Quorums of 1, 3 and 5 voters and some observers under crashes that lose what was not forced, lost
 * disks, pauses, partitions, delay, loss, duplication and reordering, while in most of them
 * somebody adds, removes and moves voters; then everything is mended, votes of lost disks are taken
 * away, and they must make progress. {@code -Dseeds=N} runs more, {@code -Dseed=S} replays one.
 */
class QuorumSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 240);
    private static final long FAULTS_MS = 6000;
    private static final long RECOVERY_MS = 5000;
    private static final String[] EVERY_STATE = namesOf(RaftState.class);
    private static final String[] EVERY_EFFECT = namesOf(RaftEffect.class);

    private static final String[] EVERY_REFUSAL =
            Stream.of(VoterChange.Outcome.Reason.values()).map(Enum::name).toArray(String[]::new);

    private static String[] namesOf(Class<?> sealed) {
        return Stream.of(sealed.getDeclaredClasses())
                .filter(Class::isRecord)
                .map(Class::getSimpleName)
                .toArray(String[]::new);
    }

    @Test
    void everyInvariantHoldsUnderEveryFaultAndProgressReturnsAfterThem() {
        Long single = Long.getLong("seed");
        long first = single == null ? 1 : single;
        long last = single == null ? SEEDS : single;
        var seen = new TreeSet<String>();
        for (long seed = first; seed <= last; seed++) {
            var world = new QuorumWorld(seed, Flaw.NONE);
            try {
                run(world);
                seen.addAll(world.seen().keySet());
            } catch (AssertionError | RuntimeException broken) {
                fail(
                        "replay with -Dtest=QuorumSimulation -Dseed="
                                + seed
                                + "\n"
                                + broken
                                + "\n"
                                + world.lastLines(),
                        broken);
            }
        }
        if (single == null) {
            assertThat(seen).contains(EVERY_STATE).contains(EVERY_EFFECT).contains(EVERY_REFUSAL);
            assertThat(seen).contains("change committed", "wiped", "founded");
            assertThat(seen).contains("waited for room", "resigned for want of room");
        }
    }

    @Test
    void oneSeedGivesOneTrace() {
        for (long seed = 1; seed <= 5; seed++) {
            var first = new QuorumWorld(seed, Flaw.NONE);
            var second = new QuorumWorld(seed, Flaw.NONE);

            first.hashTrace();
            second.hashTrace();

            run(first);
            run(second);

            assertThat(second.traceHash()).isEqualTo(first.traceHash()).isNotZero();
        }
    }

    static void run(QuorumWorld world) {
        world.startAll();
        world.keepProposing();
        world.keepFailing(FAULTS_MS);
        world.runFor(FAULTS_MS);
        world.mendAll();
        world.runFor(RECOVERY_MS);
        progresses(world);
    }

    /** Liveness: one leader, known to all, and what is proposed now is applied everywhere. */
    private static void progresses(QuorumWorld world) {
        List<SimulatedReplica> leaders =
                world.replicas().stream().filter(SimulatedReplica::leads).toList();
        assertThat(leaders).as("liveness: leaders after the faults").hasSize(1);
        SimulatedReplica leader = leaders.getFirst();
        world.propose(leader);
        long proposed = leader.logicalEnd();
        world.runFor(500);
        assertThat(leader.voters().keys())
                .as("liveness: no lost disk has a vote any more")
                .allMatch(voter -> world.replicaOf(voter).isPresent());
        for (SimulatedReplica replica : world.replicas()) {
            assertThat(replica.appliedOffset())
                    .as("liveness: node %d applies what was proposed", replica.node())
                    .isGreaterThanOrEqualTo(proposed);
            assertThat(replica.announced().leaderId())
                    .as("liveness: node %d knows the leader", replica.node())
                    .isEqualTo(leader.node());
        }
    }
}
