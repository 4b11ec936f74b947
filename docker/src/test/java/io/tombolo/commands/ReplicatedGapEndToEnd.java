package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.nodes.FreePorts;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A copy with three replicas whose source deletes records before they are copied. */
class ReplicatedGapEndToEnd {

    @TempDir private Path folder;

    @Test
    void allReplicasOfACopyJumpAndAnyOfThemLeadsAfterwards() throws Exception {
        int sourcePort = FreePorts.claim(1);
        String rest =
                """
                  us:
                    kafka: "127.0.0.1:%d"
                    admin: "127.0.0.1:%d"
                    internal: "127.0.0.1:%d"
                links: { us-to-eu: { from: us, to: eu, topics: ["orders"], gap: jump } }
                """
                        .formatted(sourcePort, FreePorts.claim(1), FreePorts.claim(1));
        try (ThreeBrokers region = ThreeBrokers.up(folder, rest)) {
            Tombolo tombolo = region.tombolo();
            tombolo.run("topic", "create", "orders", "--partitions", "1", "--region", "us");
            produce(tombolo, "a", "b");
            Tombolo.await(() -> copied(tombolo).equals(List.of("a", "b")));
            replicate(region.kafkaPort());
            tombolo.run("link", "pause", "us-to-eu");
            produce(tombolo, "c", "d");
            deleteBefore(sourcePort, 3);

            tombolo.run("link", "resume", "us-to-eu");

            Tombolo.await(() -> copied(tombolo).equals(List.of("d")));
            Tombolo.await(() -> copy(region.kafkaPort()).isr().size() == 3);
            int leader = copy(region.kafkaPort()).leader().id();
            tombolo.run("down", "--region", "eu", "--id", "" + leader);
            Tombolo.await(() -> copied(tombolo).equals(List.of("d")));
            produce(tombolo, "e");
            Tombolo.await(() -> copied(tombolo).equals(List.of("d", "e")));
            assertThat(tombolo.run("link", "lineage", "us-to-eu").out())
                    .containsPattern("eu +orders +0 +\\(gap\\) +2 +2 ");
        }
    }

    private static void produce(Tombolo tombolo, String... lines) throws Exception {
        tombolo.runWithInput(
                String.join("\n", lines) + "\n",
                "topic",
                "produce",
                "orders",
                "--region",
                "us",
                "-q");
    }

    private static List<String> copied(Tombolo tombolo) {
        return tombolo.run("topic", "consume", "orders", "--region", "eu", "-q")
                .out()
                .lines()
                .toList();
    }

    private static void deleteBefore(int port, long offset) throws Exception {
        try (Admin admin = admin(port)) {
            admin.deleteRecords(
                            Map.of(
                                    new TopicPartition("orders", 0),
                                    RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }

    private static void replicate(int port) throws Exception {
        var everywhere = new NewPartitionReassignment(List.of(1, 2, 3));
        try (Admin admin = admin(port)) {
            admin.alterPartitionReassignments(
                            Map.of(new TopicPartition("orders", 0), Optional.of(everywhere)))
                    .all()
                    .get();
        }
        Tombolo.await(() -> copy(port).isr().size() == 3);
    }

    private static TopicPartitionInfo copy(int port) {
        try (Admin admin = admin(port)) {
            return admin.describeTopics(List.of("orders"))
                    .allTopicNames()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .get("orders")
                    .partitions()
                    .getFirst();
        }
    }

    private static Admin admin(int port) {
        return Admin.create(
                Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:" + port));
    }
}
