package io.tombolo.raft.core;

import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.RaftMessage.Envelope;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A quorum in one thread: virtual time, a network and disks that misbehave as one seed decides. The
 * invariants are checked after every event.
 */
final class QuorumWorld {

    private static final long MS = 1_000_000;
    private static final int TRACE_LINES_MAX = 200;

    private record Line(long timeNanos, int node, Object what) {

        @Override
        public String toString() {
            String text = what.toString().replaceAll("\\[B@[0-9a-f]+", "bytes");
            return timeNanos / 1000 + "us node " + node + " " + text;
        }
    }

    private record Scheduled(long timeNanos, long order, Runnable action) {}

    private final PriorityQueue<Scheduled> agenda =
            new PriorityQueue<>(
                    Comparator.comparingLong(Scheduled::timeNanos)
                            .thenComparingLong(Scheduled::order));
    private final Deque<Line> lastLines = new ArrayDeque<>();
    private final QuorumInvariants invariants = new QuorumInvariants();
    private final List<SimulatedReplica> replicas = new ArrayList<>();
    private final Map<String, Integer> seen = new TreeMap<>();
    private final Chance chance;
    private final Flaw flaw;
    private final int voterCount;
    private final RaftSettings settings;
    private final boolean[][] cut;
    private final SimulatedOperator operator = new SimulatedOperator(this);
    private final boolean votersChange;
    private final boolean autoJoin;
    private final boolean unfounded;
    private final Optional<Chance> filling;
    private long nowNanos;
    private long order;
    private boolean hashing;
    private long traceHash;
    private long nextRecord = 1;
    private long failingUntilNanos;
    private int lossPercent;
    private int duplicatePercent;
    private long delayNanosMax = 5 * MS;
    private long diskNanosMax = 3 * MS;

    QuorumWorld(long seed, Flaw flaw) {
        this(
                new Chance(seed),
                flaw,
                -1,
                -1,
                seed % 3 == 0 ? Optional.of(new Chance(-seed)) : Optional.empty());
    }

    QuorumWorld(long seed, Flaw flaw, int voterCount, int observerCount) {
        this(new Chance(seed), flaw, voterCount, observerCount, Optional.empty());
    }

    /**
     * @param filling draws when disks are full, where they are
     */
    private QuorumWorld(
            Chance chance, Flaw flaw, int voterCount, int observerCount, Optional<Chance> filling) {
        this.chance = chance;
        this.filling = filling;
        this.flaw = flaw;
        this.voterCount =
                voterCount > 0 ? voterCount : chance.oneIn(8) ? 1 : chance.oneIn(2) ? 3 : 5;
        int observers = observerCount >= 0 ? observerCount : chance.nextInt(3);
        cut = new boolean[this.voterCount + observers][this.voterCount + observers];
        // The number of voters is given where a test wants a quiet world.
        votersChange = voterCount < 0 && !chance.oneIn(4);
        autoJoin = votersChange && chance.oneIn(3);
        unfounded = voterCount < 0 && chance.oneIn(3);
        settings =
                new RaftSettings(
                        new RaftSettings.Timing(
                                Duration.ofMillis(150),
                                Duration.ofMillis(150),
                                Duration.ofMillis(300),
                                Duration.ofMillis(200),
                                Duration.ofMillis(10),
                                Duration.ofMillis(100)),
                        new RaftSettings.Bounds(
                                2000, 400, chance.oneIn(2) ? 1 : 2000, 40, 1, 1 << 20));
        for (int node = 0; node < cut.length; node++) {
            replicas.add(new SimulatedReplica(this, node));
        }
    }

    // ---- What the replicas see ----

    long now() {
        return nowNanos;
    }

    Chance chance() {
        return chance;
    }

    Flaw flaw() {
        return flaw;
    }

    RaftSettings settings() {
        return settings;
    }

    QuorumInvariants invariants() {
        return invariants;
    }

    /** The nodes that begin the quorum; none where it has begun before time does. */
    List<Integer> founders() {
        return unfounded ? IntStream.range(0, voterCount).boxed().toList() : List.of();
    }

    VoterSet initialVoters() {
        if (unfounded) {
            return VoterSet.UNKNOWN;
        }
        var keys = new ReplicaKey[voterCount];
        for (int node = 0; node < voterCount; node++) {
            keys[node] = SimulatedReplica.key(node, 0);
        }
        return VoterSet.ofKeys(keys);
    }

    boolean autoJoin() {
        return autoJoin;
    }

    /** The port that a node which starts now listens on; 0 when it does not say. */
    int port() {
        return votersChange && chance.oneIn(6) ? 1 + chance.nextInt(2) : 0;
    }

