package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo.Ended;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** A region of three brokers that is restarted while it serves. */
class RegionRestartEndToEnd {

    private static final String[] RESTART = {"region", "restart", "eu", "--rolling"};

    @TempDir private Path folder;

    private ThreeBrokers region;
    private Tombolo tombolo;

    @BeforeEach
    void startTheRegion() throws IOException {
        region =
                ThreeBrokers.up(
                        folder,
                        """
                        defaults: { topic: { partitions: 3, replicas: 3, config: { min.insync.replicas: 2 } } }
                        topics: { orders: { in: eu } }
                        """);
        tombolo = region.tombolo();
    }

    @AfterEach
    void leaveNothingRunning() {
        region.close();
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
        Ended described = tombolo.run("region", "describe", "eu");

        assertThat(fragile.exitCode()).isEqualTo(4);
        assertThat(fragile.err())
                .contains("error[TMB-4101]: partitions could not be written to while broker eu-")
                .contains("strict-0 (3 in sync, needs 3)")
                .contains("--accept-unavailable");
        assertThat(missing.exitCode()).isEqualTo(4);
        assertThat(missing.err()).contains("error[TMB-4101]: broker eu-2 does not run");
        assertThat(processes()).isEqualTo(processes);
        assertThat(described.out())
                .contains("Region eu   degraded   brokers 2/3")
                .containsPattern("eu-2 +2 +(fenced|leaving)")
                .containsPattern("with replicas that are not in sync: .*orders-0");
    }

    @Test
    void noOtherBrokerIsTouchedBeforeEveryReplicaIsInSyncAndNoPartitionWouldBeLost()
            throws Exception {
        var throttle = new ReplicaThrottle(region.kafkaPort(), "orders");
        throttle.set();
        List<Long> before = processes();
        Process restart = tombolo.start("restart.out", RESTART);
        try (var _ = new SteadyWriter(region.kafkaPort(), "orders")) {
            Tombolo.await(() ->
                    tombolo.printed("restart.out")
                            .contains("waiting for replicas after the restart"));
        }

        assertThat(processes()).hasSize(3);
        assertThat(processes().stream().filter(before::contains)).hasSize(2);

        createStrict();
        throttle.lift();

        Tombolo.await(() -> !restart.isAlive());
        assertThat(restart.exitValue()).as(tombolo.printed("restart.out")).isEqualTo(4);
        assertThat(tombolo.printed("restart.out"))
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
        return tombolo.json("status").at("/regions/0");
    }

    private List<Long> processes() {
        return tombolo.json("ps")
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
}
