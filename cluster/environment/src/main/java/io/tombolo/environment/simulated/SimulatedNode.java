package io.tombolo.environment.simulated;

import io.tombolo.environment.Environment;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One machine: its disk and clock stay, its process comes and goes. Everything that belongs to a
 * process (tasks, timers, blocking work, connections, open files) is dropped when it ends.
 */
public final class SimulatedNode {

    private static final Latency OFFLOAD =
            new Latency(
                    Duration.ofNanos(20_000), Duration.ofMillis(1), 0.01, Duration.ofMillis(50));

    private static final Latency SLOW_OFFLOAD =
            Latency.between(Duration.ofMillis(20), Duration.ofMillis(500));

    private final Simulator simulator;
    private final String host;
    private final int loopCount;
    private final SimulatedClock clock;
    private final SimulatedDisk disk;
    private final List<SimulatedEvent> heldBack = new ArrayList<>();
    private Consumer<Environment> program = environment -> {};
    private Latency offloadLatency = OFFLOAD;
    private @Nullable SimulatedProcess process;
    private @Nullable Environment environment;
    private boolean paused;
    private boolean powered = true;
    private int lifeCount;

    SimulatedNode(Simulator simulator, String host, int loopCount) {
        this.simulator = simulator;
        this.host = host;
        this.loopCount = loopCount;
        var entropy = new SimulatedEntropy(simulator.seed()).fork("node " + host);
        this.clock = new SimulatedClock(simulator, entropy.between(0, 1L << 50));
        this.disk = new SimulatedDisk(entropy, simulator.trace(), simulator::nowNanos);
    }

    /** The name under which other nodes connect to it. */
    public String host() {
        return host;
    }

    /**
     * Starts a process.
     *
     * @param newProgram run at once, outside any loop, now and at every restart
     */
    public Environment start(Consumer<Environment> newProgram) {
        program = newProgram;
        return restart();
    }

    /**
     * Starts the program again after the process has ended, with what its disk still holds. When
     * the power fails while it starts, it is not running afterwards.
     */
    public Environment restart() {
        if (process != null) {
            throw new IllegalStateException(host + " is running");
        }
        powered = true;
        lifeCount++;
        simulator.trace().add(simulator.nowNanos(), host, "start", lifeCount, 0);
        var life = new SimulatedProcess(this, loopCount);
        var entropy = new SimulatedEntropy(simulator.seed()).fork(host + " life " + lifeCount);
        var started =
                new Environment(
                        clock,
                        life.loops(),
                        new ProcessNetwork(simulator.network(), life),
                        disk,
                        new SimulatedOffload(life),
                        entropy);
        process = life;
        environment = started;
        simulator.network().pumpAll();
        try {
            program.accept(started);
        } catch (SimulatedCrash crash) {
            losePower();
        }
        return started;
    }

    /** Starts the program again on a new, empty disk. */
    public Environment restartEmpty() {
        disk.wipe();
        return restart();
    }

    /** What the running process sees of the world. */
    public Environment environment() {
        if (environment == null) {
            throw new IllegalStateException(host + " is not running");
        }
        return environment;
    }

    /** Whether a process runs, paused or not. */
    public boolean running() {
        return process != null;
    }

    /**
     * The process ends at once, as by {@code kill -9}: what it wrote stays, forced or not, and its
     * peers hear that the connections are closed. Nothing happens when none runs.
     */
    public void kill() {
        SimulatedProcess ended = end("kill");
        if (ended != null) {
            disk.processEnded();
            simulator.network().processKilled(ended);
        }
    }

    /**
     * The machine loses its power: of what was not forced, a subset drawn from the seed stays, and
     * peers hear nothing until they send to it after its restart. Nothing happens when none runs.
     */
    public void losePower() {
        SimulatedProcess ended = end("lose power");
        if (ended != null) {
            powered = false;
            disk.losePower();
            simulator.network().processVanished(ended);
        }
    }

    private @Nullable SimulatedProcess end(String what) {
        SimulatedProcess ended = process;
        if (ended != null) {
            simulator.trace().add(simulator.nowNanos(), host, what, lifeCount, 0);
            ended.end();
            process = null;
            environment = null;
            paused = false;
            heldBack.clear();
        }
        return ended;
    }

    /** Stops the process where it stands; time goes on without it. */
    public void pause() {
        paused = process != null;
    }

    /** Lets a paused process go on: whatever became due meanwhile happens now, in its order. */
    public void resume() {
        paused = false;
        for (SimulatedEvent event : heldBack) {
            simulator.plan(simulator.nowNanos(), event);
        }
        heldBack.clear();
    }

    /** Frames delivered to the running process and not yet released. */
    public long framesHeldCount() {
        return process == null ? 0 : process.framesHeldCount();
    }

    /** Whether the machine, if not a process on it, answers. */
    boolean powered() {
        return powered;
    }

    /** Whether the process stands still. */
    public boolean paused() {
        return paused;
    }

    void holdBack(SimulatedEvent event) {
        heldBack.add(event);
    }

    /** The disk, with its faults; it outlives the process. */
    public SimulatedDisk disk() {
        return disk;
    }

    /** The clocks. */
    public SimulatedClock clock() {
        return clock;
    }

    /** Blocking work takes up to half a second from now on. */
    public void slowDisk() {
        offloadLatency = SLOW_OFFLOAD;
    }

    /** Blocking work takes its usual time from now on. */
    public void normalDisk() {
        offloadLatency = OFFLOAD;
    }

    /** How long blocking work takes from now on. */
    public void offloadLatency(Latency latency) {
        offloadLatency = latency;
    }

    Latency offloadLatency() {
        return offloadLatency;
    }

    Simulator simulator() {
        return simulator;
    }

    @Override
    public String toString() {
        return host;
    }
}
