package io.tombolo.operation;

import io.tombolo.broker.BrokerServer;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.StartRefused;
import io.tombolo.environment.Disk;
import io.tombolo.environment.FileDisk;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;

/** Regions of one broker each, on free ports, with their data in a folder of the test. */
final class Site implements AutoCloseable {

    private final Path folder;
    private final String name;
    private final Map<String, Ports> ports = new HashMap<>();
    private final Map<String, BrokerServer> running = new ConcurrentHashMap<>();
    private final List<String> regionNames;
    private final String linkLines;
    private final Map<String, String> config = new HashMap<>();
    private boolean twoDisks;

    /** Where a region listens. */
    record Ports(int kafka, int admin) {}

    private Site(Path folder, String name, List<String> regionNames, String linkLines) {
        this.folder = folder;
        this.name = name;
        this.regionNames = regionNames;
        this.linkLines = linkLines;
        config.put("group.initial.rebalance.delay.ms", "0");
        config.put("offsets.topic.num.partitions", "4");
        regionNames.forEach(
                region -> ports.put(region, new Ports(Nodes.freePort(), Nodes.freePort())));
    }

    /** The region {@code eu} alone. */
    static Site alone(Path folder) {
        return new Site(folder, "alone", List.of("eu"), "");
    }

    /** The regions {@code eu} and {@code us}, and a link of all topics and groups to {@code us}. */
    static Site linked(Path folder) {
        return new Site(
                folder,
                "linked",
                List.of("eu", "us"),
                "links:\n"
                    + "  eu-to-us: { from: eu, to: us, topics: [\"*\", \"!local\"], groups: [\"*\"]"
                    + " }\n");
    }

    /** The same, with clients that move along when the topics do. */
    static Site moving(Path folder) {
        Site linked = linked(folder);
        return new Site(
                folder,
                "moving",
                linked.regionNames,
                linked.linkLines
                        + "failover:\n"
                        + "  eu-to-us: { follows: eu-to-us, moves: clients }\n");
    }

    /**
     * Regions and what links them.
     *
     * @param linkLines all that stands in the file behind {@code regions:}
     */
    static Site of(Path folder, List<String> regionNames, String linkLines) {
        return new Site(folder, "several", regionNames, linkLines);
    }

    /** The region {@code us}, and a link of all topics to it from a cluster that is not ours. */
    static Site fedBy(Path folder, String bootstrap) {
        return new Site(
                folder,
                "fed",
                List.of("us"),
                """
                  eu: { bootstrap: "%s" }
                links:
                  eu-to-us: { from: eu, to: us, topics: ["*"], groups: ["*"] }
                """
                        .formatted(bootstrap));
    }

    /** The same, and a planned failover fences the source by its own rules. */
    static Site fencedBy(Path folder, String bootstrap) {
        return new Site(
                folder,
                "fed",
                List.of("us"),
                """
                  eu: { bootstrap: "%s" }
                links:
                  eu-to-us: { from: eu, to: us, topics: ["*"], groups: ["*"] }
                failover:
                  eu-to-us: { follows: eu-to-us, fence: acls }
                """
                        .formatted(bootstrap));
    }

    /** The same with another filter of the link's topics, as after an edit of the file. */
    Site copying(String... patterns) {
        String filter = "topics: [\"%s\"]".formatted(String.join("\", \"", patterns));
        String changed =
                linkLines.replaceFirst("topics: \\[[^]]*]", Matcher.quoteReplacement(filter));
        var site = new Site(folder, name, regionNames, changed);
        site.ports.putAll(ports);
        site.config.putAll(config);
        return site;
    }

    /** Every broker has two log directories, in {@code disk1} and {@code disk2}. */
    Site onTwoDisks() {
        twoDisks = true;
        return this;
    }