    SimulatedOperator operator() {
        return operator;
    }

    List<SimulatedReplica> voters() {
        return replicas.subList(0, voterCount);
    }

    /** The replica that is exactly this one; nobody when its disk is no more. */
    Optional<SimulatedReplica> replicaOf(ReplicaKey key) {
        return Optional.of(replicas.get(key.nodeId())).filter(each -> each.key().equals(key));
    }

    List<SimulatedReplica> replicas() {
        return replicas;
    }

    long diskNanos() {
        return chance.oneIn(50) ? chance.between(1, 60 * MS) : chance.between(1, diskNanosMax);
    }

    void at(long timeNanos, Runnable action) {
        agenda.add(new Scheduled(Math.max(timeNanos, nowNanos), order++, action));
    }

    void send(Envelope envelope) {
        int copies = chance.percent(duplicatePercent) ? 2 : 1;
        for (int copy = 0; copy < copies; copy++) {
            if (!chance.percent(lossPercent)) {
                long delay = chance.between(MS / 10, delayNanosMax);
                at(nowNanos + delay, () -> deliver(envelope));
            }
        }
    }

    /** Like any request, but nobody waits for the answer. */
    void askVoterChange(int from, LeaderAndEpoch leader, VoterChange change) {
        operator.underWay(change, 0);
        if (!chance.percent(lossPercent)) {
            at(
                    nowNanos + chance.between(MS / 10, delayNanosMax),
                    () -> {
                        if (!cut[from][leader.leaderId()]) {
                            operator.request(replicas.get(leader.leaderId()), change, 0);
                        }
                    });
        }
    }

    private void deliver(Envelope envelope) {
        if (!cut[envelope.from()][envelope.to()]) {
            replicas.get(envelope.to()).receive(envelope);
        }
    }

    void trace(int node, Object what) {
        var line = new Line(nowNanos, node, what);
        if (hashing) {
            traceHash = traceHash * 31 + line.toString().hashCode();
        }
        lastLines.add(line);
        if (lastLines.size() > TRACE_LINES_MAX) {
            lastLines.removeFirst();
        }
    }

    /** Counts that something happened, to know that the simulation meets it at all. */
    void seen(String what) {
        seen.merge(what, 1, Integer::sum);
    }

    Map<String, Integer> seen() {
        return seen;
    }

    /** From now on every line of the trace counts in {@link #traceHash}; slow. */
    void hashTrace() {
        hashing = true;
    }

    long traceHash() {
        return traceHash;
    }

    String lastLines() {
        return lastLines.stream().map(Line::toString).collect(Collectors.joining("\n"));
    }

    // ---- What tests do with it ----

    void startAll() {
        replicas.forEach(SimulatedReplica::start);
    }

    void runFor(long ms) {
        long end = nowNanos + ms * MS;
        while (!agenda.isEmpty() && agenda.peek().timeNanos() <= end) {
            Scheduled next = agenda.remove();
            nowNanos = next.timeNanos();
            next.action().run();
        }
        nowNanos = end;
    }

    /** Every so often, whoever leads gets something to do. */
    void keepProposing() {
        at(
                nowNanos + chance.between(MS, 40 * MS),
                () -> {
                    replicas.stream().filter(SimulatedReplica::leads).forEach(this::propose);
                    keepProposing();
                });
    }

    void propose(SimulatedReplica replica) {
        var records = new ArrayList<byte[]>();
        for (int count = 1 + chance.nextInt(4); count > 0; count--) {
            records.add(ByteBuffer.allocate(8).putLong(nextRecord++).array());
        }
        replica.propose(records);
    }

    /** Every so often, something breaks or is mended, until the given time. */
    void keepFailing(long untilMs) {
        lossPercent = chance.oneIn(2) ? 0 : chance.nextInt(30);
        duplicatePercent = chance.oneIn(2) ? 0 : chance.nextInt(20);
        delayNanosMax = chance.oneIn(2) ? 5 * MS : chance.between(MS, 120 * MS);
        diskNanosMax = chance.oneIn(2) ? 3 * MS : chance.between(MS, 40 * MS);
        failingUntilNanos = untilMs * MS;
        failLater(chance.between(40 * MS, 800 * MS));
        filling.ifPresent(drawn -> fillLater(drawn, drawn.between(100 * MS, 1000 * MS)));
        if (votersChange) {
            meddleLater(chance.between(40 * MS, 600 * MS));
        }
    }

