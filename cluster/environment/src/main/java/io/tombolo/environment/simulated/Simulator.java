package io.tombolo.environment.simulated;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * Runs whole processes in one thread and in virtual time. Everything that is about to happen stands
 * in one queue, ordered by time and then by the order in which it was planned; delays are drawn
 * from the seed, so the seed alone decides how the steps of different loops, nodes and connections
 * interleave. A task takes no virtual time.
 *
 * <p>Owner: the test's thread. Use: {@link #addNode}, {@link SimulatedNode#start}, then {@link
 * #runUntil}; cut, crash and pause through {@link #network()} and the nodes, or by a schedule of
 * {@code io.tombolo.environment.simulated.fault}.
 */
public final class Simulator {

    private static final int CANCELLED_BEFORE_SWEEP = 4096;

    private final long seed;
    private final SimulatedEntropy entropy;
    private final Trace trace = new Trace();
    private final PriorityQueue<SimulatedEvent> queue = new PriorityQueue<>();
    private final Map<String, SimulatedNode> nodes = new LinkedHashMap<>();
    private final List<Runnable> invariants = new ArrayList<>();
    private final List<Runnable> endOfTurn = new ArrayList<>();
    private final SimulatedNetwork network;
    private @Nullable SimulatedLoop currentLoop;
    private @Nullable SimulatedNode actor;
    private long nowNanos;
    private long sequence;
    private int cancelledCount;

    public Simulator(long seed) {
        this.seed = seed;
        this.entropy = new SimulatedEntropy(seed).fork("simulator");
        this.network = new SimulatedNetwork(this);
    }

    /** The number that reproduces this run. */
    public long seed() {
        return seed;
    }

    /** Virtual nanoseconds since the beginning. */
    public long nowNanos() {
        return nowNanos;
    }

    /** A source for the test's own choices; what it draws changes nothing else. */
    public SimulatedEntropy entropy(String purpose) {
        return new SimulatedEntropy(seed).fork("test " + purpose);
    }

    /** The network between the nodes, with its faults. */
    public SimulatedNetwork network() {
        return network;
    }

    /** What has happened so far. */
    public Trace trace() {
        return trace;
    }

    /**
     * Adds a machine with an empty disk; it runs nothing until it is started.
     *
     * @param host the name other nodes reach it by, unique
     * @param loopCount the number of its event loops, at least 1
     */
    public SimulatedNode addNode(String host, int loopCount) {
        if (nodes.containsKey(host)) {
            throw new IllegalArgumentException("there is a node " + host + " already");
        }
        var node = new SimulatedNode(this, host, loopCount);
        nodes.put(host, node);
        return node;
    }

    /** The node of that name. */
    public SimulatedNode node(String host) {
        return find(host)
                .orElseThrow(() -> new IllegalArgumentException("there is no node " + host));
    }

    Optional<SimulatedNode> find(String host) {
        return Optional.ofNullable(nodes.get(host));
    }

    /** All nodes, in the order in which they were added. */
    public List<SimulatedNode> nodes() {
        return List.copyOf(nodes.values());
    }

    /**
     * The machine to which the event under way, or the last one, happened; empty when it was one of
     * the test's own, which may have changed anything.
     */
    public Optional<SimulatedNode> actor() {
        return Optional.ofNullable(actor);
    }

    /** Runs a check after every event; it throws when its invariant is broken. */
    public void afterEachEvent(Runnable invariant) {
        invariants.add(invariant);
    }

    /** Plans an event of the test itself, which no crash drops. */
    public void after(Duration delay, String what, Runnable action) {
        plan(nowNanos + delay.toNanos(), new SimulatedEvent(what, null, null, action));
    }

    /**
     * Lets the next event happen.
     *
     * @return false when nothing is planned any more
     * @throws SimulationFailure when the event or an invariant threw
     */
    public boolean step() {
        SimulatedEvent event = next();
        if (event == null) {
            return false;
        }
        queue.poll();
        nowNanos = Math.max(nowNanos, event.atNanos());
        if (event.process != null && event.process.node().paused()) {
            event.process.node().holdBack(event);
            return true;
        }
        actor = event.process == null ? null : event.process.node();
        String host = actor == null ? "-" : actor.host();
        int loopIndex = event.loop == null ? -1 : event.loop.index();
        trace.add(nowNanos, host, event.what, loopIndex, event.sequence());
        try {
            turn(event);
            invariants.forEach(Runnable::run);
        } catch (SimulationFailure known) {
            throw known;
        } catch (RuntimeException | Error failure) {
            throw new SimulationFailure(seed, nowNanos, trace, failure);
        }
        return true;
    }

    private void turn(SimulatedEvent event) {
        currentLoop = event.loop;
        try {
            event.run();
            for (int index = 0; index < endOfTurn.size(); index++) {
                endOfTurn.get(index).run();
            }
        } catch (SimulatedCrash crash) {
            losePowerOf(crash.disk());
        } finally {
            currentLoop = null;
            endOfTurn.clear();
        }
    }

    private void losePowerOf(SimulatedDisk disk) {
        for (SimulatedNode node : nodes.values()) {
            if (node.disk() == disk) {
                node.losePower();
            }
        }
    }

    /**
     * Runs until the condition holds.
     *
     * @param limit virtual time to give up after
     * @return whether it holds
     */
    public boolean runUntil(BooleanSupplier condition, Duration limit) {
        long deadlineNanos = nowNanos + limit.toNanos();
        while (!condition.getAsBoolean()) {
            SimulatedEvent event = next();
            if (event == null || event.atNanos() > deadlineNanos) {
                nowNanos = Math.max(nowNanos, deadlineNanos);
                return false;
            }
            step();
        }
        return true;
    }

    /** Runs everything that happens within this much virtual time. */
    public void runFor(Duration time) {
        runUntil(() -> false, time);
    }

    private @Nullable SimulatedEvent next() {
        SimulatedEvent event = queue.peek();
        while (event != null && event.dead()) {
            queue.poll();
            event = queue.peek();
        }
        return event;
    }

    SimulatedEvent plan(long atNanos, SimulatedEvent event) {
        event.place(Math.max(atNanos, nowNanos), sequence++);
        queue.add(event);
        return event;
    }

    /** How many events stand in the queue, dead ones included. */
    int plannedCount() {
        return queue.size();
    }

    void cancel(SimulatedEvent event) {
        event.cancel();
        cancelledCount++;
        if (cancelledCount > CANCELLED_BEFORE_SWEEP && cancelledCount > queue.size() / 2) {
            queue.removeIf(SimulatedEvent::dead);
            cancelledCount = 0;
        }
    }

    /** Runs an action when the event under way is over, or now when there is none. */
    void atEndOfTurn(Runnable action) {
        if (currentLoop == null) {
            action.run();
        } else {
            endOfTurn.add(action);
        }
    }

    @Nullable SimulatedLoop currentLoop() {
        return currentLoop;
    }

    /** The source of delays and of what a crash leaves behind. */
    SimulatedEntropy entropy() {
        return entropy;
    }
}
