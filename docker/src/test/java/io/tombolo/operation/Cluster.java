package io.tombolo.operation;

import io.tombolo.broker.BrokerServer;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.StartRefused;
import io.tombolo.environment.Disk;
import io.tombolo.nodes.Nodes;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.file.TopologyFile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One region of three brokers, broker n on 127.0.0.n: in this process, or each in a process of its
 * own.
 */
final class Cluster implements AutoCloseable {

    private static final int SIZE = 3;

    private final Path folder;
    private final String name;
    private final Ports ports;
    private final Map<String, String> config = new TreeMap<>();
    private final Map<Integer, BrokerServer> running = new ConcurrentHashMap<>();
    private final Map<Integer, FaultyDisk> disks = new ConcurrentHashMap<>();
    private final Map<Integer, ChildBroker> children = new TreeMap<>();
    private String storage;
    private int spawned;

    private record Ports(int kafka, int admin, int internal) {}

    private Cluster(Path folder, String name, Ports ports) {
        this.folder = folder;
        this.name = name;
        this.ports = ports;
        this.storage = "{ dir: \"%s\" }".formatted(folder.resolve("data"));
        config.put("broker.heartbeat.interval.ms", "200");
        config.put("broker.session.timeout.ms", "1500");
        config.put("default.replication.factor", "1");
    }

    Cluster(Path folder) {
        this(folder, "quorum", new Ports(Nodes.freePort(), Nodes.freePort(), Nodes.freePort()));
    }

    /** The same addresses, but another cluster with data of its own. */
    Cluster impostor() {
        return new Cluster(folder.resolve("impostor"), "impostor", ports);
    }

    /** A config of every broker, by Kafka's name. */
    Cluster with(String key, String value) {
        config.put(key, value);
        return this;
    }

    /** Every broker has two log directories, in {@code disk1} and {@code disk2}. */
    Cluster onTwoDisks() {
        storage =
                "{ dirs: [\"%s\", \"%s\"] }"
                        .formatted(folder.resolve("disk1"), folder.resolve("disk2"));
        return this;
    }

    /** Starts brokers side by side: none of them serves before there is a controller. */
    void start(IntPredicate wanted) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = 1; number <= SIZE; number++) {
                int each = number;
                if (wanted.test(each)) {
                    threads.submit(() -> start(each));
                }
            }
        }
        for (int number = 1; number <= SIZE; number++) {
            if (wanted.test(number) && !running.containsKey(number)) {
                throw new IllegalStateException("broker " + number + " did not start");
            }
        }
    }

    BrokerServer start(int number) throws StartRefused {
        Disk disk = disks.computeIfAbsent(number, _ -> new FaultyDisk());
        var options = new BrokerServer.Options(Duration.ZERO, disk);
        var server = BrokerServer.start(settings(number), options);
        running.put(number, server);
        return server;
    }

    /** A broker in this process. */
    BrokerServer server(int number) {
        return Objects.requireNonNull(running.get(number), "no broker " + number);
    }

    /** The disk of a broker in this process. */
    FaultyDisk disk(int number) {
        return Objects.requireNonNull(disks.get(number), "no disk of " + number);
    }

    /** The data directory of a broker. */
    Path data(int number) {
        return settings(number).dataDirectories().getFirst();
    }

    /** Starts brokers as processes of their own, which can be killed; returns when they serve. */
    void spawn(int... numbers) {
        var file = folder.resolve(name + ".yaml");
        try {
            Files.writeString(file, text());
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        for (int number : numbers) {
            var output = folder.resolve("broker-%d-%d.out".formatted(number, ++spawned));
            children.put(number, ChildBroker.start(file, "eu", number, output, "96m"));
        }
        for (int number : numbers) {
            child(number).awaitReady();
        }
    }

    /** A broker that runs as a process of its own. */
    ChildBroker child(int number) {
        return Objects.requireNonNull(children.get(number), "no process " + number);
    }

    /** Ends a process with SIGKILL. */
    void kill(int number) {
        child(number).close();
        children.remove(number);
    }

    /** Stops a broker in an orderly way. */
    void stop(int number) {
        BrokerServer server = running.remove(number);
        if (server != null) {
            server.close();
        }
    }

    /** Stock clients that know only one of the brokers. */
    Clients clients(int number) {
        return new Clients("127.0.0.%d:%d".formatted(number, ports.kafka()));
    }

    /** Stock clients that know all of the brokers. */
    Clients everybody() {
        return new Clients(
                IntStream.rangeClosed(1, SIZE)
                        .mapToObj(number -> clients(number).bootstrap())
                        .collect(Collectors.joining(",")));
    }

    AdminHttp admin(int number) {
        return new AdminHttp("127.0.0." + number, ports.admin());
    }

    /** The port of every broker's client listener, each on an address of its own. */
    int kafkaPort() {
        return ports.kafka();
    }

    /** Where a broker's listener for brokers is. */
    String internal(int number) {
        return "127.0.0.%d:%d".formatted(number, ports.internal());
    }

    /** As {@link BrokerSettings}, for a broker by its number. */
    BrokerSettings settings(int number) {
        if (!(TopologyFile.parse("cluster.yaml", text()) instanceof TopologyFile.Valid valid)) {
            throw new IllegalStateException(TopologyFile.parse("cluster.yaml", text()).toString());
        }
        Region.Hosted hosted = valid.topology().hosted(new RegionId("eu")).orElseThrow();
        Region.Broker self = hosted.broker(number).orElseThrow();
        List<Path> folders = hosted.dataDirectories(self).stream().map(Path::of).toList();
        Path metadata = Path.of(hosted.metadataDirectory(self));
        return new BrokerSettings(valid.topology(), hosted, self, folders, metadata);
    }

    String text() {
        var configs = new StringBuilder();
        config.forEach((key, value) -> configs.append("      %s: \"%s\"\n".formatted(key, value)));
        return """
        tombolo: 1
        name: %s
        regions:
          eu:
            brokers: %d
            kafka: "127.0.0.{n}:%d"
            admin: "127.0.0.{n}:%d"
            internal: "127.0.0.{n}:%d"
            storage: %s
            config:
        """
                        .formatted(
                                name, SIZE, ports.kafka(), ports.admin(), ports.internal(), storage)
                + configs;
    }

    @Override
    public void close() {
        children.values().forEach(ChildBroker::close);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List.copyOf(running.keySet()).forEach(number -> threads.submit(() -> stop(number)));
        }
    }
}
