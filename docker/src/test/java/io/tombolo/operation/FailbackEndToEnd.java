package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.commands.Tombolo;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A region that has lost its topics follows the one that took them over, and may take them back.
 */
class FailbackEndToEnd {

    private static final String LINK = "eu-to-us";

    @TempDir Path folder;
    private Site site;
    private Clients eu;
    private Clients us;

    @BeforeEach
    void copyARegion() {
        site = Site.linked(folder);
        eu = site.clients("eu");
        us = site.clients("us");
        site.startAll();
        eu.create("orders", 1);
        eu.produce("orders", 0, "a", "b", "c", "d");
        Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(4));
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void whatOnlyTheLostRegionHadIsSetAsideBeforeItFollowsTheOtherOne() throws Exception {
        site.admin("us").post("/api/v1/links/" + LINK + "/pause");
        Patience.until(() ->
                assertThat(site.admin("us").link(LINK).get("state").asString())
                        .isEqualTo("PAUSED"));
        eu.produce("orders", 0, "lost1", "lost2");
        site.stop("eu");
        failOver("us");
        us.produce("orders", 0, "e", "f", "g");
        site.admin("us").post("/api/v1/links/" + LINK + "/resume");
        site.start("eu");
        Patience.until(() ->
                assertThatThrownBy(() -> eu.produce("orders", 0, "late"))
                        .isInstanceOf(PolicyViolationException.class));

        JsonNode eus = site.admin("eu").get("/api/v1/status").json().at("/ownership/0");
        assertThat(eus.get("fencedTopics").asLong()).isEqualTo(1);
        assertThat(site.admin("eu").post("/api/v1/failback/" + LINK).status()).isEqualTo(200);
        Patience.until(() -> {
            JsonNode link = site.admin("eu").link(LINK);
            assertThat(link.get("state").asString()).isEqualTo("TRUNCATING");
            assertThat(link.at("/topics/0/trouble/code").asString()).isEqualTo("DIVERGED");
            assertThat(link.at("/topics/0/trouble/detail").asString())
                    .contains("2 records that only this region has are reported");
        });
        assertThat(eu.end("orders", 0)).describedAs("nothing is cut before").isEqualTo(6);

        JsonNode outcome = tombolo("failback", LINK, "-y", "-o", "json");

        assertThat(outcome.get("records").asLong()).isEqualTo(2);
        JsonNode partition = outcome.at("/divergences/0/partitions/0");
        assertThat(partition.get("fromOffset").asLong()).isEqualTo(4);
        assertThat(partition.get("toOffset").asLong()).isEqualTo(6);
        assertThat(partition.get("exportedTo").asString()).isEqualTo("__divergent.orders");
        assertThat(setAside()).containsExactly("lost1 was at 4", "lost2 was at 5");
        Patience.until(() -> assertThat(eu.end("orders", 0)).isEqualTo(7));
        assertThat(eu.read("orders", 0, 7)).isEqualTo(us.read("orders", 0, 7));
        assertThatThrownBy(() -> eu.produce("orders", 0, "late"))
                .isInstanceOf(PolicyViolationException.class);

        // The other way round, now that the region has a copy again.
        site.stop("us");
        failOver("eu");
        eu.produce("orders", 0, "h");
        site.start("us");
        Patience.until(() ->
                assertThatThrownBy(() -> us.produce("orders", 0, "late"))
                        .isInstanceOf(PolicyViolationException.class));
        assertThat(site.admin("us").post("/api/v1/failback/" + LINK).status()).isEqualTo(200);
        Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(8));
        assertThat(us.read("orders", 0, 8)).containsExactly("a", "b", "c", "d", "e", "f", "g", "h");
        Patience.until(() ->
                assertThat(lineage("us"))
                        .containsExactly("eu from 0", "us from 4", "eu from 7")
                        .isEqualTo(lineage("eu")));
    }

    @Test
    void whatWasSetAsideIsExportedAndWrittenAgainWhereTheTopicIsOwned() throws Exception {
        site.admin("us").post("/api/v1/links/" + LINK + "/pause");
        Patience.until(() ->
                assertThat(site.admin("us").link(LINK).get("state").asString())
                        .isEqualTo("PAUSED"));
        send(eu, "alone", "lost");
        send(eu, "k", "old");
        abort("never");
        site.stop("eu");
        failOver("us");
        send(us, "k", "new");
        site.admin("us").post("/api/v1/links/" + LINK + "/resume");
        site.start("eu");
        Patience.until(() ->
                assertThatThrownBy(() -> eu.produce("orders", 0, "late"))
                        .isInstanceOf(PolicyViolationException.class));
        assertThat(tombolo("failback", LINK, "-y", "-o", "json").get("records").asLong())
                .isEqualTo(3);
        Path lost = folder.resolve("lost.jsonl");

        JsonNode exported =
                tombolo("divergence", "export", LINK, "--to", lost.toString(), "-o", "json");
        JsonNode planned = replay("--dry-run").get(0);
        JsonNode written = replay("--if-absent-by", "key").get(0);
        JsonNode again = replay("--if-absent-by", "key").get(0);

        assertThat(exported.get("records").asLong()).isEqualTo(3);
        assertThat(Files.readAllLines(lost))
                .satisfiesExactly(
                        line -> assertThat(line).contains("\"offset\":4", "\"value\":\"lost\""),
                        line -> assertThat(line).contains("\"key\":\"k\"", "\"committed\":true"),
                        line -> assertThat(line).contains("\"never\"", "\"committed\":false"));
        assertThat(planned.get("wouldWrite").asLong()).isEqualTo(2);
        assertThat(planned.get("uncommitted").asLong()).isEqualTo(1);
        assertThat(written.get("region").asString()).isEqualTo("us");
        assertThat(written.get("written").asLong()).isEqualTo(1);
        assertThat(written.get("superseded").asLong()).isEqualTo(1);
        assertThat(again.get("written").asLong()).isZero();
        assertThat(again.get("doneBefore").asLong()).isEqualTo(1);
        assertThat(us.read("orders", 0, 6)).containsExactly("a", "b", "c", "d", "new", "lost");
    }

    /** Who has written to the partition from where on, as a region remembers it. */
    private List<String> lineage(String region) {
        var told = new ArrayList<String>();
        for (JsonNode one : tombolo("link", "lineage", LINK, "--topic", "orders", "-o", "json")) {
            if (one.get("rememberedIn").asString().equals(region)) {
                one.get("reigns")
                        .forEach(reign ->
                                told.add(
                                        reign.get("region").asString()
                                                + " from "
                                                + reign.get("startOffset").asLong()));
            }
        }
        return told;
    }

    private JsonNode replay(String... options) {
        var arguments = new ArrayList<>(List.of("divergence", "replay", LINK, "-y", "-o", "json"));
        arguments.addAll(List.of(options));
        return tombolo(arguments.toArray(String[]::new));
    }

    private static void send(Clients clients, String key, String value) {
        try (var producer = clients.producer(Map.of())) {
            Clients.await(producer.send(new ProducerRecord<>("orders", 0, key, value)));
        }
    }

    private void abort(String value) {
        try (var producer = eu.producer(Map.of("transactional.id", "undecided"))) {
            producer.initTransactions();
            producer.beginTransaction();
            Clients.await(producer.send(new ProducerRecord<>("orders", 0, null, value)));
            producer.abortTransaction();
        }
    }

    /** Waits until the source counts as gone, then fails over. */
    private void failOver(String region) {
        var admin = site.admin(region);
        var path = "/api/v1/failover/" + LINK;
        Patience.until(
                () -> assertThat(admin.get(path).json().path("ready").asBoolean(false)).isTrue());
        var answer = admin.post(path);
        assertThat(answer.status()).describedAs(answer.body()).isEqualTo(200);
    }

    private List<String> setAside() {
        var told = new ArrayList<String>();
        var topic = new TopicPartition("__divergent.orders", 0);
        try (var consumer = eu.consumer("readers")) {
            consumer.assign(List.of(topic));
            consumer.seekToBeginning(List.of(topic));
            Patience.until(() -> {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    var offset = record.headers().lastHeader("tombolo.offset");
                    told.add(record.value() + " was at " + new String(offset.value()));
                }
                assertThat(told).hasSizeGreaterThanOrEqualTo(2);
            });
        }
        return told;
    }

    private JsonNode tombolo(String... arguments) {
        var command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("-f", site.file().toString()));
        return new Tombolo(folder).run(command.toArray(String[]::new)).json();
    }
}
