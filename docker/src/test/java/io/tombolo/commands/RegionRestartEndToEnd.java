package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo.Ended;
import io.tombolo.nodes.FreePorts;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A region of three brokers that is restarted while it serves. */
class RegionRestartEndToEnd {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(180);
    private static final String[] RESTART = {"region", "restart", "eu", "--rolling"};

    @TempDir private Path folder;

    private Tombolo tombolo;
    private Background background;
    private int kafkaPort;

    @BeforeEach
    void startTheRegion() throws IOException {
        kafkaPort = FreePorts.claim(3);
        Files.writeString(
                folder.resolve("tombolo.yaml"),
                """
                tombolo: 1
                defaults: { topic: { partitions: 3, replicas: 3, config: { min.insync.replicas: 2 } } }
                regions:
                  eu: { brokers: 3, kafka: "127.0.0.1:%d", admin: "127.0.0.1:%d", internal: "127.0.0.1:%d", config: { replica.fetch.max.bytes: 20000 } }
                topics: { orders: { in: eu } }
                """
                        .formatted(kafkaPort, FreePorts.claim(3), FreePorts.claim(3)));
        tombolo = new Tombolo(folder);
        background = new Background(folder);
        Ended up = tombolo.run("up");
        assertThat(up.exitCode()).as(up.err()).isZero();
    }

    @AfterEach
    void leaveNothingRunning() {
        background.close();
    }

    @Test
    void oneBrokerAfterTheOtherIsRestartedAndNothingIsLost() throws IOException {
        List<Long> before = processes();
        String controller = status().at("/quorum/leader").asString();
        tombolo.runWithInput("one\ntwo\n", "topic", "produce", "orders", "-q");

        Ended rehearsed = tombolo.run("region", "restart", "eu", "--rolling", "--dry-run");
        Ended restarted = tombolo.run(RESTART);

        assertThat(rehearsed.out().lines()).hasSize(3).last().asString().contains("-" + controller);
        assertThat(restarted.exitCode()).as(restarted.err()).isZero();
        assertThat(restarted.out().lines())
                .hasSize(3)
                .allMatch(line -> line.contains("every replica in sync again after"))
                .last()
                .asString()
                .startsWith("eu-" + controller);
        assertThat(processes()).hasSize(3).doesNotContainAnyElementsOf(before);
        assertThat(tombolo.run("topic", "consume", "orders", "-q").out().lines()).hasSize(2);
        assertThat(folder.resolve(".tombolo/run/eu.restart")).doesNotExist();
    }

    @Test
    void aRegionThatIsNotInFullHealthIsLeftAlone() {
        tombolo.run("topic", "create", "fragile", "--partitions", "1", "--replicas", "1");
        createStrict();

        Ended fragile = tombolo.run(RESTART);
        tombolo.run("down", "--region", "eu", "--id", "2");
        List<Long> processes = processes();
        Ended missing = tombolo.run(RESTART);
        Ended region = tombolo.run("region", "describe", "eu");

        assertThat(fragile.exitCode()).isEqualTo(4);
        assertThat(fragile.err())
                .contains("error[TMB-4101]: partitions could not be written to while broker eu-")
                .contains("strict-0 (3 in sync, needs 3)")
                .contains("--accept-unavailable");
        assertThat(missing.exitCode()).isEqualTo(4);
        assertThat(missing.err()).contains("error[TMB-4101]: broker eu-2 does not run");
        assertThat(processes()).isEqualTo(processes);
        assertThat(region.out())
                .contains("Region eu   degraded   brokers 2/3")
                .containsPattern("eu-2 +2 +(fenced|leaving)")
                .containsPattern("with replicas that are not in sync: .*orders-0");
    }

    @Test
    void noOtherBrokerIsTouchedBeforeEveryReplicaIsInSyncAndNoPartitionWouldBeLost()
            throws Exception {
        var throttle = new ReplicaThrottle(kafkaPort, "orders");
        throttle.set();
        List<Long> before = processes();
        Process restart = tombolo.start("restart.out", RESTART);
        try (var _ = new SteadyWriter(kafkaPort, "orders")) {
            await(() -> printed("restart.out").contains("waiting for replicas after the restart"));
        }

        assertThat(processes()).hasSize(3);
        assertThat(processes().stream().filter(before::contains)).hasSize(2);

        createStrict();
        throttle.lift();

        await(() -> !restart.isAlive());
        assertThat(restart.exitValue()).as(printed("restart.out")).isEqualTo(4);
        assertThat(printed("restart.out"))
                .containsOnlyOnce("every replica in sync again after")
                .contains("strict-0 (3 in sync, needs 3)");
        assertThat(processes().stream().filter(before::contains)).hasSize(2);

        tombolo.run("topic", "delete", "strict", "-y");
        Ended resumed = tombolo.run(RESTART);

        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(processes()).hasSize(3).doesNotContainAnyElementsOf(before);
    }

    @Test
    void aRestartThatWasInterruptedGoesOnWhereItStopped() throws IOException {
        tombolo.run("down", "--region", "eu", "--id", "2");
        List<Long> old = processes();
        Files.writeString(folder.resolve(".tombolo/run/eu.restart"), Instant.now() + "\n");

        Ended resumed = tombolo.run(RESTART);

        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(resumed.err()).contains("going on with the restart that began at");
        assertThat(resumed.out()).doesNotContain("eu-2").contains("eu-1", "eu-3");
        assertThat(processes()).hasSize(3).doesNotContainAnyElementsOf(old);
    }

    private JsonNode status() {
        return JSON.readTree(tombolo.run("status", "-o", "json").out()).at("/regions/0");
    }

    private List<Long> processes() {
        return JSON.readTree(tombolo.run("ps", "-o", "json").out())
                .valueStream()
                .filter(broker -> broker.at("/state").asString().equals("ready"))
                .map(broker -> broker.at("/process").asLong())
                .toList();
    }

    private void createStrict() {
        Ended created =
                tombolo.run(
                        "topic",
                        "create",
                        "strict",
                        "--partitions",
                        "1",
                        "--replicas",
                        "3",
                        "--config",
                        "min.insync.replicas=3");
        assertThat(created.exitCode()).as(created.err()).isZero();
    }

    private String printed(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as("in vain").isLessThan(WAIT_NANOS_MAX);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }
}
