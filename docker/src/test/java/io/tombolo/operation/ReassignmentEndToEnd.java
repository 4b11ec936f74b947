package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Moving partitions and leaderships between three brokers with stock clients and tools. */
class ReassignmentEndToEnd {

    private static final TopicPartition ORDERS_0 = new TopicPartition("orders", 0);
    private static final String[] VALUES =
            IntStream.range(0, 200).mapToObj(n -> "value " + n).toArray(String[]::new);

    @TempDir Path folder;

    @Test
    void aPartitionMovesWithItsRecordsAndAMoveUnderWayIsCancelled() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            Clients clients = cluster.clients(1);
            create(clients, 1, 2);
            clients.produce("orders", 0, VALUES);
            assertThatThrownBy(() -> reassign(clients, Optional.empty()))
                    .isInstanceOf(NoReassignmentInProgressException.class);

            reassign(clients, Optional.of(List.of(3, 1)));

            Patience.until(() -> assertThat(replicas(clients)).containsExactly(3, 1));
            Patience.until(() -> assertThat(isr(clients)).containsExactlyInAnyOrder(1, 3));
            assertThat(underWay(clients)).isEmpty();
            clients.admin(
                    admin -> admin.electLeaders(ElectionType.PREFERRED, Set.of(ORDERS_0)).all());
            Patience.until(() -> assertThat(leader(clients)).isEqualTo(3));
            assertThat(cluster.clients(2).read("orders", 0, VALUES.length)).containsExactly(VALUES);

            cluster.stop(2);
            reassign(clients, Optional.of(List.of(2, 3)));
            assertThat(underWay(clients).get(ORDERS_0).addingReplicas()).containsExactly(2);
            assertThat(underWay(clients).get(ORDERS_0).removingReplicas()).containsExactly(1);
            reassign(clients, Optional.empty());

            assertThat(underWay(clients)).isEmpty();
            assertThat(replicas(clients)).containsExactly(3, 1);
            clients.produce("orders", 0, "after");
        }
    }

    @Test
    void copyingKeepsToTheLimitUntilItIsLifted() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            Clients clients = cluster.clients(1);
            create(clients, 1);
            for (int round = 0; round < 3; round++) {
                clients.produce("orders", 0, large());
            }
            limit(cluster, "1");

            reassign(clients, Optional.of(List.of(3)));

            // The first piece is copied at once; a second one would come after days.
            Patience.until(() -> assertThat(copied(cluster)).isPositive());
            clients.produce("orders", 0, "more");
            assertThat(underWay(clients)).containsKey(ORDERS_0);
            assertThat(copied(cluster)).isLessThan(2_500_000);

            limit(cluster, "" + Long.MAX_VALUE);

            Patience.until(() -> assertThat(replicas(clients)).containsExactly(3));
            assertThat(cluster.clients(2).end("orders", 0)).isEqualTo(3 * large().length + 1);
        }
    }

    @Test
    void kafkasOwnToolsMovePartitionsAndLeaders() throws Exception {
        try (var cluster = new Cluster(folder).with("auto.leader.rebalance.enable", "false")) {
            cluster.start(_ -> true);
            Clients clients = cluster.clients(2);
            create(clients, 1, 2);
            clients.produce("orders", 0, VALUES);
            Path plan = folder.resolve("plan.json");
            Files.writeString(
                    plan,
                    """
                    {"version": 1, "partitions": [
                      {"topic": "orders", "partition": 0, "replicas": [3, 1]}]}
                    """);
            String tool = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";

            assertThat(
                            KafkaTool.run(
                                    tool,
                                    "--bootstrap-server",
                                    clients.bootstrap(),
                                    "--reassignment-json-file",
                                    plan.toString(),
                                    "--execute",
                                    "--throttle",
                                    "50000000"))
                    .contains("Successfully started partition reassignment for orders-0");
            Patience.until(() -> assertThat(replicas(clients)).containsExactly(3, 1));

            assertThat(
                            KafkaTool.run(
                                    tool,
                                    "--bootstrap-server",
                                    clients.bootstrap(),
                                    "--reassignment-json-file",
                                    plan.toString(),
                                    "--verify"))
                    .contains("Reassignment of partition orders-0 is completed.")
                    .contains("Clearing broker-level throttles")
                    .contains("Clearing topic-level throttles");
            assertThat(clients.read("orders", 0, VALUES.length)).containsExactly(VALUES);

            assertThat(leader(clients)).isEqualTo(1);
            assertThat(
                            KafkaTool.run(
                                    "org.apache.kafka.tools.LeaderElectionCommand",
                                    "--bootstrap-server",
                                    clients.bootstrap(),
                                    "--election-type",
                                    "preferred",
                                    "--topic",
                                    "orders",
                                    "--partition",
                                    "0"))
                    .contains("Successfully completed leader election (PREFERRED)");
            Patience.until(() -> assertThat(leader(clients)).isEqualTo(3));
            assertThatThrownBy(() ->
                            clients.admin(admin ->
                                    admin.electLeaders(ElectionType.PREFERRED, Set.of(ORDERS_0))
                                            .all()))
                    .isInstanceOf(ElectionNotNeededException.class);
        }
    }

    private static String[] large() {
        return IntStream.range(0, 12).mapToObj(_ -> "x".repeat(90_000)).toArray(String[]::new);
    }

    private static void create(Clients clients, Integer... replicas) {
        var topic = new NewTopic("orders", Map.of(0, List.of(replicas)));
        clients.admin(admin -> admin.createTopics(List.of(topic)).all());
    }

    private static void reassign(Clients clients, Optional<List<Integer>> replicas) {
        clients.admin(admin ->
                admin.alterPartitionReassignments(
                                Map.of(ORDERS_0, replicas.map(NewPartitionReassignment::new)))
                        .all());
    }

    /** Limits both ends of copies of the topic. */
    private static void limit(Cluster cluster, String bytesPerSecond) {
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
        for (String side : List.of("leader", "follower")) {
            set(cluster.clients(1), topic, side + ".replication.throttled.replicas", "*");
            for (int broker = 1; broker <= 3; broker++) {
                var resource = new ConfigResource(ConfigResource.Type.BROKER, "" + broker);
                set(
                        cluster.clients(broker),
                        resource,
                        side + ".replication.throttled.rate",
                        bytesPerSecond);
            }
        }
    }

    private static void set(Clients clients, ConfigResource resource, String key, String value) {
        var change = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
        clients.admin(
                admin -> admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all());
    }

    /** What broker 3 has of the partition, in bytes. */
    private static long copied(Cluster cluster) {
        return cluster
                .clients(3)
                .admin(admin -> admin.describeLogDirs(List.of(3)).allDescriptions())
                .get(3)
                .values()
                .stream()
                .flatMap(directory -> directory.replicaInfos().entrySet().stream())
                .filter(replica -> replica.getKey().equals(ORDERS_0))
                .mapToLong(replica -> replica.getValue().size())
                .sum();
    }

    private static Map<TopicPartition, PartitionReassignment> underWay(Clients clients) {
        return clients.admin(admin -> admin.listPartitionReassignments().reassignments());
    }

    private static List<Integer> replicas(Clients clients) {
        return ids(clients.partition("orders", 0).replicas());
    }

    private static List<Integer> isr(Clients clients) {
        TopicPartitionInfo partition = clients.partition("orders", 0);
        return ids(partition.isr());
    }

    private static int leader(Clients clients) {
        Node leader = clients.partition("orders", 0).leader();
        return leader == null ? -1 : leader.id();
    }

    private static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }
}
