package io.tombolo.replication;

import io.tombolo.environment.Clock;
import io.tombolo.environment.Disk;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.region.LinkName;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.MirrorLeader;
import io.tombolo.replication.Role.WriteAccess;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.replication.leader.Peers;
import io.tombolo.storage.log.CreateResult;
import io.tombolo.storage.log.DirectoryIdentity;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogEnvironment;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.log.OpenResult;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** One machine with one partition, on a simulated disk and clock. */
final class PartitionWorld {

    static final LinkName LINK = new LinkName("eu-us");
    static final long TIMEOUT_NANOS = Duration.ofSeconds(5).toNanos();

    private static final Path DIRECTORY = Path.of("/data/one");
    private static final LogName NAME = new LogName("orders", 0);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final TopicIdPartition ID =
            new TopicIdPartition(new Uuid(1, 2), NAME.partition(), NAME.topic());

    final Simulator simulator;
    final SimulatedNode node;
    LogSettings.Flush flush;
    UnaryOperator<Disk> disk = UnaryOperator.identity();
    Peers peers = Peers.NONE;
    private Partition partition;
    private LogDirectory directory;

    PartitionWorld(long seed, LogSettings.Flush flush) {
        this.simulator = new Simulator(seed);
        this.flush = flush;
        this.node = simulator.addNode("one", 1);
        node.disk().mount(Path.of("/data"));
    }

    /** A world with an open partition that has no role yet. */
    static PartitionWorld open(LogSettings.Flush flush) {
        return open(flush, Peers.NONE);
    }

    /** The same among other brokers. */
    static PartitionWorld open(LogSettings.Flush flush, Peers peers) {
        var world = new PartitionWorld(1, flush);
        world.peers = peers;
        world.node.start(world::begin);
        world.await(world::opened);
        return world;
    }

    /** Starts the process. */
    void begin(Environment environment) {
        EventLoop loop = environment.loops().loop(0);
        var logs =
                new LogEnvironment(
                        disk.apply(environment.disk()),
                        environment.offload(),
                        environment.clock(),
                        environment.entropy());
        LogDirectory.open(
                DIRECTORY,
                new DirectoryIdentity("cluster-a", 7),
                logs,
                _ -> new LogPlacement(LogSettings.STANDARD.withFlush(flush), loop),
                loop,
                result -> {
                    if (result instanceof OpenResult.Opened opened) {
                        directory = opened.directory();
                        openLog(loop, environment.clock());
                    }
                });
    }

    private void openLog(EventLoop loop, Clock clock) {
        Optional<PartitionLog> present = directory.log(NAME);
        if (present.isPresent()) {
            host(present.get(), loop, clock);
            return;
        }
        directory.createLog(
                NAME,
                Optional.of(new UUID(1, 2)),
                new LogPlacement(LogSettings.STANDARD.withFlush(flush), loop),
                result -> {
                    if (result instanceof CreateResult.Created(PartitionLog log)) {
                        host(log, loop, clock);
                    }
                });
    }

    private void host(PartitionLog log, EventLoop loop, Clock clock) {
        var surroundings = new Partition.Surroundings(loop, clock, peers);
        partition = new Partition(ID, log, PartitionSettings.STANDARD, surroundings);
    }

    /** Whether the process runs and the partition is there. */
    boolean opened() {
        return partition != null;
    }

    /** The process is no more; the next {@link SimulatedNode#restart} opens the partition anew. */
    void ended() {
        partition = null;
        directory = null;
    }

    Partition partition() {
        return partition;
    }

    LogDirectory directory() {
        return directory;
    }

    /** Runs a step on the loop of the partition and waits until it is done. */
    void on(Consumer<Partition> step) {
        ask(p -> {
            step.accept(p);
            return true;
        });
    }

    /** Asks the partition on its loop. */
    <T> T ask(Function<Partition, T> question) {
        var answer = new ArrayList<T>();
        node.environment().loops().loop(0).execute(() -> answer.add(question.apply(partition)));
        await(() -> !answer.isEmpty());
        return answer.getFirst();
    }

    void await(BooleanSupplier condition) {
        if (!simulator.runUntil(condition, PATIENCE)) {
            throw new AssertionError("it did not happen within " + PATIENCE);
        }
    }

    /** Lets what is under way finish; no timeout of a produce falls due. */
    void settle() {
        simulator.runFor(Duration.ofSeconds(1));
    }

    /** Produces and returns the list that answers are added to. */
    List<ProduceOutcome> produce(ByteBuffer batches, int acks) {
        var answers = new ArrayList<ProduceOutcome>();
        on(p -> p.produce(request(batches, acks), answers::add));
        return answers;
    }

    static Produce request(ByteBuffer batches, int acks) {
        return new Produce(batches, (short) acks, TIMEOUT_NANOS, (short) 11);
    }

    static Role leader(int epoch) {
        return new Leader(Leadership.alone(1, epoch), new WriteAccess.Open());
    }

    static Role fenced(int epoch) {
        return new Leader(
                Leadership.alone(1, epoch),
                new WriteAccess.Fenced("topic orders belongs to region us"));
    }

    static Role mirror(int epoch, long ownershipEpoch) {
        return new MirrorLeader(Leadership.alone(1, epoch), LINK, ownershipEpoch);
    }

    static Role endingMirror(int epoch, long ownershipEpoch) {
        return new MirrorLeader(Leadership.alone(1, epoch), LINK, ownershipEpoch, true);
    }
}
