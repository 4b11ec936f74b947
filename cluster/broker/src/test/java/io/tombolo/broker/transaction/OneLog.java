package io.tombolo.broker.transaction;

import io.tombolo.broker.Worlds;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
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
import java.util.Optional;
import java.util.UUID;

/** A broker that leads one partition, on a simulated machine. */
final class OneLog {

    static final TopicIdPartition ORDERS = new TopicIdPartition(Worlds.idOf("orders"), 0, "orders");

    private static final Path DATA = Path.of("/data");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final Simulator simulator = new Simulator(1);
    private @Nullable Shards shards;

    OneLog() {
        var node = simulator.addNode("one", 1);
        node.disk().mount(DATA);
        node.start(this::begin);
        if (!simulator.runUntil(() -> shards != null, PATIENCE)) {
            throw new AssertionError("the log was not opened");
        }
    }

    private void begin(Environment environment) {
        EventLoop loop = environment.loops().loop(0);
        var logs =
                new LogEnvironment(
                        environment.disk(),
                        environment.offload(),
                        environment.clock(),
                        environment.entropy());
        var placement = new LogPlacement(LogSettings.STANDARD, loop);
        LogDirectory.open(
                DATA.resolve("logs"),
                new DirectoryIdentity("cluster", 1),
                logs,
                _ -> placement,
                loop,
                opened ->
                        ((OpenResult.Opened) opened)
                                .directory()
                                .createLog(
                                        new LogName("orders", 0),
                                        Optional.of(new UUID(1, 2)),
                                        placement,
                                        created ->
                                                host(
                                                        environment,
                                                        ((CreateResult.Created) created).log())));
    }

    private void host(Environment environment, PartitionLog log) {
        var surroundings =
                new Partition.Surroundings(
                        environment.loops().loop(0), environment.clock(), Peers.NONE);
        var partition = new Partition(ORDERS, log, PartitionSettings.STANDARD, surroundings);
        partition.become(new Leader(Leadership.alone(1, 1), new WriteAccess.Open()));
        var all = new Shards(environment.loops());
        all.ownerOf(ORDERS).host(ORDERS, partition);
        shards = all;
    }

    Shards shards() {
        if (shards == null) {
            throw new IllegalStateException("not open");
        }
        return shards;
    }

    EventLoop loop() {
        return shards().ownerOf(ORDERS).loop();
    }

    /** Does something on the loop, and lets time pass. */
    void on(Runnable step, Duration time) {
        loop().execute(step);
        simulator.runFor(time);
    }
}
