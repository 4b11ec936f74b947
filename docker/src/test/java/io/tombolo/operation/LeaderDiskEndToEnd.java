package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.operation.FaultyDisk.Operation;

import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A leader whose disk fails one partition while everything else in its directory is well: nothing
 * that was acknowledged is lost, another replica leads, and the one that failed comes back.
 */
class LeaderDiskEndToEnd {

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(names = {"APPEND", "FORCE"})
    void aFaultOfOnePartitionMovesItsLeadershipAndTheReplicaComesBack(Operation operation) {
        try (var cluster = new Cluster(folder).with("log.flush.interval.messages", "1")) {
            cluster.start(_ -> true);
            cluster.clients(1).replicate("orders", 1);
            cluster.clients(1).replicate("others", 1);
            cluster.everybody().produce("orders", 0, "before");
            Patience.until(() -> assertThat(inSync(cluster)).hasSize(3));
            int leader = leader(cluster);

            try (var producer = cluster.everybody().producer(Map.of())) {
                cluster.disk(leader).breakDown(operation, "orders-0");
                var sent = new ArrayList<java.util.concurrent.Future<?>>();
                for (int n = 0; n < 50; n++) {
                    sent.add(
                            producer.send(
                                    new ProducerRecord<>("orders", 0, "k", Integer.toString(n))));
                }
                sent.forEach(Clients::await);
            }

            Patience.until(() -> {
                assertThat(inSync(cluster)).hasSize(2).doesNotContain(leader);
                assertThat(leader(cluster)).isNotEqualTo(leader);
            });
            assertThat(offlineDirectories(cluster, leader)).isZero();
            // It is served: that this replica is not in use makes it no partition that is offline.
            Patience.until(() -> {
                JsonNode told =
                        cluster.admin(leader).get("/api/v1/status").json().get("partitions");
                assertThat(told.get("underReplicatedNames").toString()).isEqualTo("[\"orders-0\"]");
                assertThat(told.get("offline").asInt()).isZero();
            });
            cluster.everybody().produce("others", 0, "untouched");

            cluster.disk(leader).heal();
            Patience.until(() -> assertThat(inSync(cluster)).hasSize(3).contains(leader));
            List<String> all = new ArrayList<>(List.of("before"));
            IntStream.range(0, 50).forEach(n -> all.add(Integer.toString(n)));
            assertThat(cluster.everybody().read("orders", 0, 51)).containsExactlyElementsOf(all);
        }
    }

    private static List<Integer> inSync(Cluster cluster) {
        return cluster.everybody().partition("orders", 0).isr().stream().map(Node::id).toList();
    }

    private static int leader(Cluster cluster) {
        Node leader = cluster.everybody().partition("orders", 0).leader();
        return leader == null ? -1 : leader.id();
    }

    private static long offlineDirectories(Cluster cluster, int broker) {
        Map<String, LogDirDescription> found =
                cluster.everybody()
                        .admin(admin -> admin.describeLogDirs(List.of(broker)).allDescriptions())
                        .get(broker);
        return found.values().stream().filter(it -> it.error() != null).count();
    }
}
