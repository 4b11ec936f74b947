package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo;
import io.tombolo.nodes.Namespaces;
import io.tombolo.nodes.Nodes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Packets vanish between the registry members of {@code us}, which has two brokers, and between
 * nobody else: first they wait for each other, then each is alone. What the regions do goes on.
 */
class SplitRegistryEndToEnd {

    private static final String LINK = "eu-to-us";
    private static final int EU = 3;
    private static final int MANY = 300;

    @TempDir Path folder;
    private final int kafka = Nodes.freePort();
    private final int admin = Nodes.freePort();
    private final int internal = Nodes.freePort();
    private final int registry = Nodes.freePort();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Namespaces wires;
    private Path file;

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void linksAndOwnershipGoOnWhileTheRegistryIsSlowAndSplit() throws Exception {
        wires = wires();
        file = written();
        var eu = new Clients(wires.host(EU) + ":" + kafka);
        var us = new Clients(wires.host(1) + ":" + kafka);
        ChildBroker source = opened(start(EU, "eu", 1));
        List<ChildBroker> copies = List.of(opened(start(1, "us", 1)), opened(start(2, "us", 2)));
        source.awaitReady();
        copies.forEach(ChildBroker::awaitReady);
        eu.create("orders", 2);
        PlainWriter writer = opened(new PlainWriter(eu, "orders", 2, "eu"));
        // They take part half a minute after they began to serve.
        Patience.until(() -> assertThat(members()).allMatch(seen -> seen > 0));
        Patience.until(() -> assertThat(members()).containsExactly(2, 2));

        // For ten seconds each takes the other one for a member still, and waits for its answers.
        wires.cutSide(1, 2);
        wires.cutSide(2, 1);
        awaitCopied(writer, us);
        JsonNode moved = tombolo("failover", LINK, "--planned");
        writer.close();

        assertThat(moved.get("recordsLost").asLong()).isZero();
        assertThat(missing(writer, us)).isEmpty();
        assertThat(ages()).allMatch(age -> age >= 0);

        Patience.until(() -> {
            assertThat(members()).containsExactly(1, 1);
            assertThat(status(1).at("/registry/trouble").asString("")).isNotEmpty();
            assertThat(status(2).at("/registry/trouble").asString("")).isNotEmpty();
        });
        PlainWriter next = opened(new PlainWriter(us, "orders", 2, "us"));
        awaitCopied(next, eu);
        JsonNode back = tombolo("failover", LINK, "--planned", "--to", "eu");
        next.close();
        assertThat(back.get("recordsLost").asLong()).isZero();
        assertThat(missing(next, eu)).isEmpty();
        source.signal("STOP");
        Patience.until(() -> assertThat(ages()).allMatch(age -> age > 5_000));
        source.signal("CONT");
        Patience.until(() -> assertThat(ages()).allMatch(age -> age < 5_000));

        wires.heal();
        Patience.until(() -> {
            assertThat(members()).containsExactly(2, 2);
            assertThat(status(1).at("/registry/trouble").isNull()).isTrue();
            assertThat(status(2).at("/registry/trouble").isNull()).isTrue();
        });
    }

    /** Waits until records that are written from now on are in the other region. */
    private static void awaitCopied(PlainWriter writer, Clients copy) {
        int before = writer.count();
        Patience.until(() -> assertThat(writer.count()).isGreaterThan(before + MANY));
        long end =
                writer.acknowledged().keySet().stream()
                        .filter(place -> place.partition() == 0)
                        .mapToLong(PlainWriter.Place::offset)
                        .max()
                        .orElseThrow();
        Patience.until(() -> assertThat(copy.end("orders", 0)).isGreaterThan(end));
    }

    /** What was acknowledged and is not at its offset in a region. */
    private static List<PlainWriter.Place> missing(PlainWriter writer, Clients region) {
        var missing = new ArrayList<PlainWriter.Place>();
        for (int partition = 0; partition < 2; partition++) {
            var there =
                    region.readByOffset("orders", partition, region.end("orders", partition) - 1);
            int each = partition;
            writer.acknowledged()
                    .forEach((place, value) -> {
                        if (place.partition() == each && !value.equals(there.get(place.offset()))) {
                            missing.add(place);
                        }
                    });
        }
        return missing;
    }

    /** How many members each broker of {@code us} sees. */
    private List<Integer> members() {
        return List.of(
                status(1).at("/registry/members").asInt(),
                status(2).at("/registry/members").asInt());
    }

    /** How old it is what each broker of {@code us} knows of the other region. */
    private List<Long> ages() {
        return List.of(
                status(1).at("/regions/0/ageMs").asLong(-1),
                status(2).at("/regions/0/ageMs").asLong(-1));
    }

    private JsonNode status(int machine) {
        return new AdminHttp(wires.host(machine), admin).get("/api/v1/status").json();
    }

    private JsonNode tombolo(String... arguments) {
        var command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("-y", "-o", "json", "-f", file.toString()));
        return new Tombolo(folder).run(command.toArray(String[]::new)).json();
    }

    private <T extends AutoCloseable> T opened(T one) {
        open.add(one);
        return one;
    }

    private Namespaces wires() {
        Optional<String> refusal = Namespaces.refusal();
        if (refusal.isPresent()) {
            String why = "a registry is not split: " + refusal.get();
            System.err.println(why);
            throw new TestAbortedException(why);
        }
        return opened(Namespaces.open(EU));
    }

    private ChildBroker start(int machine, String region, int number) {
        Path output = folder.resolve(region + number + ".out");
        return ChildBroker.start(wires.prefix(machine), file, region, number, output);
    }

    private Path written() throws IOException {
        String text =
                """
                tombolo: 1
                name: split
                regions:
                  eu:
                    kafka: "%s:%d"
                    admin: "%s:%d"
                    allowInsecure: true
                    storage: { dir: "%s" }
                  us:
                    brokers: 2
                    kafka: "%s:%d"
                    admin: "%s:%d"
                    internal: "%s:%d"
                    registry: "%s:%d"
                    allowInsecure: true
                    storage: { dir: "%s" }
                    config: { default.replication.factor: "2", min.insync.replicas: "1" }
                links:
                  eu-to-us: { from: eu, to: us, topics: ["*"], groups: ["*"] }
                """
                        .formatted(
                                wires.host(EU),
                                kafka,
                                wires.host(EU),
                                admin,
                                folder.resolve("eu"),
                                wires.internalHosts(1),
                                kafka,
                                wires.internalHosts(1),
                                admin,
                                wires.internalHosts(1),
                                internal,
                                wires.sideHosts(),
                                registry,
                                folder.resolve("us-{n}"));
        return Files.writeString(folder.resolve("split.yaml"), text);
    }
}
