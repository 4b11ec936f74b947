package io.tombolo.cli.demo;

import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.file.TopologyFile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The throw-away folder of a demo: its topology file, the data of both regions, what their brokers
 * print.
 */
record DemoSite(Path folder, LoadedFile file) {

    static final String LINK = "eu-to-us";
    static final String POLICY = "demo";
    static final String TOPIC = "orders";
    static final int PARTITION_COUNT = 3;

    private static final int[] PORTS = {9092, 8080, 9192, 8180};

    private static final String TOPOLOGY =
            """
            # Written by tombolo demo; gone when it ends.
            tombolo: 1
            name: demo
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

    /** Chooses ports, makes the folder and writes the file. */
    static DemoSite create() {
        try {
            Path folder = Files.createTempDirectory("tombolo-demo-");
            Integer[] ports = freePorts();
            String text =
                    TOPOLOGY.formatted(
                            ports[0], ports[1], ports[2], ports[3], folder.resolve("data"));
            Path path = folder.resolve("tombolo.yaml");
            Files.writeString(path, text);
            return switch (TopologyFile.parse(path.toString(), text)) {
                case TopologyFile.Valid valid ->
                        new DemoSite(folder, new LoadedFile(path.toString(), valid));
                case TopologyFile.Invalid(var violations) ->
                        throw new IllegalStateException(violations.toString());
            };
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    Region.Hosted region(String name) {
        return file.hosted(name);
    }

    /** What clients of a region connect to. */
    String bootstrap(String region) {
        return region(region).brokers().getFirst().kafka().toString();
    }

    /** The folder of a partition's segments. */
    Path partition(String region, int number) {
        Region.Hosted hosted = region(region);
        return Path.of(hosted.dataDirectory(hosted.brokers().getFirst()))
                .resolve(TOPIC + "-" + number);
    }

    /** Deletes the folder with everything in it. */
    void delete() {
        try {
            Files.walkFileTree(folder, new Deletion());
        } catch (IOException busy) {
            // A file of a process that is just ending; the system's temp folder is cleaned anyway.
            folder.toFile().deleteOnExit();
        }
    }

    /** The ports of a file without addresses; where one is taken, any free one instead. */
    private static Integer[] freePorts() throws IOException {
        Set<Integer> ports = new LinkedHashSet<>();
        for (int wanted : PORTS) {
            int port = isFree(wanted) ? wanted : anyFree(ports);
            ports.add(port);
        }
        return ports.toArray(new Integer[0]);
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new java.net.InetSocketAddress("127.0.0.1", port), 1);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private static int anyFree(Set<Integer> taken) throws IOException {
        while (true) {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (!taken.contains(socket.getLocalPort())) {
                    return socket.getLocalPort();
                }
            }
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
