package io.tombolo.environment.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.Environment;
import io.tombolo.environment.Invariant;
import io.tombolo.environment.simulated.fault.Fault;
import io.tombolo.environment.simulated.fault.FaultKind;
import io.tombolo.environment.simulated.fault.FaultSchedule;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

class SimulatorTest {

    private static final List<String> HOSTS = List.of("a", "b", "c");

    @Test
    void oneSeedAlwaysGivesTheSameTrace() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(gossip(seed, 0)).as("seed %d", seed).isEqualTo(gossip(seed, 0));
        }
    }

    @Test
    void differentSeedsGiveDifferentTraces() {
        Set<Long> hashes = new HashSet<>();
        for (long seed = 1; seed <= 20; seed++) {
            hashes.add(gossip(seed, 0));
        }
        assertThat(hashes).hasSize(20);
    }

    @Test
    void aProgramThatLooksAtAnythingElseIsNoticed() {
        // What a program might take from the real world, such as a clock or a hash code.
        assertThat(gossip(1, 1)).isNotEqualTo(gossip(1, 2));
    }

    private static long gossip(long seed, int impurity) {
        var simulator = new Simulator(seed);
        for (int index = 0; index < HOSTS.size(); index++) {
            String peer = HOSTS.get((index + 1) % HOSTS.size());
            SimulatedNode node = simulator.addNode(HOSTS.get(index), 2);
            node.disk().mount(Path.of("/gossip"));
            node.start(environment -> Gossip.start(environment, peer));
        }
        Environment first = simulator.node("a").environment();
        first.loops()
                .loop(0)
                .execute(() -> first.loops().loop(0).schedule(1_000 + impurity, () -> {}));
        FaultSchedule.drawn(
                        simulator.entropy("faults"),
                        FaultKind.mostKinds(),
                        HOSTS,
                        Duration.ofSeconds(3),
                        Duration.ofMillis(100))
                .playOn(simulator);
        simulator.runFor(Duration.ofSeconds(4));
        assertThat(simulator.trace().eventCount()).isGreaterThan(500);
        return simulator.trace().hash();
    }

    @Test
    void everyFaultIsDrawnByAndBy() {
        Set<Class<?>> kinds = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            var schedule =
                    FaultSchedule.drawn(
                            new SimulatedEntropy(seed),
                            EnumSet.allOf(FaultKind.class),
                            HOSTS,
                            Duration.ofSeconds(10),
                            Duration.ofMillis(500));
            schedule.faults().forEach(timed -> kinds.add(timed.fault().getClass()));
        }
        Set<Class<?>> all = Set.of(Fault.class.getPermittedSubclasses());
        assertThat(kinds).isEqualTo(all);
    }

    @Test
    void anyPartOfAScheduleIsASchedule() {
        var whole =
                FaultSchedule.drawn(
                        new SimulatedEntropy(5),
                        EnumSet.allOf(FaultKind.class),
                        HOSTS,
                        Duration.ofSeconds(2),
                        Duration.ofMillis(50));
        for (int from = 0; from < whole.faults().size(); from += 7) {
            var part = whole.without(from, from + 7);
            var simulator = new Simulator(5);
            HOSTS.forEach(host -> simulator.addNode(host, 1).start(started -> {}));
            part.playOn(simulator);
            simulator.runFor(Duration.ofSeconds(3));
            assertThat(part.toString().lines().count()).isEqualTo(part.faults().size());
        }
    }

    @Test
    void aTaskThatThrowsStopsTheRunAndNamesTheSeed() {
        var simulator = new Simulator(77);
        Environment environment = simulator.addNode("a", 1).start(started -> {});
        environment
                .loops()
                .loop(0)
                .execute(() -> Invariant.check(false, "one is %d, not %d", 1, 2));

        assertThatThrownBy(() -> simulator.runFor(Duration.ofSeconds(1)))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("seed 77")
                .hasMessageContaining("one is 1, not 2")
                .hasMessageContaining("a task")
                .hasCauseInstanceOf(Invariant.Broken.class);
    }

    @Test
    void aBrokenInvariantIsNoticedAfterTheEventThatBreaksIt() {
        var simulator = new Simulator(78);
        var loop = simulator.addNode("a", 1).start(started -> {}).loops().loop(0);
        var count = new AtomicInteger();
        simulator.afterEachEvent(() -> Invariant.check(count.get() < 3, "three is too many"));
        for (int index = 0; index < 10; index++) {
            loop.execute(count::incrementAndGet);
        }

        assertThatThrownBy(() -> simulator.runFor(Duration.ofSeconds(1)))
                .isInstanceOf(SimulationFailure.class);
        assertThat(count).hasValue(3);
    }

    @Test
    void aCrashDropsEverythingTheProcessHadPlanned() {
        var simulator = new Simulator(1);
        SimulatedNode node = simulator.addNode("a", 1);
        Environment environment = node.start(started -> {});
        var ran = new ArrayList<String>();
        var loop = environment.loops().loop(0);
        loop.execute(() -> {
            loop.schedule(5_000_000, () -> ran.add("timer"));
            environment
                    .offload()
                    .submit(1, () -> ran.add("work"), loop, outcome -> ran.add("done"));
        });
        simulator.after(Duration.ofNanos(30_000), "kill", node::kill);

        simulator.runFor(Duration.ofSeconds(1));
        loop.execute(() -> ran.add("after the end"));
        simulator.runFor(Duration.ofSeconds(1));

        assertThat(node.running()).isFalse();
        assertThat(ran).doesNotContain("timer", "done", "after the end");
    }

    @Test
    void aPausedProcessDoesLaterAndInOrderWhatItMissed() {
        var simulator = new Simulator(2);
        SimulatedNode node = simulator.addNode("a", 1);
        Environment environment = node.start(started -> {});
        var ran = new ArrayList<Integer>();
        var loop = environment.loops().loop(0);
        node.pause();
        for (int number = 0; number < 20; number++) {
            int n = number;
            loop.execute(() -> ran.add(n));
        }
        simulator.runFor(Duration.ofSeconds(1));
        assertThat(ran).isEmpty();

        node.resume();
        loop.execute(() -> ran.add(20));
        simulator.runFor(Duration.ofSeconds(1));

        assertThat(ran).hasSize(21).isSorted();
        assertThat(simulator.nowNanos()).isEqualTo(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void aRestartRunsTheProgramOnWhatTheDiskStillHolds() throws Exception {
        var simulator = new Simulator(3);
        SimulatedNode node = simulator.addNode("a", 1);
        node.disk().mount(Path.of("/data"));
        var found = new ArrayList<List<String>>();
        node.start(environment -> {
            try {
                found.add(environment.disk().list(Path.of("/data")));
                environment.disk().writeAtomically(Path.of("/data/x"), new byte[] {1});
            } catch (java.io.IOException unexpected) {
                throw new java.io.UncheckedIOException(unexpected);
            }
        });
        node.losePower();
        node.restart();
        node.kill();
        node.restartEmpty();

        assertThat(found).containsExactly(List.of(), List.of("x"), List.of());
    }

    @Test
    void timersFollowTheClockOfTheirNode() {
        var simulator = new Simulator(4);
        SimulatedNode node = simulator.addNode("a", 1);
        Environment environment = node.start(started -> {});
        node.clock().drift(100_000);
        var elapsed = new ArrayList<Long>();
        var loop = environment.loops().loop(0);
        loop.execute(() -> {
            long began = environment.clock().nanoTime();
            loop.schedule(1_000_000_000, () -> elapsed.add(environment.clock().nanoTime() - began));
        });

        simulator.runFor(Duration.ofMillis(950));

        assertThat(elapsed).as("a fast clock is there early").hasSize(1);
        assertThat(elapsed.getFirst()).isBetween(1_000_000_000L, 1_001_000_000L);
    }

    @Test
    void aWallClockJumpsWhileTheMonotonicOneGoesOn() {
        var simulator = new Simulator(5);
        SimulatedNode node = simulator.addNode("a", 1);
        long wall = node.clock().wallTimeMs();
        long mono = node.clock().nanoTime();

        node.clock().jumpWall(Duration.ofHours(-1));

        assertThat(node.clock().wallTimeMs()).isEqualTo(wall - 3_600_000);
        assertThat(node.clock().nanoTime()).isEqualTo(mono);
    }

    @Test
    void cancelledTimersDoNotPileUp() {
        var simulator = new Simulator(6);
        var loop = simulator.addNode("a", 1).start(started -> {}).loops().loop(0);
        var left = new AtomicInteger(50_000);
        loop.execute(
                new Runnable() {
                    @Override
                    public void run() {
                        loop.schedule(3_600_000_000_000L, () -> {}).cancel();
                        if (left.decrementAndGet() > 0) {
                            loop.execute(this);
                        }
                    }
                });
        simulator.runUntil(() -> left.get() == 0, Duration.ofHours(1));
        assertThat(simulator.plannedCount()).isLessThan(10_000);
    }
}
