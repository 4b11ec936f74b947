package io.tombolo.region.topology.file;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.BrokerId;
import io.tombolo.region.ControllerId;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Secret;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code regions:} and gives every broker its id and its addresses.
 *
 * <p>Without {@code kafka:} broker n of the region at position i listens on 127.0.0.1, port 9092 +
 * 100 i + n − 1; without {@code admin:} on 127.0.0.1, port 8080 + 100 i + n − 1 for the first ten
 * regions and 18080 + 100 (i − 10) + n − 1 for the others; without {@code internal:} on 127.0.0.1,
 * port 25092 + 100 i + n − 1. Controller n has the default addresses of broker 90 + n. So defaults
 * never meet for 64 regions of 90 brokers and ten controllers each.
 */
final class RegionsReader {

    private static final int REGIONS_MAX = 64;
    private static final int KAFKA_PORT = 9092;
    private static final int ADMIN_PORT = 8080;
    private static final int ADMIN_PORT_AFTER_TEN = 18_080;
    private static final int INTERNAL_PORT = 25_092;
    private static final int PORTS_PER_REGION = 100;
    private static final int CONTROLLER_PORTS_FROM = 90;
    private static final List<Integer> CONTROLLER_COUNTS = List.of(1, 3, 5);
    private static final List<String> HOSTED_KEYS =
            List.of(
                    "brokers",
                    "kafka",
                    "admin",
                    "internal",
                    "controllers",
                    "racks",
                    "storage",
                    "config",
                    "allowInsecure");

    private final Map<RegionId, Region> regions = new LinkedHashMap<>();
    private final Shortfalls notes;

    private RegionsReader(Shortfalls notes) {
        this.notes = notes;
    }

    static Map<RegionId, Region> read(Section file, Shortfalls notes) {
        var reader = new RegionsReader(notes);
        Optional<Value> section = file.get("regions");
        List<Value> entries = section.map(Value::entries).orElse(List.of());
        Document document = file.owner().document();
        if (entries.isEmpty()) {
            document.warning(
                            Rule.NOTHING_TO_START,
                            document.spanOf("regions"),
                            "regions",
                            "the file has no regions")
                    .why("without a region there is nothing to start")
                    .fix("regions: { eu: {} }");
        }
        if (entries.size() > REGIONS_MAX) {
            section.orElseThrow()
                    .problemWithName(
                            Rule.OUT_OF_RANGE,
                            "%d regions, at most %d".formatted(entries.size(), REGIONS_MAX))
                    .fix("split the file");
            return reader.regions;
        }
        for (int index = 0; index < entries.size(); index++) {
            reader.add(entries.get(index), index);
        }
        new ListenerChecks(document, reader.regions).run(notes);
        reader.checkDirectories(document);
        return reader.regions;
    }

    private void add(Value entry, int index) {
        Optional<RegionId> id = Names.idOf(entry, RegionId::new);
        Section section =
                entry.section(
                        "brokers",
                        "kafka",
                        "admin",
                        "internal",
                        "controllers",
                        "racks",
                        "storage",
                        "config",
                        "allowInsecure",
                        "bootstrap",
                        "client");
        if (id.isEmpty()) {
            return;
        }
        boolean foreign = section.get("bootstrap").isPresent();
        checkExclusive(section, foreign);
        regions.put(
                id.get(),
                foreign ? foreign(id.get(), index, section) : hosted(id.get(), index, section));
    }

    private static void checkExclusive(Section section, boolean foreign) {
        List<String> excluded = foreign ? HOSTED_KEYS : List.of("client");
        for (String key : excluded) {
            section.get(key)
                    .ifPresent(value ->
                            value.problemWithName(
                                            Rule.EXCLUSIVE_KEYS,
                                            foreign
                                                    ? key
                                                            + " does not go with bootstrap: this"
                                                            + " cluster runs elsewhere"
                                                    : "client: goes with bootstrap: only")
                                    .fix(
                                            foreign
                                                    ? "remove " + key + " or bootstrap"
                                                    : "add bootstrap: host:port"));
        }
    }

    private Region hosted(RegionId id, int index, Section section) {
        Map<String, Secret> secrets = new LinkedHashMap<>();
        Map<String, String> config =
                section.get("config")
                        .map(value -> ConfigReader.readBroker(value, secrets))
                        .orElse(Map.of());
        return new Region.Hosted(
                id,
                index,
                new Region.Nodes(
                        brokers(index, section),
                        section.get("controllers")
                                .map(value -> controllers(index, value))
                                .orElse(List.of())),
                section.get("storage").map(this::storage).orElseGet(RegionsReader::defaultStorage),
                config,
                new Region.Security(section.isTrue("allowInsecure"), secrets));
    }

