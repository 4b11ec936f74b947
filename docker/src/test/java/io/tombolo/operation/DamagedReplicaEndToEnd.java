package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.operation.FaultyDisk.Operation;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One of three replicas holds what nobody wrote: it is fetched again, and clients notice nothing.
 */
class DamagedReplicaEndToEnd {

    private static final String FIRST_SEGMENT = "00000000000000000000.log";
    private static final String[] VALUES =
            IntStream.range(0, 20).mapToObj(n -> n + "x".repeat(99_999)).toArray(String[]::new);

    @TempDir Path folder;

    @Test
    void aLeaderThatReadsAlteredBytesResignsAndFetchesThemAgain() throws Exception {
        try (var cluster = new Cluster(folder)) {
            int broker = startWithSegments(cluster);
            cluster.stop(broker);
            flipInTheMiddleOf(segments(broker).getFirst());
            cluster.start(broker);
            Patience.until(() -> assertThat(inSync(cluster)).hasSize(3));
            Patience.until(() -> assertThat(leader(cluster)).isEqualTo(broker));

            assertThat(cluster.everybody().read("orders", 0, VALUES.length))
                    .containsExactly(VALUES);

            Patience.until(() -> assertEqualFiles(broker));
            Patience.until(() -> assertThat(inSync(cluster)).hasSize(3));
            cluster.everybody().produce("orders", 0, "more");
            Patience.until(() -> assertThat(leader(cluster)).isEqualTo(broker));
            assertThat(cluster.clients(broker).read("orders", 0, VALUES.length + 1))
                    .startsWith(VALUES)
                    .endsWith("more");
        }
    }

    @Test
    void aLeaderThatCannotReadASegmentResignsAndFetchesItAgain() throws Exception {
        try (var cluster = new Cluster(folder)) {
            int broker = startWithSegments(cluster);

            cluster.disk(broker).breakDown(Operation.READ, "orders-0/" + FIRST_SEGMENT);

            assertThat(cluster.everybody().read("orders", 0, VALUES.length))
                    .containsExactly(VALUES);
            cluster.disk(broker).heal();
            Patience.until(() -> assertEqualFiles(broker));
            Patience.until(() -> assertThat(inSync(cluster)).hasSize(3));
        }
    }

    @Test
    void aLogWithAHoleIsFilledFromItsLeader() throws Exception {
        try (var cluster = new Cluster(folder)) {
            int broker = startWithSegments(cluster);
            cluster.stop(broker);
            Files.delete(segments(broker).get(1));
            Files.delete(data(broker).resolve(".kafka_cleanshutdown"));
            cluster.everybody().produce("orders", 0, "meanwhile");

            cluster.start(broker);

            Patience.until(() -> assertThat(inSync(cluster)).hasSize(3));
            Patience.until(() -> assertEqualFiles(broker));
            assertThat(cluster.everybody().read("orders", 0, VALUES.length + 1))
                    .startsWith(VALUES)
                    .endsWith("meanwhile");
        }
    }

    /** The folder of one partition is lost, nothing else: who has nothing of it must not lead. */
    @Test
    void aReplicaWhoseFolderIsGoneFetchesItAgain() throws Exception {
        try (var cluster = new Cluster(folder)) {
            int last = startWithSegments(cluster);
            for (int other = 1; other <= 3; other++) {
                if (other != last) {
                    cluster.stop(other);
                }
            }
            cluster.stop(last);
            takeAway(data(last).resolve("orders-0"));

            cluster.start(_ -> true);

            Patience.until(() -> assertThat(inSync(cluster)).hasSize(3));
            Patience.until(() -> assertEqualFiles(last));
            assertThat(cluster.everybody().read("orders", 0, VALUES.length))
                    .containsExactly(VALUES);
        }
    }

    @Test
    void aSoleReplicaWhoseFolderIsGoneWaitsForIt() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            Clients clients = cluster.clients(1);
            var topic = new NewTopic("orders", Map.of(0, List.of(3), 1, List.of(3)));
            clients.admin(admin -> admin.createTopics(List.of(topic)).all());
            clients.produce("orders", 0, "a", "b");
            clients.produce("orders", 1, "c");
            cluster.stop(3);
            Path away = takeAway(data(3).resolve("orders-0"));

            for (int start = 0; start < 2; start++) {
                cluster.start(3);
                assertThat(clients.read("orders", 1, 1)).containsExactly("c");
                Patience.until(() -> assertThat(leader(cluster)).isEqualTo(-1));
                cluster.stop(3);
            }
            Files.move(away, data(3).resolve("orders-0"));
            cluster.start(3);

