package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an unclean election costs, and that it is told. */
class UncleanElectionEndToEnd {

    private static final TopicPartition ORDERS_0 = new TopicPartition("orders", 0);

    @TempDir Path folder;

    @Test
    void itsCountAndWhatItLostAreTold() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            Clients clients = cluster.clients(3);
            var topic = new NewTopic("orders", Map.of(0, List.of(1, 2)));
            clients.admin(admin -> admin.createTopics(List.of(topic)).all());
            clients.produce("orders", 0, "a", "b");
            cluster.stop(2);
            Patience.until(() -> assertThat(isr(clients)).containsExactly(1));
            clients.produce("orders", 0, "c", "d", "e");
            cluster.stop(1);
            cluster.start(2);
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
                assertThat(latest.get("lostFromOffset").asInt()).isEqualTo(2);
            });
            clients.produce("orders", 0, "f");
            cluster.start(1);

            Patience.until(() -> assertThat(isr(clients)).containsExactlyInAnyOrder(1, 2));
            JsonNode lost = unclean(cluster, 1);
            assertThat(lost.get("recordsDiscardedHere").asInt()).isEqualTo(3);
            assertThat(lost.get("latestDiscardedHere").get(0).get("fromOffset").asInt())
                    .isEqualTo(2);
            assertThat(clients.read("orders", 0, 3)).containsExactly("a", "b", "f");
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