    private static List<Region.Broker> brokers(int index, Section section) {
        int count =
                section.get("brokers")
                        .flatMap(value -> value.integer(1, BrokerId.PER_REGION - 1))
                        .orElse(1);
        int kafkaPort = KAFKA_PORT + PORTS_PER_REGION * index;
        List<Endpoint> kafka = Addresses.ofBrokers(section.get("kafka"), count, kafkaPort);
        List<Endpoint> admin = Addresses.ofBrokers(section.get("admin"), count, adminPort(index));
        List<Endpoint> internal =
                Addresses.ofBrokers(section.get("internal"), count, internalPort(index));
        List<String> racks = texts(section.get("racks"));
        var brokers = new ArrayList<Region.Broker>();
        for (int number = 1; number <= count; number++) {
            Optional<String> rack =
                    racks.isEmpty()
                            ? Optional.empty()
                            : Optional.of(racks.get((number - 1) % racks.size()));
            brokers.add(
                    new Region.Broker(
                            number,
                            BrokerId.of(index, number),
                            kafka.get(number - 1),
                            admin.get(number - 1),
                            internal.get(number - 1),
                            rack));
        }
        return brokers;
    }

    private static int adminPort(int index) {
        return index < 10
                ? ADMIN_PORT + PORTS_PER_REGION * index
                : ADMIN_PORT_AFTER_TEN + PORTS_PER_REGION * (index - 10);
    }

    private static int internalPort(int index) {
        return INTERNAL_PORT + PORTS_PER_REGION * index;
    }

    /** A number, or a map with the number and the addresses. */
    private static List<Region.Controller> controllers(int index, Value value) {
        Optional<Section> section =
                value.isMapping()
                        ? Optional.of(value.section("count", "admin", "internal"))
                        : Optional.empty();
        Optional<Value> number =
                section.isPresent() ? section.get().require("count", "3") : Optional.of(value);
        int count = number.flatMap(RegionsReader::controllerCount).orElse(0);
        List<Endpoint> admin =
                Addresses.ofBrokers(
                        section.flatMap(it -> it.get("admin")),
                        count,
                        adminPort(index) + CONTROLLER_PORTS_FROM);
        List<Endpoint> internal =
                Addresses.ofBrokers(
                        section.flatMap(it -> it.get("internal")),
                        count,
                        internalPort(index) + CONTROLLER_PORTS_FROM);
        var controllers = new ArrayList<Region.Controller>();
        for (int at = 1; at <= count; at++) {
            controllers.add(
                    new Region.Controller(
                            at,
                            ControllerId.of(index, at),
                            admin.get(at - 1),
                            internal.get(at - 1)));
        }
        return controllers;
    }

    /** An even number bears no more failures than the odd one below it. */
    private static Optional<Integer> controllerCount(Value value) {
        int most = CONTROLLER_COUNTS.getLast();
        Optional<Integer> count = value.integer(1, most);
        if (count.isPresent() && !CONTROLLER_COUNTS.contains(count.get())) {
            value.problem(
                            Rule.OUT_OF_RANGE,
                            "%s is %d, and must be 1, 3 or 5".formatted(value.path(), count.get()))
                    .why(
                            "%d controllers go on without as many as %d do"
                                    .formatted(count.get(), count.get() - 1))
                    .fix("%s: %d".formatted(value.name(), count.get() + 1));
            return Optional.empty();
        }
        return count;
    }

    private static List<String> texts(Optional<Value> list) {
        return list.map(Value::items).orElse(List.of()).stream()
                .flatMap(item -> item.text().stream())
                .toList();
    }

    private Region.Storage storage(Value value) {
        Section section = value.section("dir", "dirs", "tier", "keepLocal");
        Optional<Duration> keepLocal =
                section.get("keepLocal")
                        .flatMap(it -> it.duration(Duration.ZERO, Duration.ofDays(36_500)));
        Optional<String> tier = section.get("tier").flatMap(RegionsReader::tier);
        section.get("tier").ifPresent(notes::tieredStorage);
        if (section.get("tier").isEmpty()) {
            section.get("keepLocal").ifPresent(RegionsReader::warnOfIdleKeepLocal);
        }
        return new Region.Storage(dirs(section), tier, keepLocal);
    }

    private static Region.Storage defaultStorage() {
        return new Region.Storage(
                List.of(Region.Storage.DIR_DEFAULT), Optional.empty(), Optional.empty());
    }

