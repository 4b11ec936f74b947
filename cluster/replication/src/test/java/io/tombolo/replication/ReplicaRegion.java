package io.tombolo.replication;

import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.replication.ModelController.Report;
import io.tombolo.replication.ReplicaWatch.Law;
import io.tombolo.replication.fetch.FetcherEvent;
import io.tombolo.replication.fetch.FetcherRequest;
import io.tombolo.replication.leader.IsrProposals.Outcome;
import io.tombolo.replication.leader.IsrProposals.Proposal;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Three brokers with one partition, a model controller, and a bad network between them. Logs,
 * partitions and fetchers are the real ones.
 */
final class ReplicaRegion {

    static final PartitionSettings SETTINGS =
            new PartitionSettings(
                    ModelController.IN_SYNC_MIN,
                    1 << 20,
                    false,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    false,
                    Optional.empty(),
                    1 << 20);

    private static final Duration CALL_TIMEOUT = Duration.ofMillis(800);
    private static final Duration SESSION_TIMEOUT = Duration.ofMillis(900);

    final Simulator simulator;
    final ReplicaMutant mutant;
    final ModelController controller;
    final List<ReplicaNode> nodes = new ArrayList<>();
    final ReplicaWatch watch;
    final Optional<ModelOrigin> origin;
    @Nullable DiskTrouble trouble;
    int copyCount;
    private final ReplicaServing serving;
    private final SimulatedEntropy dice;
    private final long[] lastSeenNanos = new long[4];
    private final Runnable[] late = {() -> {}, () -> {}, () -> {}, () -> {}};
    private final int[] lateTo = {1, 1, 1, 1};
    private boolean calm;
    private int cutOff = -1;
    private int crashed = -1;
    private int slow = -1;
    private long value;

    /** A region whose records clients produce. */
    ReplicaRegion(long seed, ReplicaMutant mutant) {
        this(seed, mutant, Optional.empty());
    }

    /** A region that copies its records from another one. */
    ReplicaRegion(long seed, ReplicaMutant mutant, Optional<ModelOrigin> origin) {
        this.simulator = new Simulator(seed);
        this.origin = origin;
        this.mutant = mutant;
        this.dice = simulator.entropy("region");
        this.controller =
                new ModelController(
                        BrokerIds.of(1, 2, 3), mutant != ReplicaMutant.ELECTS_WITHOUT_A_NEW_EPOCH);
        this.serving = new ReplicaServing(mutant, controller);
        this.watch = new ReplicaWatch(this);
        for (int id = 1; id <= 3; id++) {
            nodes.add(new ReplicaNode(id, this));
        }
        beat();
        simulator.afterEachEvent(watch::check);
    }

    /** The disks fail, too. */
    ReplicaRegion withDiskTrouble() {
        trouble = new DiskTrouble(this, simulator.entropy("trouble"));
        trouble.begin();
        return this;
    }

    boolean calm() {
        return calm;
    }

    /** Whether a replica that ended uncleanly is not in sync again. */
    boolean unsettled() {
        return crashed > 0;
    }

    /** Tells the controller of a replica until it has heard it. */
    void report(ReplicaNode from, Report report, Consumer<Boolean> taken) {
        int life = from.life;
        long epoch = from.brokerEpoch;
        var once = new boolean[1];
        send(
                from.id,
                0,
                () -> {
                    boolean accepted = controller.told(from.id, epoch, report);
                    publish();
                    send(
                            0,
                            from.id,
                            () -> {
                                if (!once[0] && from.life == life) {
                                    once[0] = true;
                                    taken.accept(accepted);
                                }
                            });
                });
        from.running()
                .loops()
                .loop(0)
                .schedule(
                        CALL_TIMEOUT.toNanos(),
                        () -> {
                            if (!once[0] && from.life == life && from.environment != null) {
                                once[0] = true;
                                report(from, report, taken);
                            }
                        });
    }

    /** Lives through faults, then everything heals and must end well. */
    void live(Duration time) {
        if (origin.isPresent()) {
            mirror(origin.get());
        } else {
            write();
        }
        fault();
        simulator.runFor(time);
        calm = true;
        cutOff = -1;
        slow = -1;
        nodes.forEach(one -> {
            one.node.resume();
            if (!one.node.running()) {
                one.node.restart();
            }
        });
        if (!simulator.runUntil(watch::allIsWell, Duration.ofSeconds(40))) {
            throw new ReplicaWatch.Broken(Law.ALL_ENDS_WELL, watch.describe());
        }
    }