    private String storage() {
        return twoDisks
                ? "{ dirs: [\"%s\", \"%s\"] }"
                        .formatted(folder.resolve("disk1"), folder.resolve("disk2"))
                : "{ dir: \"%s\" }".formatted(folder.resolve("data"));
    }

    /** The same ports and the same folder under another name of the whole. */
    Site renamed(String other) {
        var site = new Site(folder, other, regionNames, linkLines);
        site.ports.putAll(ports);
        site.config.putAll(config);
        return site;
    }

    /** A config of every broker, by Kafka's name. */
    Site with(String key, String value) {
        config.put(key, value);
        return this;
    }

    BrokerServer start(String region) throws StartRefused {
        return start(region, new FileDisk());
    }

    /** Starts the broker of a region in this process, on a disk that may fail. */
    BrokerServer start(String region, Disk disk) throws StartRefused {
        var options = new BrokerServer.Options(Duration.ZERO, disk);
        BrokerServer server = BrokerServer.start(settings(region), options);
        running.put(region, server);
        return server;
    }

    /** What the broker of a region is started with. */
    BrokerSettings settings(String region) {
        Region.Hosted hosted = hosted(region);
        Region.Broker self = hosted.broker(1).orElseThrow();
        List<Path> folders = hosted.dataDirectories(self).stream().map(Path::of).toList();
        Path metadata = Path.of(hosted.metadataDirectory(self));
        return new BrokerSettings(topology(), hosted, self, folders, metadata);
    }

    /** Starts all regions side by side: a region that starts alone waits a while for the others. */
    void startAll() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String region : regionNames) {
                threads.submit(() -> start(region));
            }
        }
        if (running.size() < regionNames.size()) {
            throw new IllegalStateException("only these regions started: " + running.keySet());
        }
    }

    void stop(String region) {
        BrokerServer server = running.remove(region);
        if (server != null) {
            server.close();
        }
    }

    void restart(String region) throws StartRefused {
        stop(region);
        start(region);
    }

    /** The broker's data directory. */
    Path data(String region) {
        Region.Hosted hosted = hosted(region);
        return Path.of(hosted.dataDirectory(hosted.broker(1).orElseThrow()));
    }

    Clients clients(String region) {
        return new Clients(bootstrap(region));
    }

    String bootstrap(String region) {
        return "127.0.0.1:" + portsOf(region).kafka();
    }

    AdminHttp admin(String region) {
        return new AdminHttp(portsOf(region).admin());
    }

    Ports portsOf(String region) {
        Ports found = ports.get(region);
        if (found == null) {
            throw new IllegalArgumentException("no region " + region);
        }
        return found;
    }

    /** The topology as a file that the command line reads. */
    Path file() {
        try {
            return Files.writeString(folder.resolve(name + ".yaml"), text());
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    Path folder() {
        return folder;
    }

    private Region.Hosted hosted(String region) {
        return topology().hosted(new RegionId(region)).orElseThrow();
    }

    private Topology topology() {
        if (TopologyFile.parse("site.yaml", text()) instanceof TopologyFile.Valid valid) {
            return valid.topology();
        }
        throw new IllegalStateException(TopologyFile.parse("site.yaml", text()).toString());
    }

    private String text() {
        var lines = new ArrayList<String>();
        lines.add("tombolo: 1");
        lines.add("name: " + name);
        lines.add("regions:");
        for (String region : regionNames) {
            Ports at = portsOf(region);
            lines.add("  %s:".formatted(region));
            lines.add("    kafka: \"127.0.0.1:%d\"".formatted(at.kafka()));
            lines.add("    admin: \"127.0.0.1:%d\"".formatted(at.admin()));
            lines.add("    storage: " + storage());
            lines.add("    config:");
            // So that requests cross from one loop to another, whatever machine runs the tests.
            lines.add("      num.network.threads: 2");
            config.forEach((key, value) -> lines.add("      %s: %s".formatted(key, value)));
        }
        return String.join("\n", lines) + "\n" + linkLines;
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::stop);
    }
}
