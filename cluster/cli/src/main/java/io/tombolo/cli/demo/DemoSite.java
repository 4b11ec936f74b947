package io.tombolo.cli.demo;

import io.tombolo.broker.BrokerSettings;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.file.TopologyFile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The throw-away folder of a demo: its topology file, the data of both regions, what their brokers
 * print.
 */
record DemoSite(Path folder, LoadedFile file, DemoPorts ports) {

    static final String LINK = "eu-to-us";
    static final String POLICY = "demo";
    static final String TOPIC = "orders";
    static final int PARTITION_COUNT = 3;

    private static final String REGION =
            """
              %s:
                brokers: %d
                kafka: 127.0.0.1:%d
                admin: 127.0.0.1:%d
                %sstorage: { dir: '%s' }
                config:
                  group.initial.rebalance.delay.ms: 0
                  offsets.topic.num.partitions: 4
                  default.replication.factor: %d
                  min.insync.replicas: %d
            """;

    private static final String LINKS =
            """
            links:
              eu-to-us: { from: eu, to: us, topics: ["*"], groups: ["*"] }
            failover:
              demo: { follows: eu-to-us }
            """;

    /** Reserves ports, makes the folder and writes the file. */
    static DemoSite create(int brokerCount) {
        try {
            Path folder = Files.createTempDirectory("tombolo-demo-");
            DemoPorts ports = DemoPorts.reserve(brokerCount);
            String text =
                    "# Written by tombolo demo; gone when it ends.\ntombolo: 1\nname: %s\nregions:\n"
                                    .formatted(name(folder))
                            + region("eu", 0, brokerCount, ports.numbers(), folder)
                            + region("us", 1, brokerCount, ports.numbers(), folder)
                            + LINKS;
            Path path = folder.resolve("tombolo.yaml");
            Files.writeString(path, text);
            return switch (TopologyFile.parse(path.toString(), text)) {
                case TopologyFile.Valid valid ->
                        new DemoSite(folder, new LoadedFile(path.toString(), valid), ports);
                case TopologyFile.Invalid(var violations) ->
                        throw new IllegalStateException(violations.toString());
            };
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private static String region(
            String name, int index, int brokerCount, List<Integer> ports, Path folder) {
        boolean several = brokerCount > 1;
        return REGION.formatted(
                name,
                brokerCount,
                ports.get(2 * index),
                ports.get(2 * index + 1),
                several ? "internal: 127.0.0.1:%d\n    ".formatted(ports.get(4 + index)) : "",
                folder.resolve("data"),
                brokerCount,
                several ? 2 : 1);
    }

    /** Of this demo only, because the ids of its clusters follow from it. */
    private static String name(Path folder) {
        String own = folder.getFileName().toString().replaceAll("[^0-9]", "");
        return "demo-" + own.substring(0, Math.min(20, own.length()));
    }

    Region.Hosted region(String name) {
        return file.hosted(name);
    }

    /** What clients of a region connect to. */
    String bootstrap(String region) {
        return region(region).brokers().stream()
                .map(broker -> broker.kafka().toString())
                .collect(Collectors.joining(","));
    }

    /** The id that the brokers of a region give to its cluster. */
    String clusterId(String region) {
        Region.Hosted hosted = region(region);
        var broker = hosted.brokers().getFirst();
        Path data = Path.of(hosted.dataDirectory(broker));
        return new BrokerSettings(file.topology(), hosted, broker, data).clusterId().toString();
    }

    /** The folder of a partition's segments on the first broker, which has a replica of each. */
    Path partition(String region, int number) {
        Region.Hosted hosted = region(region);
        return Path.of(hosted.dataDirectory(hosted.brokers().getFirst()))
                .resolve(TOPIC + "-" + number);
    }

    /** Deletes the folder with everything in it, and gives the ports back. */
    void delete() {
        ports.close();
        try {
            Files.walkFileTree(folder, new Deletion());
        } catch (IOException busy) {
            // A file of a process that is just ending; the system's temp folder is cleaned anyway.
            folder.toFile().deleteOnExit();
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(
                Path folder, @org.jspecify.annotations.Nullable IOException failure)
                throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
