package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Emptying a broker through the admin interface of another one. */
class DrainEndToEnd {

    @TempDir Path folder;

    @Test
    void whatIsWantedOfABrokerIsKnownEverywhereAndOutlivesTheController() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            int controller = controller(cluster, 1);
            int leaving = controller % 3 + 1;
            int witness = leaving % 3 + 1;
            String path = "/api/v1/drains/" + leaving;
            assertThat(cluster.admin(witness).get(path).json().get("state").asString())
                    .isEqualTo("none");

            JsonNode ordered =
                    cluster.admin(witness).post(path + "?goal=empty&reason=new+disk").json();

            assertThat(ordered.get("broker").asInt()).isEqualTo(leaving);
            assertThat(ordered.get("goal").asString()).isEqualTo("empty");
            assertThat(ordered.get("reason").asString()).isEqualTo("new disk");
            assertThat(ordered.get("state").asString()).isEqualTo("empty");
            assertThat(ordered.get("bytesLeft").asLong()).isZero();
            cluster.clients(witness).create("elsewhere", 6);
            assertThat(hosts(cluster, witness, "elsewhere")).doesNotContain(leaving);

            cluster.stop(controller);
            Patience.until(() -> assertThat(controller(cluster, witness)).isNotEqualTo(controller));
            cluster.clients(witness).create("later", 4);

            assertThat(hosts(cluster, witness, "later")).doesNotContain(leaving);
            JsonNode all = cluster.admin(witness).get("/api/v1/drains").json();
            assertThat(all.size()).isEqualTo(1);
            assertThat(all.get(0).get("broker").asInt()).isEqualTo(leaving);
            cluster.admin(leaving).post(path + "?goal=none");
            assertThat(cluster.admin(witness).get("/api/v1/drains").json().size()).isZero();
        }
    }

    @Test
    void aBrokerIsEmptiedWhileItServesAndThenLeaves() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            int controller = controller(cluster, 1);
            int leaving = controller % 3 + 1;
            int witness = leaving % 3 + 1;
            Clients clients = cluster.clients(witness);
            clients.create("single", 9);
            clients.admin(
                    admin -> admin.createTopics(List.of(new NewTopic("pair", 6, (short) 2))).all());
            for (int partition = 0; partition < 9; partition++) {
                clients.produce("single", partition, "s" + partition);
                clients.produce("pair", partition % 6, "p" + partition);
            }
            var admin = cluster.admin(witness);
            String path = "/api/v1/drains/" + leaving;

            JsonNode begun = admin.post(path + "?goal=leave").json();
            assertThat(begun.get("replicasLeft").asInt()).isPositive();

            Patience.until(() -> {
                JsonNode report = admin.get(path).json();
                assertThat(report.get("state").asString()).as(report.toString()).isEqualTo("empty");
            });
            assertThat(hosts(cluster, witness, "single")).doesNotContain(leaving);
            assertThat(hosts(cluster, witness, "pair")).doesNotContain(leaving);
            for (int partition = 0; partition < 9; partition++) {
                assertThat(clients.read("single", partition, 1)).containsExactly("s" + partition);
            }
            assertThat(admin.get(path).json().get("fenced").asBoolean()).isFalse();

            cluster.stop(leaving);

            Patience.until(() -> assertThat(admin.get(path).status()).isEqualTo(404));
            Collection<Node> left = clients.admin(one -> one.describeCluster().nodes());
            assertThat(left).hasSize(2);
        }
    }

    @Test
    void whatCannotGoSaysWhyAndWhatIsSenselessIsRefused() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            var admin = cluster.admin(2);
            cluster.clients(1).admin(one -> one.createTopics(List.of(onAll())).all());

            JsonNode report = admin.post("/api/v1/drains/3?goal=leave").json();

            assertThat(report.get("goal").asString()).isEqualTo("leave");
            assertThat(report.get("state").asString()).isEqualTo("stuck");
            assertThat(report.get("replicasLeft").asInt()).isEqualTo(1);
            assertThat(report.get("stuck").get(0).get("partition").asString()).isEqualTo("wide-0");
            assertThat(report.get("stuck").get(0).get("why").asString())
                    .contains("no broker in service is without a replica");
            assertThat(admin.post("/api/v1/drains/3?goal=away").status()).isEqualTo(400);
            assertThat(admin.get("/api/v1/drains/9").status()).isEqualTo(404);
            assertThat(admin.post("/api/v1/drains/9?goal=empty").status()).isEqualTo(404);
            assertThat(admin.get("/api/v1/drains/me").status()).isEqualTo(404);
        }
    }

    private static NewTopic onAll() {
        return new NewTopic("wide", Map.of(0, List.of(1, 2, 3)));
    }

    /** Who has a topic, once whichever broker is asked has heard of it. */
    private static Set<Integer> hosts(Cluster cluster, int broker, String topic) {
        var hosts = new TreeSet<Integer>();
        Patience.until(() ->
                cluster
                        .clients(broker)
                        .admin(admin -> admin.describeTopics(List.of(topic)).allTopicNames())
                        .get(topic)
                        .partitions()
                        .stream()
                        .map(TopicPartitionInfo::replicas)
                        .forEach(replicas -> replicas.stream().map(Node::id).forEach(hosts::add)));
        return hosts;
    }

    private static int controller(Cluster cluster, int broker) {
        Node node = cluster.clients(broker).admin(admin -> admin.describeCluster().controller());
        return node == null ? -1 : node.id();
    }
}
