package io.tombolo.region.topology.file;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.BrokerId;
import io.tombolo.region.ControllerId;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.DirectoryClash;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Secret;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads {@code regions:} and gives every broker its id and its addresses.
 *
 * <p>Without {@code kafka:} broker n of the region at position i listens on 127.0.0.1, port 9092 +
 * 100 i + n − 1; without {@code admin:} on 127.0.0.1, port 8080 + 100 i + n − 1 for the first ten
 * regions and 18080 + 100 (i − 10) + n − 1 for the others; without {@code internal:} on 127.0.0.1,
 * port 25092 + 100 i + n − 1; without {@code registry:} on the host of {@code internal:}, port 5701
 * + 100 i + n − 1 for the first 23 regions and 1401 + 100 (i − 23) + n − 1 for the others.
 * Controller n has the default addresses of broker 90 + n. So defaults never meet for 64 regions of
 * 90 brokers and ten controllers each.
 */
final class RegionsReader {

    private static final int REGIONS_MAX = 64;
    private static final int KAFKA_PORT = 9092;
    private static final int ADMIN_PORT = 8080;
    private static final int ADMIN_PORT_AFTER_TEN = 18_080;
    private static final int INTERNAL_PORT = 25_092;
    private static final int REGISTRY_PORT = 5_701;
    private static final int REGISTRY_REGIONS = 23;
    private static final int REGISTRY_PORT_OF_OTHERS = 1_401;
    private static final int PORTS_PER_REGION = 100;
    private static final int CONTROLLER_PORTS_FROM = 90;
    private static final List<Integer> CONTROLLER_COUNTS = List.of(1, 3, 5);
    private static final List<String> HOSTED_KEYS =
            List.of(
                    "brokers",
                    "kafka",
                    "admin",
                    "internal",
                    "registry",
                    "controllers",
                    "racks",
                    "storage",
                    "config",
                    "allowInsecure");

    private final Map<RegionId, Region> regions = new LinkedHashMap<>();
    private final Map<RegionId, StorageReader> storages = new HashMap<>();
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
        DirectoryClash.among(reader.regions.values())
                .forEach(clash -> reader.storageOf(clash.inner().region()).report(document, clash));
        return reader.regions;
    }

    private StorageReader storageOf(Region region) {
        return Objects.requireNonNull(storages.get(region.id()));
    }

    private void add(Value entry, int index) {
        Optional<RegionId> id = Names.idOf(entry, RegionId::new);
        Section section =
                entry.section(
                        "brokers",
                        "kafka",
                        "admin",
                        "internal",
                        "registry",
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
        Map<String, Value> directories = new LinkedHashMap<>();
        Map<String, String> config =
                section.get("config")
                        .map(value -> ConfigReader.readBroker(value, secrets, directories))
                        .orElse(Map.of());
        var storage = new StorageReader(directories, notes);
        storages.put(id, storage);
        return new Region.Hosted(
                id,
                index,
                new Region.Nodes(
                        brokers(index, section),
                        section.get("controllers")
                                .map(value -> controllers(index, value))
                                .orElse(List.of())),
                storage.read(section.get("storage")),
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
        List<Endpoint> registry =
                section.get("registry").isPresent()
                        ? Addresses.ofBrokers(section.get("registry"), count, registryPort(index))
                        : beside(internal, registryPort(index));
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
                            new Region.Listeners(
                                    kafka.get(number - 1),
                                    admin.get(number - 1),
                                    internal.get(number - 1),
                                    registry.get(number - 1)),
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

    /** What brokers tell each other goes where they talk to each other, on another port. */
    private static List<Endpoint> beside(List<Endpoint> internal, int port) {
        var beside = new ArrayList<Endpoint>();
        for (Endpoint endpoint : internal) {
            beside.add(new Endpoint(endpoint.host(), port + beside.size()));
        }
        return beside;
    }

    private static int registryPort(int index) {
        return index < REGISTRY_REGIONS
                ? REGISTRY_PORT + PORTS_PER_REGION * index
                : REGISTRY_PORT_OF_OTHERS + PORTS_PER_REGION * (index - REGISTRY_REGIONS);
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
