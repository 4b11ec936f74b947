package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** A region of three brokers that share one metadata quorum; partitions have one replica each. */
class QuorumEndToEnd {

    private static final int[] BROKERS = {1, 2, 3};

    @TempDir Path folder;

    @Test
    void threeBrokersAreOneRegion() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);

            for (int broker : BROKERS) {
                cluster.clients(broker).create("by-" + broker, 3);
            }

            Set<String> known = Set.of("by-1", "by-2", "by-3");
            // The broker that answered the creation knows the topic; the others learn of it.
            for (int broker : BROKERS) {
                Patience.until(() ->
                        assertThat(cluster.clients(broker).topics())
                                .containsExactlyInAnyOrderElementsOf(known));
            }
            Map<String, TopicDescription> expected = topics(cluster, 1, known);
            for (int broker : BROKERS) {
                assertThat(nodes(cluster, broker)).containsExactly(1, 2, 3);
                assertThat(topics(cluster, broker, known)).isEqualTo(expected);
                assertThat(leaders(expected.get("by-" + broker))).containsExactly(1, 2, 3);
            }
            for (int partition = 0; partition < 3; partition++) {
                cluster.clients(2).produce("by-1", partition, "a" + partition, "b" + partition);
                assertThat(cluster.clients(3).read("by-1", partition, 2))
                        .containsExactly("a" + partition, "b" + partition);
            }
            quorumIsTruthful(cluster);
        }
    }

    private static void quorumIsTruthful(Cluster cluster) {
        int controller = controller(cluster, 1);
        for (int broker : BROKERS) {
            assertThat(controller(cluster, broker)).isEqualTo(controller);
            QuorumInfo quorum = quorum(cluster, broker);
            assertThat(quorum.leaderId()).isEqualTo(controller);
            assertThat(quorum.voters())
                    .extracting(QuorumInfo.ReplicaState::replicaId)
                    .containsExactlyInAnyOrder(1, 2, 3);
            Patience.until(() ->
                    assertThat(quorum(cluster, broker).voters())
                            .allMatch(voter -> voter.logEndOffset() >= quorum.highWatermark() - 1));
        }
    }

    @Test
    void anotherControllerTakesOverAndAMinorityChangesNothing() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            cluster.clients(1).create("before", 3);
            int first = controller(cluster, 1);
            int witness = first == 1 ? 2 : 1;

            cluster.stop(first);

            cluster.clients(witness).create("after", 2);
            int second = controller(cluster, witness);
            assertThat(second).isNotEqualTo(first).isPositive();
            assertThat(nodes(cluster, witness)).doesNotContain(first);
            Map<String, TopicDescription> expected =
                    topics(cluster, witness, Set.of("before", "after"));
            assertThat(leaders(expected.get("after"))).doesNotContain(first);

            int third = 6 - first - witness;
            cluster.stop(third);

            assertThatThrownBy(() -> createWithin(cluster, witness, "never", 6_000))
                    .isNotInstanceOf(TopicExistsException.class);
            assertThat(topics(cluster, witness, Set.of("before"))).isNotEmpty();

            cluster.start(first); // two of three again

            cluster.clients(first).create("again", 1);
            assertThat(cluster.clients(first).topics()).contains("before", "after", "again");
        }
    }

    @Test
    void aBrokerThatWasAwayCatchesUpByASnapshot() throws Exception {
        try (var cluster =
                new Cluster(folder)
                        .with("metadata.log.max.record.bytes.between.snapshots", "2000")) {
            cluster.start(_ -> true);
            int away = controller(cluster, 1) == 3 ? 2 : 3;
            long known = highWatermark(cluster, away);
            cluster.stop(away);
            for (int topic = 0; topic < 30; topic++) {
                cluster.clients(1).create("topic-" + topic, 2);
            }

            cluster.start(away);

            assertThat(cluster.clients(away).topics()).hasSize(30);
            assertThat(nodes(cluster, away)).containsExactly(1, 2, 3);
            assertThat(firstOffset(cluster.data(away).resolve("metadata/__cluster_metadata-0")))
                    .as("its log begins behind all that it had, so the rest came as a snapshot")
                    .isGreaterThan(known);
        }
    }

    private static long highWatermark(Cluster cluster, int broker) {
        return cluster.admin(broker)
                .get("/api/v1/status")
                .json()
                .at("/quorum/highWatermark")
                .asLong();
    }

    private static long firstOffset(Path log) throws IOException {
        try (var files = Files.list(log)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".log"))
                    .mapToLong(file -> Long.parseLong(file.replace(".log", "")))
                    .min()
                    .orElseThrow();
        }
    }

    private static void createWithin(Cluster cluster, int broker, String topic, int limitMs)
            throws Exception {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers",
                        cluster.clients(broker).bootstrap(),
                        "default.api.timeout.ms",
                        limitMs,
                        "request.timeout.ms",
                        limitMs);
        try (var admin = Admin.create(settings)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                    .all()
                    .get(2L * limitMs, TimeUnit.MILLISECONDS);
        }
    }

    private static Map<String, TopicDescription> topics(
            Cluster cluster, int broker, Set<String> names) {
        return cluster.clients(broker).admin(admin -> admin.describeTopics(names).allTopicNames());
    }

    private static Set<Integer> leaders(TopicDescription topic) {
        var leaders = new TreeSet<Integer>();
        topic.partitions().forEach(partition -> leaders.add(partition.leader().id()));
        return leaders;
    }

    private static Set<Integer> nodes(Cluster cluster, int broker) {
        var ids = new TreeSet<Integer>();
        cluster.clients(broker)
                .admin(admin -> admin.describeCluster().nodes())
                .forEach(node -> ids.add(node.id()));
        return ids;
    }

    private static int controller(Cluster cluster, int broker) {
        Node node = cluster.clients(broker).admin(admin -> admin.describeCluster().controller());
        return node == null ? -1 : node.id();
    }

    private static QuorumInfo quorum(Cluster cluster, int broker) {
        return cluster.clients(broker).admin(admin -> admin.describeMetadataQuorum().quorumInfo());
    }
}
