package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What an unclean election costs, and that it is told. */
class UncleanElectionEndToEnd {

    private static final TopicPartition ORDERS_0 = new TopicPartition("orders", 0);

    @TempDir Path folder;

    @Test
    void itsCountAndWhatItLostAreTold() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.spawn(1, 2, 3);
            Clients clients = cluster.clients(3);
            var topic = new NewTopic("orders", Map.of(0, List.of(1, 2)));
            clients.admin(admin -> admin.createTopics(List.of(topic)).all());
            clients.produce("orders", 0, "a", "b");
            cluster.kill(2);
            Patience.until(() -> assertThat(isr(clients)).containsExactly(1));
            clients.produce("orders", 0, "c", "d", "e");
            cluster.kill(1);
            cluster.spawn(2);
            Patience.until(() -> assertThat(leader(clients)).isEqualTo(-1));

            clients.admin(
                    admin -> admin.electLeaders(ElectionType.UNCLEAN, Set.of(ORDERS_0)).all());

            Patience.until(() -> assertThat(leader(clients)).isEqualTo(2));
            Patience.until(() -> {
                JsonNode told = unclean(cluster, 2);
                assertThat(told.get("count").asInt()).isEqualTo(1);
                JsonNode latest = told.get("latest").get(0);
                assertThat(latest.get("partition").asString()).isEqualTo("orders-0");
                assertThat(latest.get("oldLeader").asInt()).isEqualTo(1);
                assertThat(latest.get("newLeader").asInt()).isEqualTo(2);
                assertThat(latest.get("lostFromOffset").asInt()).isLessThanOrEqualTo(2);
            });
            assertThat(cluster.child(2).output())
                    .contains("Leaders were elected uncleanly: committed records may be lost");
            clients.produce("orders", 0, "f");
            cluster.spawn(1);

            Patience.until(() -> assertThat(isr(clients)).containsExactlyInAnyOrder(1, 2));
            JsonNode lost = unclean(cluster, 1);
            assertThat(lost.get("recordsDiscardedHere").asInt()).isEqualTo(3);
            JsonNode latest = lost.get("latestDiscardedHere").get(0);
            assertThat(latest.get("fromOffset").asInt()).isEqualTo(2);
            assertThat(latest.get("toOffset").asInt()).isEqualTo(5);
            assertThat(cluster.child(1).output())
                    .contains("Records that may have been acknowledged were thrown away");
            assertThat(clients.read("orders", 0, 3)).containsExactly("a", "b", "f");
        }
    }

    /** All are killed at once: the leader comes back with all that it had. */
    @Test
    void aLastKnownLeaderThatIsBackIsNotCalledUnclean() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.spawn(1, 2, 3);
            Clients clients = cluster.clients(3);
            var topic = new NewTopic("orders", Map.of(0, List.of(1, 2)));
            clients.admin(admin -> admin.createTopics(List.of(topic)).all());
            clients.produce("orders", 0, "a", "b");

            for (int each : List.of(1, 2, 3)) {
                cluster.kill(each);
            }
            cluster.spawn(1, 2, 3);

            Patience.until(() -> assertThat(isr(clients)).containsExactlyInAnyOrder(1, 2));
            assertThat(clients.read("orders", 0, 2)).containsExactly("a", "b");
            for (int each : List.of(1, 2, 3)) {
                JsonNode told = unclean(cluster, each);
                assertThat(told.get("count").asInt()).isZero();
                assertThat(told.get("recordsDiscardedHere").asInt()).isZero();
                assertThat(cluster.child(each).output()).doesNotContain("ERROR");
            }
        }
    }

    /** The broker is there again, on an empty disk: nobody but an operator may let it lead. */
    @Test
    void aSoleReplicaWaitsForItsDiskUntilAnUncleanElection() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.spawn(1, 2, 3);
            Clients clients = cluster.clients(3);
            for (String name : List.of("orders", "moved")) {
                var topic = new NewTopic(name, Map.of(0, List.of(1)));
                clients.admin(admin -> admin.createTopics(List.of(topic)).all());
                clients.produce(name, 0, "a", "b");
            }
            cluster.kill(1);
            empty(cluster.data(1));

            cluster.spawn(1);
            clients.admin(admin ->
                    admin.alterPartitionReassignments(
                                    Map.of(
                                            new TopicPartition("moved", 0),
                                            Optional.of(
                                                    new NewPartitionReassignment(List.of(1, 2)))))
                            .all());
            clients.admin(admin ->
                    admin.createTopics(List.of(new NewTopic("later", Map.of(0, List.of(1)))))
                            .all());
            clients.produce("later", 0, "the broker leads what is new");
            assertThat(leader(clients)).isEqualTo(-1);
            assertThat(clients.partition("moved", 0).leader()).isNull();
            assertThat(clients.partition("moved", 0).replicas()).hasSize(2);

            clients.admin(
                    admin -> admin.electLeaders(ElectionType.UNCLEAN, Set.of(ORDERS_0)).all());
            Patience.until(() -> assertThat(leader(clients)).isEqualTo(1));
            Patience.until(() -> assertThat(unclean(cluster, 2).get("count").asInt()).isEqualTo(1));
            clients.produce("orders", 0, "c");
            assertThat(clients.read("orders", 0, 1)).containsExactly("c");
        }
    }

    private static void empty(Path disk) throws IOException {
        try (Stream<Path> files = Files.walk(disk)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static JsonNode unclean(Cluster cluster, int broker) {
        return cluster.admin(broker).get("/api/v1/status").json().get("uncleanElections");
    }

    private static int leader(Clients clients) {
        Node leader = clients.partition("orders", 0).leader();
        return leader == null ? -1 : leader.id();
    }

    private static List<Integer> isr(Clients clients) {
        return clients.partition("orders", 0).isr().stream().map(Node::id).toList();
    }
}