    private static List<String> dirs(Section section) {
        Optional<Value> several = section.get("dirs");
        if (several.isPresent() && section.get("dir").isPresent()) {
            several.get()
                    .problemWithName(Rule.EXCLUSIVE_KEYS, "dirs does not go with dir")
                    .fix("remove dir and name its folder first in dirs");
        }
        var dirs = new ArrayList<String>();
        List<Value> items = several.map(Value::items).orElse(List.of());
        for (Value item : items) {
            item.text()
                    .filter(text -> !text.isBlank())
                    .ifPresent(text -> {
                        if (isApart(item, dirs, text)) {
                            dirs.add(text);
                        }
                    });
        }
        section.get("dir")
                .flatMap(Value::text)
                .filter(text -> !text.isBlank() && dirs.isEmpty())
                .ifPresent(dirs::add);
        return dirs.isEmpty() ? List.of(Region.Storage.DIR_DEFAULT) : dirs;
    }

    /** Two directories on one disk, or one in the other, are no two directories. */
    private static boolean isApart(Value item, List<String> before, String dir) {
        for (String other : before) {
            boolean same = normal(dir).equals(normal(other));
            if (same
                    || normal(dir).startsWith(normal(other))
                    || normal(other).startsWith(normal(dir))) {
                item.problem(
                                Rule.SHARED_DIRECTORY,
                                same
                                        ? "the directory %s stands here a second time"
                                                .formatted(dir)
                                        : "the directories %s and %s lie in each other"
                                                .formatted(other, dir))
                        .why("each directory is meant for a disk of its own, which may fail alone")
                        .fix("remove one of them");
                return false;
            }
        }
        return true;
    }

    private static Path normal(String dir) {
        return Path.of(dir).toAbsolutePath().normalize();
    }

    /** A folder of one region that lies in a broker's folder of another one. */
    private void checkDirectories(Document document) {
        for (Region region : regions.values()) {
            for (Region other : regions.values()) {
                if (region != other
                        && region instanceof Region.Hosted inner
                        && other instanceof Region.Hosted outer) {
                    checkDirectories(document, inner, outer);
                }
            }
        }
    }

    private static void checkDirectories(
            Document document, Region.Hosted inner, Region.Hosted outer) {
        for (Region.Node node : outer.nodes().all()) {
            for (String taken : outer.dataDirectories(node)) {
                for (String dir : inner.storage().dirs()) {
                    if (normal(dir).startsWith(normal(taken))) {
                        String path = "regions." + inner.id() + ".storage";
                        document.problem(
                                        Rule.SHARED_DIRECTORY,
                                        document.spanOf(path),
                                        path,
                                        "the directory %s lies in the one of %s %d of region %s"
                                                .formatted(
                                                        dir,
                                                        node instanceof Region.Broker
                                                                ? "broker"
                                                                : "controller",
                                                        node.number(),
                                                        outer.id()))
                                .why("a broker removes from its directory what it does not know")
                                .fix("give region %s another directory".formatted(inner.id()));
                        return;
                    }
                }
            }
        }
    }

    private static Optional<String> tier(Value value) {
        Optional<String> address = value.text();
        if (address.isPresent() && !address.get().matches("(s3://|file:/).+")) {
            value.problem(Rule.ADDRESS, value.path() + " must be the address of an object store")
                    .seen(value.node().kind())
                    .fix("tier: s3://bucket/prefix", "tier: file:/path");
            return Optional.empty();
        }
        return address;
    }

    private static void warnOfIdleKeepLocal(Value keepLocal) {
        keepLocal
                .document()
                .warning(
                        Rule.IDLE_KEY,
                        keepLocal.node().span(),
                        keepLocal.path(),
                        "keepLocal has no effect without tier")
                .why("all segments stay on the local disk until retention deletes them")
                .fix("remove keepLocal, or set tier");
    }

    private Region foreign(RegionId id, int index, Section section) {
        Map<String, Secret> secrets = new LinkedHashMap<>();
        Map<String, String> client =
                section.get("client")
                        .map(value -> ConfigReader.readClient(value, secrets))
                        .orElse(Map.of());
        boolean plaintext =
                client.getOrDefault("security.protocol", "PLAINTEXT").equals("PLAINTEXT");
        if (!plaintext || !secrets.isEmpty()) {
            section.get("client").ifPresent(notes::securedSource);
        }
        List<Endpoint> bootstrap =
                section.get("bootstrap").map(Addresses::bootstrap).orElse(List.of());
        return new Region.Foreign(id, index, bootstrap, client, secrets);
    }
}