            assertThat(clients.read("orders", 0, 2)).containsExactly("a", "b");
        }
    }

    @Test
    void aSoleReplicaWhoseFolderIsGoneForGoodBeginsEmptyWhenItsCheckpointsAreRemoved()
            throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            Clients clients = cluster.clients(1);
            var topic = new NewTopic("orders", Map.of(0, List.of(3), 1, List.of(3)));
            clients.admin(admin -> admin.createTopics(List.of(topic)).all());
            clients.produce("orders", 0, "a", "b");
            clients.produce("orders", 1, "c");
            cluster.stop(3);
            takeAway(data(3).resolve("orders-0"));
            cluster.start(3);
            Patience.until(() -> assertThat(leader(cluster)).isEqualTo(-1));
            cluster.stop(3);

            Files.delete(data(3).resolve("recovery-point-offset-checkpoint"));
            Files.delete(data(3).resolve("replication-offset-checkpoint"));
            cluster.start(3);

            clients.produce("orders", 0, "d");
            assertThat(clients.read("orders", 0, 1)).containsExactly("d");
            assertThat(clients.read("orders", 1, 1)).containsExactly("c");
        }
    }

    /** Deleted while its broker is stopped, whose checkpoints name it until then. */
    @Test
    void aDeletedTopicWhoseFolderIsGoneIsNotMissedInTheNextOneOfItsName() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            Clients clients = cluster.clients(1);
            var topic = new NewTopic("orders", Map.of(0, List.of(3)));
            clients.admin(admin -> admin.createTopics(List.of(topic)).all());
            clients.produce("orders", 0, "a", "b");
            cluster.stop(3);
            takeAway(data(3).resolve("orders-0"));
            clients.admin(admin -> admin.deleteTopics(List.of("orders")).all());

            cluster.start(3);
            clients.admin(admin -> admin.createTopics(List.of(topic)).all());

            clients.produce("orders", 0, "c");
            assertThat(clients.read("orders", 0, 1)).containsExactly("c");
        }
    }

    private Path takeAway(Path partition) throws IOException {
        return Files.move(partition, folder.resolve("away"));
    }

    /** Returns the leader of a partition with several segments, the preferred one. */
    private static int startWithSegments(Cluster cluster) {
        cluster.start(_ -> true);
        Clients clients = cluster.everybody();
        clients.replicate("orders", 1, 2);
        clients.configure("orders", Map.of("segment.bytes", "1048576"));
        for (int from = 0; from < VALUES.length; from += 5) {
            clients.produce("orders", 0, Arrays.copyOfRange(VALUES, from, from + 5));
        }
        Patience.until(() -> assertThat(inSync(cluster)).hasSize(3));
        int preferred = clients.partition("orders", 0).replicas().getFirst().id();
        Patience.until(() -> assertThat(leader(cluster)).isEqualTo(preferred));
        return preferred;
    }

    private static void flipInTheMiddleOf(Path segment) throws IOException {
        try (var file = new RandomAccessFile(segment.toFile(), "rw")) {
            long inside = file.length() / 2 + 50_000;
            file.seek(inside);
            int was = file.read();
            file.seek(inside);
            file.write(was ^ 4);
        }
    }

    private void assertEqualFiles(int broker) {
        try {
            byte[] theirs = bytes(broker % 3 + 1);
            assertThat(Arrays.equals(bytes(broker), theirs)).as("equal records").isTrue();
        } catch (IOException moving) {
            throw new AssertionError(moving);
        }
    }

    /** All segments one after the other: where they were cut is no matter. */
    private byte[] bytes(int broker) throws IOException {
        var all = new java.io.ByteArrayOutputStream();
        for (Path segment : segments(broker)) {
            all.write(Files.readAllBytes(segment));
        }
        return all.toByteArray();
    }

    private Path data(int broker) {
        return folder.resolve("data").resolve("eu-" + broker);
    }

    private List<Path> segments(int broker) throws IOException {
        try (var files = Files.list(data(broker).resolve("orders-0"))) {
            return files.filter(path -> path.toString().endsWith(".log")).sorted().toList();
        }
    }

    private static List<Integer> inSync(Cluster cluster) {
        return cluster.everybody().partition("orders", 0).isr().stream().map(Node::id).toList();
    }

    private static int leader(Cluster cluster) {
        Node leader = cluster.everybody().partition("orders", 0).leader();
        return leader == null ? -1 : leader.id();
    }
}
