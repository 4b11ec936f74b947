package io.tombolo.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.BrokerServer;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.StartRefused;
import io.tombolo.cli.CommandRun;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Three regions of one broker each, in this process and on real ports: {@code eu} is copied to
 * {@code us}, and {@code ap} has nothing. Their file is {@code tombolo.yaml} in the folder.
 */
final class LiveRegions implements AutoCloseable {

    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final List<String> NAMES = List.of("eu", "us", "ap");

    private final Path folder;
    private final Topology topology;
    private final Map<String, BrokerServer> running = new ConcurrentHashMap<>();

    private LiveRegions(Path folder, Topology topology) {
        this.folder = folder;
        this.topology = topology;
    }

    /**
     * Starts them; returns when {@code us} has both records of the topic {@code orders}, and what
     * the group {@code billing} has read of them.
     */
    static LiveRegions in(Path folder) throws IOException {
        String text = text();
        Files.writeString(folder.resolve("tombolo.yaml"), text);
        if (!(TopologyFile.parse("tombolo.yaml", text) instanceof TopologyFile.Valid valid)) {
            throw new IllegalStateException(TopologyFile.parse("tombolo.yaml", text).toString());
        }
        var regions = new LiveRegions(folder, valid.topology());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            NAMES.forEach(name -> threads.submit(() -> regions.start(name)));
        }
        regions.produceAndRead();
        await(regions::copied);
        return regions;
    }

    private void produceAndRead() {
        CommandRun produced =
                CommandRun.interactive(folder, "a\nb\n", "topic", "produce", "orders");
        assertThat(produced.exitCode()).as(produced.err()).isZero();
        try (Admin admin = admin("eu")) {
            admin.alterConsumerGroupOffsets(
                            "billing",
                            Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private boolean copied() {
        Tree link = link();
        return link.at("state").text().equals("ACTIVE")
                && link.at("groups").items().size() == 1
                && link.at("topics").items().stream()
                        .flatMap(topic -> topic.at("partitions").items().stream())
                        .anyMatch(partition -> partition.at("highWatermark").number(0) == 2);
    }

    private static String text() throws IOException {
        return """
        tombolo: 1
        regions:
          eu: { %s }
          us: { %s, config: { offsets.topic.num.partitions: 1 } }
          ap: { %s }
        links: { eu-to-us: { from: eu, to: us, topics: ["orders"] } }
        failover:
          shop: { follows: eu-to-us }
        topics: { orders: { in: eu, partitions: 1 } }
        """
                .formatted(addresses(), addresses(), addresses());
    }

    private static String addresses() throws IOException {
        return "kafka: \"127.0.0.1:%d\", admin: \"127.0.0.1:%d\"".formatted(freePort(), freePort());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void start(String name) {
        Region.Hosted region = topology.hosted(new RegionId(name)).orElseThrow();
        Region.Broker self = region.broker(1).orElseThrow();
        List<Path> folders = region.dataDirectories(self).stream().map(folder::resolve).toList();
        var settings = new BrokerSettings(topology, region, self, folders);
        var options = new BrokerServer.Options(Duration.ZERO).among(NAMES.size());
        try {
            running.put(name, BrokerServer.start(settings, options));
        } catch (StartRefused refused) {
            throw new IllegalStateException(refused);
        }
    }

    void stop(String name) {
        BrokerServer server = running.remove(name);
        if (server != null) {
            server.close();
        }
    }

    /** The link into {@code us} as its broker shows it. */
    Tree link() {
        return json("link", "describe", "eu-to-us");
    }

    /** What a command says, as data; nothing when it says something else. */
    Tree json(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-o", "json"));
        CommandRun run = CommandRun.of(folder, all.toArray(String[]::new));
        return TreeText.parse(run.out()).orElse(Tree.NOTHING);
    }

    Admin admin(String region) {
        return Admin.create(Map.of("bootstrap.servers", address(region)));
    }

    /** Where clients find a region. */
    String address(String region) {
        return Objects.requireNonNull(running.get(region)).kafka().toString();
    }

    KafkaProducer<String, String> transactional(String region, String id) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", address(region), "transactional.id", id),
                new StringSerializer(),
                new StringSerializer());
    }

    /** What the admin port of a region answers. */
    AdminAnswer get(String region, String path) {
        try {
            return api(region).get(path);
        } catch (AdminUnreachable gone) {
            throw new UncheckedIOException(new IOException(gone));
        }
    }

    private AdminApi api(String region) {
        return new AdminApi(
                List.of(Objects.requireNonNull(running.get(region)).admin()),
                Duration.ofSeconds(20));
    }

    static void await(BooleanSupplier condition) {
        if (!comesTrue(condition)) {
            throw new AssertionError("waited in vain");
        }
    }

    /** Waits; whether it is so in the end. */
    static boolean comesTrue(BooleanSupplier condition) {
        long start = System.nanoTime();
        boolean so = condition.getAsBoolean();
        while (!so && System.nanoTime() - start < WAIT_NANOS_MAX) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            so = condition.getAsBoolean();
        }
        return so;
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::stop);
    }
}
