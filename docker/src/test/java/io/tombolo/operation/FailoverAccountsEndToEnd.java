package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo;
import io.tombolo.nodes.Namespaces;
import io.tombolo.nodes.Nodes;
import io.tombolo.operation.PlainWriter.Place;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A region takes over from another while plain clients write to both. When both are joined again,
 * each record that was acknowledged to anybody is either in the owner's log or in the divergence
 * report, and all that is in these two adds up to what was written.
 */
class FailoverAccountsEndToEnd {

    private static final String LINK = "eu-to-us";
    private static final String POLICY = "/api/v1/failover/" + LINK;
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 3;
    private static final int MANY = 300;

    @TempDir Path folder;
    private final List<AutoCloseable> open = new ArrayList<>();
    private Path file;
    private Clients eu;
    private Clients us;
    private AdminHttp usAdmin;

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void whatAnOwnerThatWasKilledHadAcknowledgedIsAccountedFor() throws Exception {
        Site site = Site.linked(folder);
        file = site.file();
        eu = site.clients("eu");
        us = site.clients("us");
        usAdmin = site.admin("us");
        ChildBroker owner = opened(ChildBroker.start(site, "eu", "eu"));
        ChildBroker heir = opened(ChildBroker.start(site, "us", "us"));
        owner.awaitReady();
        heir.awaitReady();
        PlainWriter before = startWriting();

        heir.signal("STOP");
        awaitMore(before);
        owner.kill();
        heir.signal("CONT");
        takeOver();
        PlainWriter after = opened(writer(us, "us"));
        awaitMore(after);
        opened(ChildBroker.start(site, "eu", "eu-again")).awaitReady();

        comeBackAndCount(before, after);
    }

    @Test
    void whatAnOwnerAcknowledgedThatWasCutOffWithItsClientsIsAccountedFor() throws Exception {
        Namespaces wires = wires();
        file = written(wires);
        int kafka = port("kafka");
        eu = new Clients(wires.host(1) + ":" + kafka);
        us = new Clients(wires.host(2) + ":" + kafka);
        usAdmin = new AdminHttp(wires.host(2), port("admin"));
        ChildBroker owner = opened(start(wires, 1, "eu"));
        ChildBroker heir = opened(start(wires, 2, "us"));
        owner.awaitReady();
        heir.awaitReady();
        PlainWriter before = startWriting();

        wires.cut(1, 2);
        wires.cut(2, 1);
        awaitMore(before);
        takeOver();
        PlainWriter after = opened(writer(us, "us"));
        awaitMore(after);
        awaitMore(before);
        assertThat(before.refusals()).as("nobody can have told the old owner yet").isZero();
        wires.heal();

        comeBackAndCount(before, after);
    }

    // --- what both have in common

    private PlainWriter startWriting() {
        eu.create(TOPIC, PARTITIONS);
        PlainWriter writer = opened(writer(eu, "eu"));
        awaitMore(writer);
        Patience.until(() -> assertThat(us.end(TOPIC, 0)).isPositive());
        return writer;
    }

    /** Waits until the owner counts as gone, then fails over. */
    private void takeOver() {
        Patience.until(
                () -> assertThat(usAdmin.get(POLICY).json().get("ready").asBoolean()).isTrue());
        var answer = usAdmin.post(POLICY);
        assertThat(answer.status()).describedAs(answer.body()).isEqualTo(200);
    }

    /** The old owner, to which somebody still writes, becomes a copy of the new one. */
    private void comeBackAndCount(PlainWriter before, PlainWriter after) throws Exception {
        Patience.until(() -> assertThat(before.refusals()).isGreaterThan(MANY));
        JsonNode outcome = tombolo("failback", LINK, "-y", "-o", "json");
        awaitMore(after);
        before.close();
        after.close();
        Path lost = folder.resolve("lost.jsonl");
        tombolo("divergence", "export", LINK, "--to", lost.toString(), "-o", "json");

        Patience.until(() -> assertThat(ends(eu)).isEqualTo(ends(us)));
        Map<Place, String> log = log(us);
        Map<Place, String> setAside = setAside(lost);
        assertThat(log(eu)).as("the copy").isEqualTo(log);
        assertThat(setAside.size()).isPositive().isEqualTo(reported(outcome));
        assertThat(outcome.get("records").asInt()).isEqualTo(setAside.size());
        assertThat(log)
                .as("what the owner acknowledged")
                .containsAllEntriesOf(after.acknowledged());
        assertThat(neither(before.acknowledged(), log, setAside)).isEmpty();

        int maybe = found(before.unanswered(), log, setAside);
        maybe += found(after.unanswered(), log, setAside);
        assertThat(log.size() + setAside.size()).isEqualTo(before.count() + after.count() + maybe);
        Set<String> values = new HashSet<>(log.values());
        values.addAll(setAside.values());
        assertThat(values.size()).as("none twice").isEqualTo(log.size() + setAside.size());
    }