    // --- the network

    private boolean cut(int one, int other) {
        return cutOff == one || cutOff == other;
    }

    /** A message, delivered late, out of order or never. Broker 0 is the controller. */
    private void send(int from, int to, Runnable arrival) {
        boolean lost = !calm && (dice.chance(0.02) || cut(from, to));
        if (lost) {
            return;
        }
        long micros = dice.between(200, 5_000);
        if (!calm && dice.chance(0.04)) {
            micros = dice.between(5_000, 2_500_000);
        } else if (slow == from || slow == to) {
            micros = dice.between(100_000, 900_000);
        }
        simulator.after(
                Duration.ofNanos(micros * 1000),
                "message",
                () -> {
                    if (to == 0) {
                        arrival.run();
                    } else {
                        onLoop(nodes.get(to - 1), arrival);
                    }
                });
    }

    private static void onLoop(ReplicaNode to, Runnable task) {
        if (to.node.running() && to.environment != null) {
            to.running().loops().loop(0).execute(task);
        }
    }

    /** Asks the controller; nobody may answer. */
    void propose(ReplicaNode from, Proposal proposal, Consumer<Outcome> answer) {
        int life = from.life;
        var once = new boolean[1];
        Consumer<Outcome> first =
                outcome -> {
                    if (!once[0] && from.life == life && from.partition != null) {
                        once[0] = true;
                        answer.accept(outcome);
                    }
                };
        from.running()
                .loops()
                .loop(0)
                .schedule(CALL_TIMEOUT.toNanos(), () -> first.accept(new Outcome.Unavailable()));
        send(
                from.id,
                0,
                () -> {
                    Outcome outcome = controller.alter(from.id, proposal);
                    publish();
                    send(0, from.id, () -> first.accept(outcome));
                });
    }

    private void publish() {
        ModelController.Image image = controller.image();
        nodes.forEach(one -> send(0, one.id, () -> one.learn(image)));
    }

    /** Heartbeats, and the images that were lost. */
    private void beat() {
        for (ReplicaNode one : nodes) {
            boolean heard =
                    one.partition != null
                            && !one.node.paused()
                            && !cut(one.id, 0)
                            && (calm || slow != one.id);
            if (heard) {
                lastSeenNanos[one.id] = simulator.nowNanos();
                controller.unfence(one.id);
            } else if (simulator.nowNanos() - lastSeenNanos[one.id] > SESSION_TIMEOUT.toNanos()) {
                controller.fence(one.id);
            }
        }
        if (crashed > 0
                && controller.isr().has(crashed)
                && nodes.get(crashed - 1).brokerEpoch == controller.epochOf(crashed)
                && nodes.get(crashed - 1).brokerEpoch > 0) {
            crashed = -1;
        }
        publish();
        simulator.after(Duration.ofMillis(150), "beat", this::beat);
    }

    /** A request of a fetcher to a leader. */
    void ask(
            ReplicaNode from,
            ReplicaNode to,
            FetcherRequest request,
            Consumer<FetcherEvent> answer) {
        int life = from.life;
        var once = new boolean[1];
        Consumer<FetcherEvent> first =
                event -> {
                    if (!once[0] && from.life == life && from.partition != null) {
                        once[0] = true;
                        answer.accept(event);
                    }
                };
        from.running()
                .loops()
                .loop(0)
                .schedule(
                        CALL_TIMEOUT.toNanos(),
                        () -> first.accept(new FetcherEvent.RequestFailed()));
        lateTo[from.id] = to.id;
        late[from.id] =
                () -> {
                    if (to.partition != null) {
                        serving.serve(to, request, _ -> {});
                    }
                };
        send(
                from.id,
                to.id,
                () -> {
                    if (to.partition != null) {
                        serving.serve(
                                to,
                                request,
                                event -> send(to.id, from.id, () -> first.accept(event)));
                    }
                });
    }

    /** A broker has registered; what its last life sent may arrive only now, or once more. */
    void started(ReplicaNode node) {
        if (!calm && dice.chance(0.7)) {
            send(node.id, lateTo[node.id], late[node.id]);
        }
    }

    // --- clients and faults

    private void write() {
        if (calm) {
            return;
        }
        ReplicaNode target = nodes.get((int) dice.between(0, 2));
        for (ReplicaNode one : nodes) {
            if (one.partition != null && one.partition.role() instanceof Role.Leader) {
                target = dice.chance(0.8) ? one : target;
            }
        }
        produce(target, dice.chance(0.7) ? -1 : 1);
        long pauseMs = dice.chance(0.015) ? dice.between(300, 3000) : dice.between(1, 60);
        simulator.after(Duration.ofMillis(pauseMs), "write", this::write);
    }

