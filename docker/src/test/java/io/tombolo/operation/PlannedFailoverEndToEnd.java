package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.nodes.Release;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Two regions move topics between them while stock clients write, and lose nothing. */
class PlannedFailoverEndToEnd {

    private static final String LINK = "eu-to-us";
    private static final int PARTITIONS = 2;

    @TempDir Path folder;
    private Site site;
    private Clients eu;
    private Clients us;

    private record Run(int exitCode, String out, String err) {

        JsonNode json() {
            assertThat(exitCode).as(err).isZero();
            return new ObjectMapper().readTree(out);
        }
    }

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
                var writer = new Writer(eu)) {
            open.initTransactions();
            open.beginTransaction();
            open.send(new ProducerRecord<>("orders", 1, "k", "never committed")).get();
            Patience.until(() -> assertThat(writer.acked).hasSizeGreaterThan(100));

            JsonNode moved = tombolo("failover", LINK, "--planned", "-y", "-o", "json").json();

            assertThat(moved.get("recordsLost").asLong()).isZero();
            assertThat(moved.get("to").asString()).isEqualTo("us");
            assertThat(moved.get("steps").size()).isEqualTo(6);
            writer.close();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                int end = (int) us.end("orders", partition);
                assertThat(valuesOf(writer, partition, us)).as("of %d", end).isEmpty();
            }
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

        Run run = tombolo("failover", LINK, "--planned", "-y", "--timeout", "5s");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("TMB-4005", "rolled back");
        eu.produce("orders", 0, "goes on");
        JsonNode view = site.admin("eu").get("/api/v1/handover/" + LINK).json();
        assertThat(view.get("mode").asString()).isEqualTo("STEADY");
        assertThat(view.get("ownershipEpoch").asLong()).isEqualTo(3);
    }

    /** What a region has at the offsets of acknowledged records, where it is something else. */
    private static List<String> valuesOf(Writer writer, int partition, Clients region) {
        var wrong = new ArrayList<String>();
        var last =
                writer.acked.keySet().stream()
                        .filter(key -> key.startsWith(partition + "@"))
                        .mapToLong(key -> Long.parseLong(key.substring(2)))
                        .max();
        if (last.isEmpty()) {
            return wrong;
        }
        var byOffset = region.readByOffset("orders", partition, last.getAsLong());
        writer.acked.forEach((key, value) -> {
            if (key.startsWith(partition + "@")
                    && !value.equals(byOffset.get(Long.parseLong(key.substring(2))))) {
                wrong.add(key + " " + value);
            }
        });
        return wrong;
    }

    /** A stock producer that never stops, and what was acknowledged to it. */
    private static final class Writer implements AutoCloseable {

        private final Map<String, String> acked = new ConcurrentHashMap<>();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Thread thread;

        Writer(Clients region) {
            thread = Thread.ofVirtual().start(() -> write(region));
        }

        private void write(Clients region) {
            try (var producer =
                    region.producer(
                            Map.of("delivery.timeout.ms", 12_000, "request.timeout.ms", 5_000))) {
                for (int number = 0; !stopped.get(); number++) {
                    String value = "record " + number;
                    try {
                        RecordMetadata at =
                                producer.send(
                                                new ProducerRecord<>(
                                                        "orders", number % PARTITIONS, "k", value))
                                        .get();
                        acked.put(at.partition() + "@" + at.offset(), value);
                    } catch (ExecutionException refused) {
                        // It was not acknowledged, so nothing is promised of it.
                    }
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() throws InterruptedException {
            stopped.set(true);
            thread.join();
        }
    }

    private Run tombolo(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(Release.launcher().toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-f", site.file().toString()));
        Path out = Files.createTempFile(folder, "command", ".out");
        Path err = Files.createTempFile(folder, "command", ".err");
        var builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TOMBOLO_JVM", "-XX:TieredStopAtLevel=1");
        Process process = builder.start();
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