    /** How many records the ranges of a report have. */
    private static int reported(JsonNode outcome) {
        long records = 0;
        for (JsonNode topic : outcome.get("divergences")) {
            for (JsonNode range : topic.get("partitions")) {
                records += range.get("toOffset").asLong() - range.get("fromOffset").asLong();
            }
        }
        return Math.toIntExact(records);
    }

    /** Acknowledged records that are not in just one of the two, at their offset. */
    private static List<Place> neither(
            Map<Place, String> acknowledged, Map<Place, String> log, Map<Place, String> setAside) {
        var neither = new ArrayList<Place>();
        acknowledged.forEach((place, value) -> {
            if (value.equals(log.get(place)) == value.equals(setAside.get(place))) {
                neither.add(place);
            }
        });
        return neither;
    }

    private static int found(
            Set<String> values, Map<Place, String> log, Map<Place, String> setAside) {
        var found = new HashSet<>(log.values());
        found.addAll(setAside.values());
        found.retainAll(values);
        return found.size();
    }

    private static Map<Place, String> log(Clients region) {
        var log = new HashMap<Place, String>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int each = partition;
            region.readByOffset(TOPIC, partition, region.end(TOPIC, partition) - 1)
                    .forEach((offset, value) -> log.put(new Place(each, offset), value));
        }
        return log;
    }

    private static List<Long> ends(Clients region) {
        var ends = new ArrayList<Long>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            ends.add(region.end(TOPIC, partition));
        }
        return ends;
    }

    private static Map<Place, String> setAside(Path lost) throws IOException {
        var mapper = JsonMapper.builder().build();
        var setAside = new HashMap<Place, String>();
        for (String line : Files.readAllLines(lost)) {
            JsonNode one = mapper.readTree(line);
            var place = new Place(one.get("partition").asInt(), one.get("offset").asLong());
            assertThat(setAside.put(place, one.get("value").asString())).as(line).isNull();
        }
        return setAside;
    }

    private static void awaitMore(PlainWriter writer) {
        int before = writer.count();
        Patience.until(() -> assertThat(writer.count()).isGreaterThan(before + MANY));
    }

    private static PlainWriter writer(Clients region, String name) {
        return new PlainWriter(region, TOPIC, PARTITIONS, name);
    }

    private <T extends AutoCloseable> T opened(T one) {
        open.add(one);
        return one;
    }

    private JsonNode tombolo(String... arguments) {
        var command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("-f", file.toString()));
        return new Tombolo(folder).run(command.toArray(String[]::new)).json();
    }

    // --- two regions on wires that can be cut

    private final Map<String, Integer> ports = new HashMap<>();

    private int port(String name) {
        return ports.computeIfAbsent(name, _ -> Nodes.freePort());
    }

    private Namespaces wires() {
        Optional<String> refusal = Namespaces.refusal();
        if (refusal.isPresent()) {
            String why = "a region is not cut off with its clients: " + refusal.get();
            System.err.println(why);
            throw new TestAbortedException(why);
        }
        return opened(Namespaces.open(2));
    }

    private ChildBroker start(Namespaces wires, int machine, String region) {
        return ChildBroker.start(
                wires.prefix(machine), file, region, 1, folder.resolve(region + ".out"));
    }

    private Path written(Namespaces wires) throws IOException {
        String text =
                """
                tombolo: 1
                name: cut
                regions:
                  eu: { kafka: "%1$s:%3$d", admin: "%1$s:%4$d", allowInsecure: true, storage: { dir: "%5$s" } }
                  us: { kafka: "%2$s:%3$d", admin: "%2$s:%4$d", allowInsecure: true, storage: { dir: "%6$s" } }
                links:
                  eu-to-us: { from: eu, to: us, topics: ["*"], groups: ["*"] }
                """
                        .formatted(
                                wires.host(1),
                                wires.host(2),
                                port("kafka"),
                                port("admin"),
                                folder.resolve("eu"),
                                folder.resolve("us"));
        return Files.writeString(folder.resolve("cut.yaml"), text);
    }
}
