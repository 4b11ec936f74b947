package io.tombolo.broker.transaction;

import io.tombolo.broker.Worlds;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.replication.Partition;
import io.tombolo.replication.PartitionSettings;
import io.tombolo.replication.Role.Leader;
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
import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** A broker that leads the partitions of a topic, on a simulated machine. */
public final class LedPartitions {

    static final TopicIdPartition ORDERS = orders(0);

    private static final Path DATA = Path.of("/data");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final Simulator simulator = new Simulator(1);
    private final int count;
    private @Nullable Offload offload;
    private final List<Partition> hosted = new ArrayList<>();
    private @Nullable Shards shards;

    /** One partition and one loop. */
    public LedPartitions() {
        this(1, 1);
    }

    /**
     * @param count partitions, spread over the loops
     */
    public LedPartitions(int count, int loops) {
        this.count = count;
        var node = simulator.addNode("one", loops);
        node.disk().mount(DATA);
        node.start(this::begin);
        if (!simulator.runUntil(() -> hosted.size() == count, PATIENCE)) {
            throw new AssertionError("the logs were not opened");
        }
    }

    public static TopicIdPartition orders(int index) {
        return new TopicIdPartition(Worlds.idOf("orders"), index, "orders");
    }

    private void begin(Environment environment) {
        shards = new Shards(environment.loops());
        offload = environment.offload();
        EventLoop loop = environment.loops().loop(0);
        var logs =
                new LogEnvironment(
                        environment.disk(),
                        environment.offload(),
                        environment.clock(),
                        environment.entropy());
        LogDirectory.open(
                DATA.resolve("logs"),
                new DirectoryIdentity("cluster", 1),
                logs,
                name -> new LogPlacement(LogSettings.STANDARD, loopOf(name.partition())),
                loop,
                opened -> create(environment, ((OpenResult.Opened) opened).directory()));
    }

    private void create(Environment environment, LogDirectory directory) {
        for (int partition = 0; partition < count; partition++) {
            int index = partition;
            EventLoop loop = loopOf(index);
            directory.createLog(
                    new LogName("orders", index),
                    Optional.of(new UUID(1, 2)),
                    new LogPlacement(LogSettings.STANDARD, loop),
                    created -> {
                        PartitionLog log = ((CreateResult.Created) created).log();
                        loop.execute(() -> host(environment, index, log));
                    });
        }
    }

    private EventLoop loopOf(int partition) {
        return shards().ownerOf(orders(partition)).loop();
    }

    private void host(Environment environment, int index, PartitionLog log) {
        TopicIdPartition id = orders(index);
        var surroundings =
                new Partition.Surroundings(loopOf(index), environment.clock(), Peers.NONE);
        var partition = new Partition(id, log, PartitionSettings.STANDARD, surroundings);
        partition.become(new Leader(Leadership.alone(1, 1), new WriteAccess.Open()));
        shards().ownerOf(id).host(id, partition);
        hosted.add(partition);
    }

    public Shards shards() {
        if (shards == null) {
            throw new IllegalStateException("not open");
        }
        return shards;
    }

    public Offload offload() {
        return Objects.requireNonNull(offload);
    }

    /** One of them; to be used on its loop. */
    public Partition partition(int index) {
        return Objects.requireNonNull(shards().ownerOf(orders(index)).find(orders(index)));
    }

    public EventLoop loop() {
        return shards().ownerOf(ORDERS).loop();
    }

    /** Does something on the loop, and lets time pass. */
    public void on(Runnable step, Duration time) {
        loop().execute(step);
        simulator.runFor(time);
    }
}