    /** Produces one record with a value of its own. */
    void produce(ReplicaNode target, int acks) {
        ByteBuffer batch =
                Batches.filled(io.tombolo.protocol.records.BatchSpec.PLAIN, 1, "value " + value++);
        int crc = BatchView.of(batch).crc();
        boolean early = mutant == ReplicaMutant.ACKNOWLEDGES_WHAT_IS_APPENDED;
        onLoop(
                target,
                () -> {
                    Partition partition = target.partition;
                    if (partition != null) {
                        partition.produce(
                                new Produce(
                                        batch,
                                        (short) (early ? 1 : acks),
                                        CALL_TIMEOUT.toNanos(),
                                        (short) 11),
                                outcome -> {
                                    if (acks == -1 && outcome.error() == Errors.NONE) {
                                        watch.acknowledged(target, outcome.baseOffset(), crc);
                                    }
                                });
                    }
                });
    }

    /** Whoever believes to lead copies, as its link would. */
    private void mirror(ModelOrigin from) {
        if (!calm) {
            from.live(dice);
        }
        for (ReplicaNode one : nodes) {
            if (one.partition != null && one.partition.role() instanceof Role.MirrorLeader) {
                copy(from, one, one.partition);
            }
        }
        simulator.after(Duration.ofMillis(dice.between(2, 60)), "mirror", () -> mirror(from));
    }

    private void copy(ModelOrigin from, ReplicaNode to, Partition partition) {
        long end = partition.log().endOffset();
        int lastEpoch = partition.log().latestEpoch().orElse(-1);
        int leaderEpoch = partition.role().leaderEpoch();
        long awayMs = !calm && dice.chance(0.05) ? dice.between(200, 2_500) : dice.between(2, 60);
        List<ModelOrigin.Batch> found = from.read(end, lastEpoch, (int) dice.between(1, 6));
        if (found.isEmpty()) {
            return;
        }
        int highest = found.getLast().epoch();
        if (highest > leaderEpoch) {
            send(
                    to.id,
                    0,
                    () -> {
                        controller.raise(highest + (int) dice.between(0, 4));
                        publish();
                    });
            return;
        }
        simulator.after(
                Duration.ofMillis(awayMs),
                "copies",
                () ->
                        onLoop(
                                to,
                                () -> {
                                    if (to.partition == partition) {
                                        append(partition, found, leaderEpoch, end);
                                    }
                                }));
    }

    private void append(
            Partition to, List<ModelOrigin.Batch> found, int leaderEpoch, long expectedEnd) {
        MirrorAppendOutcome outcome =
                to.appendAsMirrorLeader(ModelOrigin.bytes(found), leaderEpoch, 1, expectedEnd);
        copyCount += outcome instanceof MirrorAppendOutcome.Appended ? found.size() : 0;
    }

    private void fault() {
        if (calm) {
            return;
        }
        ReplicaNode victim = nodes.get((int) dice.between(0, 2));
        switch ((int) dice.between(0, 9)) {
            case 0, 1, 2 -> crash(victim);
            case 3, 4 -> {
                victim.node.pause();
                simulator.after(
                        Duration.ofMillis(dice.between(50, 3000)), "resume", victim.node::resume);
            }
            case 5 -> {
                cutOff = victim.id;
                simulator.after(
                        Duration.ofMillis(dice.between(50, 3000)), "heal", () -> cutOff = -1);
            }
            case 6, 7 -> {
                slow = victim.id;
                simulator.after(
                        Duration.ofMillis(dice.between(500, 4000)), "quick", () -> slow = -1);
            }
            default -> {
                controller.prefer(victim.id);
                publish();
            }
        }
        simulator.after(Duration.ofMillis(dice.between(100, 1500)), "fault", this::fault);
    }

    /** One unclean end at a time: until it is in sync again, the others live. */
    private void crash(ReplicaNode victim) {
        boolean spared = trouble != null && trouble.unsettled();
        if (crashed > 0 || spared || victim.partition == null || !victim.node.running()) {
            return;
        }
        crashed = victim.id;
        watch.ended(victim);
        victim.crash(dice.chance(0.7));
        simulator.after(
                Duration.ofMillis(dice.between(20, 2500)),
                "restart",
                () -> {
                    if (!victim.node.running()) {
                        victim.node.restart();
                    }
                });
    }
}