    private void fillLater(Chance drawn, long meanNanos) {
        at(
                nowNanos + drawn.between(1, 2 * meanNanos),
                () -> {
                    if (nowNanos < failingUntilNanos) {
                        SimulatedReplica chosen = replicas.get(drawn.nextInt(replicas.size()));
                        switch (drawn.nextInt(3)) {
                            case 0 -> chosen.roomChanged(Room.RESERVE);
                            case 1 -> chosen.roomChanged(Room.AMPLE);
                            default -> chosen.fillDisk(drawn.between(MS, 900 * MS));
                        }
                        fillLater(drawn, meanNanos);
                    }
                });
    }

    private void meddleLater(long meanNanos) {
        at(
                nowNanos + chance.between(1, 2 * meanNanos),
                () -> {
                    if (nowNanos < failingUntilNanos) {
                        operator.meddle();
                        meddleLater(meanNanos);
                    }
                });
    }

    /** From now on somebody looks after the voters. */
    void keepCleaningUp() {
        at(
                nowNanos + chance.between(MS, 200 * MS),
                () -> {
                    if (votersChange) {
                        replicas.stream()
                                .filter(SimulatedReplica::leads)
                                .forEach(operator::cleanUp);
                    }
                    keepCleaningUp();
                });
    }

    private void failLater(long meanNanos) {
        at(
                nowNanos + chance.between(1, 2 * meanNanos),
                () -> {
                    if (nowNanos < failingUntilNanos) {
                        failOnce();
                        failLater(meanNanos);
                    }
                });
    }

    /** New leaders fall more often than others: what they found in their logs is then in doubt. */
    void elected(SimulatedReplica leader) {
        if (nowNanos < failingUntilNanos && chance.oneIn(3)) {
            at(nowNanos + chance.between(1, 80 * MS), () -> crashForAWhile(leader));
        }
    }

    private void crashForAWhile(SimulatedReplica replica) {
        if (replica.up()) {
            replica.crash();
            at(
                    nowNanos + chance.between(MS, 700 * MS),
                    () -> {
                        if (!replica.up()) {
                            replica.start();
                        }
                    });
        }
    }

    private void failOnce() {
        SimulatedReplica victim = replicas.get(chance.nextInt(replicas.size()));
        if (chance.oneIn(3)) {
            victim = replicas.stream().filter(SimulatedReplica::leads).findFirst().orElse(victim);
        }
        SimulatedReplica chosen = victim;
        switch (chance.nextInt(votersChange ? 9 : 8)) {
            case 0, 1, 2 -> crashForAWhile(chosen);
            case 3 -> chosen.pause(chance.between(MS, 900 * MS));
            case 4 -> split();
            case 5 -> healAll();
            case 6 -> replicas.forEach(this::maybeSnapshot);
            case 8 -> {
                operator.wipe(chosen);
                crashForAWhile(chosen);
            }
            default -> chosen.step(new RaftEvent.ResignRequested());
        }
        trace(chosen.node(), "after a fault it is " + chosen.role());
    }

    private void maybeSnapshot(SimulatedReplica replica) {
        if (chance.oneIn(2)) {
            replica.takeSnapshot();
        }
    }

    /**
     * Cuts the network in two, at one node's door, one way only, or leaves one node as a bridge.
     */
    private void split() {
        int bridge = chance.oneIn(3) ? chance.nextInt(cut.length) : -1;
        boolean oneWay = chance.oneIn(3);
        var left = new boolean[cut.length];
        for (int node = 0; node < cut.length; node++) {
            left[node] = chance.oneIn(2);
        }
        for (int from = 0; from < cut.length; from++) {
            for (int to = 0; to < cut.length; to++) {
                boolean across = left[from] != left[to] && from != bridge && to != bridge;
                cut[from][to] = across && (!oneWay || left[from]);
            }
        }
    }

    void isolate(int node, boolean isolated) {
        for (int other = 0; other < cut.length; other++) {
            cut[node][other] = isolated && other != node;
            cut[other][node] = isolated && other != node;
        }
    }

    /** The node can be heard and hears nothing. */
    void deafen(int node) {
        for (int other = 0; other < cut.length; other++) {
            cut[other][node] = other != node;
        }
    }

    /** Everything works from now on and everybody is up. */
    void mendAll() {
        lossPercent = 0;
        duplicatePercent = 0;
        delayNanosMax = 5 * MS;
        diskNanosMax = 3 * MS;
        healAll();
        for (SimulatedReplica replica : replicas) {
            replica.emptyDisk();
            if (!replica.up()) {
                replica.start();
            }
        }
        keepCleaningUp();
    }

    private void healAll() {
        for (boolean[] row : cut) {
            java.util.Arrays.fill(row, false);
        }
    }
}
