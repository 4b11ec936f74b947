package io.tombolo.operation;

import io.tombolo.broker.BrokerServer;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.StartRefused;
import io.tombolo.nodes.Nodes;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
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

/**
 * Two regions of three brokers each: {@code eu} in this process, and {@code us}, which copies all
 * topics and groups of it, in processes of its own that can be killed.
 */
final class LinkedRegions implements AutoCloseable {

    static final String LINK = "eu-to-us";

    private static final int SIZE = 3;

    private final Path folder;
    private final int kafka = Nodes.freePort();
    private final int admin = Nodes.freePort();
    private final int internal = Nodes.freePort();
    private final Map<Integer, BrokerServer> source = new ConcurrentHashMap<>();
    private final Map<Integer, ChildBroker> children = new TreeMap<>();
    private int spawned;

    LinkedRegions(Path folder) {
        this.folder = folder;
    }

    /** Starts all brokers of both regions. */
    void start() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = 1; number <= SIZE; number++) {
                int each = number;
                threads.submit(() -> startSource(each));
            }
            spawn(1, 2, 3);
        }
        if (source.size() < SIZE) {
            throw new IllegalStateException("only these started: " + source.keySet());
        }
    }

    BrokerServer startSource(int number) throws StartRefused {
        Topology topology = topology();
        Region.Hosted eu = topology.hosted(new RegionId("eu")).orElseThrow();
        Region.Broker self = eu.broker(number).orElseThrow();
        var settings = new BrokerSettings(topology, eu, self, Path.of(eu.dataDirectory(self)));
        var options = new BrokerServer.Options(Duration.ZERO).among(SIZE);
        BrokerServer server = BrokerServer.start(settings, options);
        source.put(number, server);
        return server;
    }

    void stopSource(int number) {
        BrokerServer server = source.remove(number);
        if (server != null) {
            server.close();
        }
    }

    /** Starts brokers of us; returns when they serve. */
    void spawn(int... numbers) {
        Path file = folder.resolve("linked.yaml");
        try {
            Files.writeString(file, text());
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        for (int number : numbers) {
            var output = folder.resolve("us-%d-%d.out".formatted(number, ++spawned));
            children.put(number, ChildBroker.start(file, "us", number, output, "96m"));
        }
        for (int number : numbers) {
            Objects.requireNonNull(children.get(number)).awaitReady();
        }
    }

    /** Ends a broker of us with SIGKILL. */
    void kill(int number) {
        ChildBroker child = children.remove(number);
        if (child != null) {
            child.close();
        }
    }

    /** Stock clients that know only one broker of eu. */
    Clients eu(int number) {
        return new Clients("127.0.0.%d:%d".formatted(number, kafka));
    }

    /** The same of us. */
    Clients us(int number) {
        return new Clients("127.0.1.%d:%d".formatted(number, kafka));
    }

    AdminHttp admin(int number) {
        return new AdminHttp("127.0.1." + number, admin);
    }

    /** The number of a broker of us in its region. */
    int numberOf(int brokerId) {
        return topology().hosted(new RegionId("us")).orElseThrow().brokers().stream()
                .filter(broker -> broker.id().value() == brokerId)
                .findFirst()
                .orElseThrow()
                .number();
    }

    private Topology topology() {
        if (TopologyFile.parse("linked.yaml", text()) instanceof TopologyFile.Valid valid) {
            return valid.topology();
        }
        throw new IllegalStateException(TopologyFile.parse("linked.yaml", text()).toString());
    }

    private String text() {
        return """
        tombolo: 1
        name: linked
        defaults: { topic: { replicas: 3 } }
        regions:
        """
                + region("eu", 0)
                + region("us", 1)
                + """
                links:
                  eu-to-us: { from: eu, to: us, topics: ["*"], groups: ["*"] }
                """;
    }

    private String region(String name, int net) {
        return """
          %s:
            brokers: %d
            kafka: "127.0.%d.{n}:%d"
            admin: "127.0.%d.{n}:%d"
            internal: "127.0.%d.{n}:%d"
            storage: { dir: "%s" }
            config:
              num.network.threads: "2"
              broker.heartbeat.interval.ms: "200"
              broker.session.timeout.ms: "1500"
              min.insync.replicas: "2"
              offsets.topic.num.partitions: "3"
              group.initial.rebalance.delay.ms: "0"
        """
                .indent(0)
                .formatted(
                        name, SIZE, net, kafka, net, admin, net, internal, folder.resolve("data"));
    }

    @Override
    public void close() {
        children.values().forEach(ChildBroker::close);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List.copyOf(source.keySet())
                    .forEach(number -> threads.submit(() -> stopSource(number)));
        }
    }
}
