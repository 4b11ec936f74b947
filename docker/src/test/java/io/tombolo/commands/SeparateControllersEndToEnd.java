package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo.Ended;
import io.tombolo.nodes.FreePorts;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A region of three brokers and three controllers, each a process of its own. */
class SeparateControllersEndToEnd {

    @TempDir private Path folder;

    private Tombolo tombolo;
    private Background background;
    private int kafkaPort;

    @BeforeEach
    void startTheRegion() throws IOException {
        kafkaPort = FreePorts.claim(3);
        write(
                "{ count: 3, admin: \"127.0.0.1:%d\", internal: \"127.0.0.1:%d\" }"
                        .formatted(FreePorts.claim(3), FreePorts.claim(3)));
        tombolo = new Tombolo(folder);
        background = new Background(folder);
        Ended up = tombolo.run("up");
        assertThat(up.exitCode()).as(up.err()).isZero();
        assertThat(up.out()).contains("eu-1  ready   kafka ", "eu-c3  ready   internal ");
    }

    private void write(String controllers) throws IOException {
        Files.writeString(
                folder.resolve("tombolo.yaml"),
                """
                tombolo: 1
                defaults: { topic: { partitions: 3, replicas: 3, config: { min.insync.replicas: 2 } } }
                regions:
                  eu:
                    brokers: 3
                    kafka: "127.0.0.1:%d"
                    admin: "127.0.0.1:%d"
                    internal: "127.0.0.1:%d"
                    controllers: %s
                    config: { log.dirs: logs, metadata.log.dir: metadata }
                topics: { orders: { in: eu } }
                """
                        .formatted(kafkaPort, FreePorts.claim(3), FreePorts.claim(3), controllers));
    }

    @AfterEach
    void leaveNothingRunning() {
        background.close();
    }

    @Test
    void controllersDecideBrokersServeAndBothAreRestarted() throws Exception {
        produce("one\ntwo\n");
        QuorumInfo quorum = quorum();
        assertThat(ids(quorum.voters())).containsExactlyInAnyOrder(100_001, 100_002, 100_003);
        assertThat(ids(quorum.observers())).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(quorum.nodes()).containsOnlyKeys(100_001, 100_002, 100_003);
        assertThat(controllerOfClients().id()).isIn(1, 2, 3);
        String active = active();
        assertThat(tombolo.run("status").out()).contains(active + " (3/3)").contains("serving");
        assertThat(tombolo.run("logs", "eu", active.substring(3)).out()).contains("ready");

        kill(active);
        Ended created = tombolo.run("topic", "create", "after", "--replicas", "3");
        produce("three\n");

        assertThat(created.exitCode()).as(created.err()).isZero();
        assertThat(active()).startsWith("eu-c").isNotEqualTo(active);
        assertThat(tombolo.run("status").out()).contains("(2/3)").contains("degraded");
        assertThat(state(active)).isEqualTo("ended");

        assertThat(tombolo.run("down", "--region", "eu", "--id", "2").exitCode()).isZero();
        Ended repaired = tombolo.run("up");
        assertThat(repaired.exitCode()).as(repaired.err()).isZero();
        assertThat(tombolo.run("topic", "consume", "orders", "-q").out().lines())
                .containsExactlyInAnyOrder("one", "two", "three");
        assertThat(ids(quorum().voters())).containsExactlyInAnyOrder(100_001, 100_002, 100_003);

        String last = active();
        Ended restarted = tombolo.run("region", "restart", "eu", "--rolling");

        assertThat(restarted.exitCode()).as(restarted.err()).isZero();
        assertThat(restarted.out().lines()).hasSize(6).last().asString().startsWith(last);
        produce("four\n");
        metadataLogsAreWhereTheFileSaysSo();

        Ended down = tombolo.run("down");

        assertThat(down.exitCode()).isZero();
        assertThat(down.out().lines()).hasSize(6).allMatch(line -> line.contains("  stopped  "));
        assertThat(background.running()).isEmpty();
    }

    private void metadataLogsAreWhereTheFileSaysSo() {
        for (String node : List.of("eu-1", "eu-2", "eu-3", "eu-c1", "eu-c2", "eu-c3")) {
            assertThat(folder.resolve("metadata").resolve(node).resolve("metadata")).isDirectory();
            Path logs = folder.resolve("logs").resolve(node);
            assertThat(logs.resolve("metadata")).doesNotExist();
            assertThat(Files.exists(logs)).as(node).isEqualTo(!node.startsWith("eu-c"));
        }
    }

    @Test
    void brokersDoNotStartAsVotersOfARegionThatHasControllers() throws IOException {
        assertThat(tombolo.run("down").exitCode()).isZero();
        String file = Files.readString(folder.resolve("tombolo.yaml"));
        Files.writeString(
                folder.resolve("tombolo.yaml"), file.replaceAll("(?m)^ +controllers:.*\n", ""));

        Ended up = tombolo.run("up");

        assertThat(up.exitCode()).isEqualTo(4);
        assertThat(up.err())
                .contains("broker eu-1 did not start")
                .contains("put controllers: back into the file");
        Files.writeString(folder.resolve("tombolo.yaml"), file);
        assertThat(tombolo.run("up").exitCode()).isZero();
    }

    private void produce(String lines) {
        Ended produced = tombolo.runWithInput(lines, "topic", "produce", "orders", "-q");
        assertThat(produced.exitCode()).as(produced.err()).isZero();
    }

    private void kill(String name) {
        long pid = node(name).at("/process").asLong();
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }

    private String state(String name) {
        return node(name).at("/state").asString();
    }

    private JsonNode node(String name) {
        boolean controller = name.startsWith("eu-c");
        String number = name.substring(controller ? 4 : 3);
        return tombolo.json("ps")
                .valueStream()
                .filter(node -> node.at("/role").asString().equals("controller") == controller)
                .filter(node -> node.at("/id").asString().equals(number))
                .findFirst()
                .orElseThrow();
    }

    /** The controller that leads, by name. */
    private String active() {
        JsonNode region = tombolo.json("status").at("/regions/0");
        return "eu-c" + (region.at("/quorum/leader").asInt() - 100_000);
    }

    private QuorumInfo quorum() throws Exception {
        try (var admin = admin()) {
            return admin.describeMetadataQuorum().quorumInfo().get(40, TimeUnit.SECONDS);
        }
    }

    private Node controllerOfClients() throws Exception {
        try (var admin = admin()) {
            return admin.describeCluster().controller().get(40, TimeUnit.SECONDS);
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + kafkaPort));
    }

    private static Set<Integer> ids(List<QuorumInfo.ReplicaState> replicas) {
        return replicas.stream()
                .map(QuorumInfo.ReplicaState::replicaId)
                .collect(Collectors.toSet());
    }
}
