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

/**
 * The throw-away folder of a demo: its topology file, the data of both regions, what their brokers
 * print.
 */
record DemoSite(Path folder, LoadedFile file, DemoPorts ports) {

    static final String LINK = "eu-to-us";
    static final String POLICY = "demo";
    static final String TOPIC = "orders";
    static final int PARTITION_COUNT = 3;

    private static final String TOPOLOGY =
            """
            # Written by tombolo demo; gone when it ends.
            tombolo: 1
            name: %6$s
            regions:
              eu:
                kafka: 127.0.0.1:%d
                admin: 127.0.0.1:%d
                storage: { dir: '%5$s' }
                config: { group.initial.rebalance.delay.ms: 0, offsets.topic.num.partitions: 4 }
              us:
                kafka: 127.0.0.1:%d
                admin: 127.0.0.1:%d
                storage: { dir: '%5$s' }
                config: { group.initial.rebalance.delay.ms: 0, offsets.topic.num.partitions: 4 }
            links:
              eu-to-us: { from: eu, to: us, topics: ["*"], groups: ["*"] }
            failover:
              demo: { follows: eu-to-us }
            """;

    /** Reserves ports, makes the folder and writes the file. */
    static DemoSite create() {
        try {
            Path folder = Files.createTempDirectory("tombolo-demo-");
            DemoPorts ports = DemoPorts.reserve();
            List<Integer> numbers = ports.numbers();
            String text =
                    TOPOLOGY.formatted(
                            numbers.get(0),
                            numbers.get(1),
                            numbers.get(2),
                            numbers.get(3),
                            folder.resolve("data"),
                            name(folder));
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
        return region(region).brokers().getFirst().kafka().toString();
    }

    /** The id that the brokers of a region give to its cluster. */
    String clusterId(String region) {
        Region.Hosted hosted = region(region);
        var broker = hosted.brokers().getFirst();
        Path data = Path.of(hosted.dataDirectory(broker));
        return new BrokerSettings(file.topology(), hosted, broker, data).clusterId().toString();
    }

    /** The folder of a partition's segments. */
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
