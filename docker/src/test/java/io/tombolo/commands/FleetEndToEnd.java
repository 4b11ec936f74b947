package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo.Ended;
import io.tombolo.nodes.Nodes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code up}, {@code ps}, {@code logs} and {@code down} with real brokers in the background. */
class FleetEndToEnd {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path folder;

    private Tombolo tombolo;
    private Background background;
    private int usPort;

    @BeforeEach
    void writeFile() throws IOException {
        usPort = Nodes.freePort();
        Files.writeString(
                folder.resolve("tombolo.yaml"),
                """
                tombolo: 1
                regions:
                  eu: { kafka: "127.0.0.1:%d", admin: "127.0.0.1:%d" }
                  us: { kafka: "127.0.0.1:%d", admin: "127.0.0.1:%d" }
                """
                        .formatted(Nodes.freePort(), Nodes.freePort(), usPort, Nodes.freePort()));
        tombolo = new Tombolo(folder);
        background = new Background(folder);
    }

    @AfterEach
    void leaveNothingRunning() {
        background.close();
    }

    @Test
    void brokersStartOnceAreWatchedAndStop() {
        Ended up = tombolo.run("up");
        JsonNode first = ps();
        Ended again = tombolo.run("up", "-o", "json");
        long eu = first.at("/0/process").asLong();
        Ended logs = tombolo.run("logs", "eu", "1", "-n", "1");

        assertThat(up.exitCode()).as(up.err()).isZero();
        assertThat(up.out().lines())
                .satisfiesExactly(
                        one -> assertThat(one).startsWith("eu-1  ready   kafka 127.0.0.1:"),
                        two -> assertThat(two).startsWith("us-1  ready   kafka 127.0.0.1:"));
        assertThat(states(first)).containsExactly("ready", "ready");
        assertThat(first.at("/0/residentBytes").asLong()).isGreaterThan(10_000_000);
        assertThat(JSON.readTree(again.out()).at("/0/process").asLong()).isEqualTo(eu);
        assertThat(logs.out()).contains("eu-1  ready");

        ProcessHandle.of(eu).orElseThrow().destroyForcibly();
        ProcessHandle.of(eu).ifPresent(gone -> gone.onExit().join());
        Ended seen = tombolo.run("ps");
        Ended repaired = tombolo.run("up");

        assertThat(seen.out())
                .containsPattern("eu-1 +ended")
                .contains("eu-1: process " + eu + " ended without an orderly stop");
        assertThat(repaired.exitCode()).isZero();
        assertThat(repaired.err()).contains("process " + eu + " ended without an orderly stop");
        assertThat(repaired.out()).containsPattern("us-1 +ready .* runs already");
        assertThat(ps().at("/0/process").asLong()).isNotEqualTo(eu);

        Ended down = tombolo.run("down");
        Ended downAgain = tombolo.run("down");

        assertThat(down.exitCode()).isZero();
        assertThat(down.out()).containsPattern("eu-1 +stopped").containsPattern("us-1 +stopped");
        assertThat(downAgain.out()).contains("eu-1  was not running\n");
        assertThat(states(ps())).containsExactly("stopped", "stopped");
        assertThat(background.running()).isEmpty();
    }

    @Test
    void aBrokerThatHangsIsToldOfAndKilledOnlyWhenAsked() throws Exception {
        assertThat(tombolo.run("up", "--region", "eu", "--id", "1").exitCode()).isZero();
        long eu = ps().at("/0/process").asLong();
        new ProcessBuilder("kill", "-STOP", Long.toString(eu)).start().waitFor();

        Ended suspended = tombolo.run("ps");
        Ended patient = tombolo.run("down", "--timeout", "1s");
        Ended forced = tombolo.run("down", "--timeout", "1s", "--force");

        assertThat(suspended.out())
                .containsPattern("eu-1 +suspended +" + eu)
                .contains("kill -CONT " + eu);
        assertThat(patient.exitCode()).isEqualTo(5);
        assertThat(patient.err())
                .contains("broker eu-1 has not stopped")
                .contains("--force        kills it");
        assertThat(forced.exitCode()).isZero();
        assertThat(forced.out()).containsPattern("eu-1 +killed +process " + eu);
        assertThat(background.running()).isEmpty();
    }

    @Test
    void aBrokerThatCannotStartIsToldOfInItsOwnWordsAndTheOthersGoOn() throws IOException {
        try (var _ = new ServerSocket(usPort, 1, InetAddress.getLoopbackAddress())) {
            Ended up = tombolo.run("up");

            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.out()).containsPattern("eu-1 +ready");
            assertThat(up.err())
                    .contains("error[TMB-2304]: broker us-1 did not start")
                    .contains("clients cannot be served")
                    .contains("Address already in use");
            assertThat(states(ps())).containsExactly("ready", "stopped");
        }
    }

    @Test
    void aPidFileOfAnotherProcessIsNeverActedUpon() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "100").start();
        try {
            Path pidFile = folder.resolve(".tombolo/run/eu-1.pid");
            Files.createDirectories(pidFile.getParent());
            Files.writeString(pidFile, stranger.pid() + "\n");

            Ended ps = tombolo.run("ps");
            Ended down = tombolo.run("down", "--force");

            assertThat(ps.out()).contains("is another program now, left alone: sleep 100");
            assertThat(down.exitCode()).isZero();
            assertThat(down.out()).contains("eu-1  was not running");
            assertThat(stranger.isAlive()).isTrue();
            assertThat(pidFile).doesNotExist();
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    private JsonNode ps() {
        return tombolo.json("ps");
    }

    private static List<String> states(JsonNode brokers) {
        return brokers.valueStream().map(broker -> broker.at("/state").asString()).toList();
    }
}
