package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Two regions move topics between them while stock clients write, and lose nothing. */
class PlannedFailoverEndToEnd {

    private static final String LINK = "eu-to-us";
    private static final int PARTITIONS = 2;

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
        eu.create("orders", PARTITIONS);
        eu.produce("orders", 0, "a", "b", "c", "d");
        eu.commit("billing", "orders", 0, 3);
        Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(4));
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void nothingThatWasAcknowledgedIsLostAndGroupsGoOnWhereTheyWere() throws Exception {
        try (var open = eu.producer(Map.of("transactional.id", "hanging"));
                var writer = new UnceasingWriter(eu, PARTITIONS)) {
            open.initTransactions();
            open.beginTransaction();
            open.send(new ProducerRecord<>("orders", 1, "k", "never committed")).get();
            Patience.until(() -> assertThat(writer.count()).isGreaterThan(100));

            JsonNode moved = tombolo("failover", LINK, "--planned", "-y", "-o", "json").json();

            assertThat(moved.get("recordsLost").asLong()).isZero();
            assertThat(moved.get("to").asString()).isEqualTo("us");
            assertThat(moved.get("steps").size()).isEqualTo(6);
            writer.close();
            assertThat(writer.missingIn(us)).isEmpty();
            assertThat(us.committed("billing", "orders", 0)).isEqualTo(3);
        }
        us.produce("orders", 0, "written in us");
        Patience.until(() -> assertThat(eu.end("orders", 0)).isEqualTo(us.end("orders", 0)));

        JsonNode back =
                tombolo("failover", LINK, "--planned", "--to", "eu", "-y", "-o", "json").json();

        assertThat(back.get("recordsLost").asLong()).isZero();
        eu.produce("orders", 0, "written in eu");
        Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(eu.end("orders", 0)));

        JsonNode rehearsed = tombolo("failover", "rehearse", LINK, "-y", "-o", "json").json();

        assertThat(rehearsed.get("home").asString()).isEqualTo("eu");
        assertThat(rehearsed.at("/there/writePauseMs").asLong()).isPositive();
        assertThat(rehearsed.at("/back/writePauseMs").asLong()).isPositive();
        eu.produce("orders", 0, "still eu");
        var acts = new ArrayList<String>();
        for (JsonNode one : site.admin("eu").get("/api/v1/history").json()) {
            acts.add(one.get("act").asString());
        }
        assertThat(acts).contains("planned failover", "failover", "rehearsal");
    }

    @Test
    void whatWasBegunIsRolledBackWhenTheOtherRegionIsGone() throws Exception {
        var begun = site.admin("eu").post("/api/v1/handover/" + LINK + "/begin?cause=test");
        assertThat(begun.status()).describedAs(begun.body()).isEqualTo(200);
        site.stop("us");

        Tombolo.Ended run = tombolo("failover", LINK, "--planned", "-y", "--timeout", "5s");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("TMB-4005", "rolled back");
        eu.produce("orders", 0, "goes on");
        JsonNode view = site.admin("eu").get("/api/v1/handover/" + LINK).json();
        assertThat(view.get("mode").asString()).isEqualTo("STEADY");
        assertThat(view.get("ownershipEpoch").asLong()).isEqualTo(3);
    }

    private Tombolo.Ended tombolo(String... arguments) {
        var command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("-f", site.file().toString()));
        return new Tombolo(folder).run(command.toArray(String[]::new));
    }
}
