package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.broker.StartRefused;

import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Logs whose replicas went away while their broker was down. */
class StrayLogsEndToEnd {

    @TempDir Path folder;

    @Test
    void logsOfReplicasThatMovedAwayOrWereDeletedAreRemovedAtTheNextStart() throws Exception {
        try (var cluster = new Cluster(folder).with("log.segment.delete.delay.ms", "100")) {
            cluster.start(_ -> true);
            Clients clients = cluster.everybody();
            for (String topic : List.of("moved", "deleted", "kept")) {
                clients.replicate(topic, 1);
                clients.produce(topic, 0, "a");
            }
            int controller =
                    clients.admin(admin -> admin.describeMetadataQuorum().quorumInfo()).leaderId();
            int away = controller % 3 + 1;
            Patience.until(() -> assertThat(logs(away)).contains("moved-0", "deleted-0", "kept-0"));
            cluster.stop(away);
            clients.delete("deleted");
            moveOff(clients, away);

            cluster.start(away);

            Patience.until(() ->
                    assertThat(logs(away))
                            .contains("kept-0")
                            .doesNotContain("moved-0", "deleted-0"));
            assertThat(clients.read("moved", 0, 1)).containsExactly("a");
            assertThat(clients.read("kept", 0, 1)).containsExactly("a");
            Patience.until(() ->
                    assertThat(clients.partition("kept", 0).isr())
                            .extracting(Node::id)
                            .contains(away));
        }
    }

    @Test
    void logsThatTheMetadataCannotExplainAreSetAsideAndNotDeleted() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            Clients clients = cluster.everybody();
            clients.replicate("moved", 1);
            clients.produce("moved", 0, "a");
            Patience.until(() -> assertThat(logs(3)).contains("moved-0"));
            cluster.stop(3);
            moveOff(clients, 3);
            clients.admin(admin -> admin.unregisterBroker(3).all());

            cluster.start(3);

            Patience.until(() ->
                    assertThat(logs(3))
                            .anyMatch(name ->
                                    name.startsWith("moved-0.") && name.endsWith("-stray")));
        }
    }

    @Test
    void aRegionThatLostItsMetadataIsNotBegunAnewAndGoesOnWhenTheyAreBack() throws Exception {
        try (var site = Site.alone(folder)) {
            site.start("eu");
            site.clients("eu").create("orders", 1);
            site.clients("eu").produce("orders", 0, "a");
            site.stop("eu");
            Path metadata = site.data("eu").resolve("metadata");
            Files.move(metadata, folder.resolve("kept"));

            assertThatThrownBy(() -> site.start("eu"))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("has begun before");
            assertThat(site.data("eu").resolve("orders-0")).isDirectory();

            assertThat(metadata).doesNotExist();
            Files.move(folder.resolve("kept"), metadata);
            site.start("eu");
            assertThat(site.clients("eu").read("orders", 0, 1)).containsExactly("a");
        }
    }

    private static void moveOff(Clients clients, int broker) {
        var others = IntStream.rangeClosed(1, 3).filter(id -> id != broker).boxed().toList();
        var moved = new TopicPartition("moved", 0);
        clients.admin(admin ->
                admin.alterPartitionReassignments(
                                Map.of(moved, Optional.of(new NewPartitionReassignment(others))))
                        .all());
        Patience.until(() ->
                assertThat(clients.partition("moved", 0).replicas())
                        .extracting(Node::id)
                        .doesNotContain(broker));
    }

    private List<String> logs(int broker) {
        try (var found = Files.list(folder.resolve("data").resolve("eu-" + broker))) {
            return found.map(path -> path.getFileName().toString()).toList();
        } catch (IOException changing) {
            throw new AssertionError(changing);
        }
    }
}
