package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;

/** A region of three brokers whose partitions have three replicas. */
class RegionOfThreeEndToEnd {

    private static final int[] ALL = {1, 2, 3};

    @TempDir Path folder;

    @Test
    void aKilledLeaderCostsNoAcknowledgedRecordAndComesBackInSync() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.spawn(ALL);
            cluster.clients(1).replicate("orders", 1);
            int leader = leaderOf(cluster, 1, "orders");
            int other = leader % 3 + 1;
            Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
            var enough = new AtomicBoolean();
            try (var producer =
                    cluster.clients(other).producer(Map.of("delivery.timeout.ms", 45_000))) {
                Thread sender =
                        Thread.ofPlatform().start(() -> send(producer, acknowledged, enough));
                Patience.until(() -> assertThat(acknowledged).hasSizeGreaterThan(1_000));

                cluster.kill(leader);

                int before = acknowledged.size();
                Patience.until(() -> assertThat(acknowledged).hasSizeGreaterThan(before + 1_000));
                assertThat(leaderOf(cluster, other, "orders")).isNotEqualTo(leader);

                cluster.spawn(leader);

                Patience.until(() -> assertThat(isr(cluster, other, "orders")).hasSize(3));
                enough.set(true);
                sender.join();
            }
            List<Integer> read =
                    cluster.clients(other).read("orders", 0, acknowledged.size()).stream()
                            .map(Integer::valueOf)
                            .toList();
            // In order and each of them once.
            assertThat(read).isEqualTo(List.copyOf(acknowledged));
        }
    }

    @Test
    void belowTheMinimumInSyncNothingIsTakenUntilTheReplicaIsBack() {
        try (var cluster = new Cluster(folder)) {
            cluster.spawn(ALL);
            cluster.clients(1).replicate("orders", 1, 3);
            int leader = leaderOf(cluster, 1, "orders");
            int killed = leader % 3 + 1;
            cluster.clients(leader).produce("orders", 0, "before");

            cluster.kill(killed);

            Patience.until(() -> assertThat(isr(cluster, leader, "orders")).hasSize(2));
            assertThatThrownBy(() -> produceOnce(cluster.clients(leader), "orders", "refused"))
                    .hasRootCauseInstanceOf(NotEnoughReplicasException.class);

            cluster.spawn(killed);

            Patience.until(() -> assertThat(isr(cluster, leader, "orders")).hasSize(3));
            cluster.clients(leader).produce("orders", 0, "after");
            assertThat(cluster.clients(killed).read("orders", 0, 2))
                    .containsExactly("before", "after");
        }
    }

    private static void produceOnce(Clients clients, String topic, String value) throws Exception {
        var impatient = Map.<String, Object>of("enable.idempotence", false, "retries", 0);
        try (var producer = clients.producer(impatient)) {
            producer.send(new ProducerRecord<>(topic, 0, "k", value)).get();
        }
    }

    @Test
    void aGroupGoesOnWhenItsCoordinatorDies() {
        try (var cluster = new Cluster(folder).with("offsets.topic.num.partitions", "1")) {
            cluster.spawn(ALL);
            cluster.clients(1).replicate("orders", 1);
            cluster.clients(1).produce("orders", 0, "a", "b");
            try (var consumer = cluster.everybody().consumer("readers")) {
                consumer.subscribe(List.of("orders"));
                assertThat(poll(consumer, 2)).containsExactly("a", "b");
                consumer.commitSync();
                Patience.until(() -> assertThat(isr(cluster, 1, "__consumer_offsets")).hasSize(3));
                int coordinator = leaderOf(cluster, 1, "__consumer_offsets");
                int other = coordinator % 3 + 1;

                cluster.kill(coordinator);

                cluster.clients(other).produce("orders", 0, "c");
                assertThat(poll(consumer, 1)).containsExactly("c");
                consumer.commitSync();
                assertThat(cluster.clients(other).committed("readers", "orders", 0)).isEqualTo(3);
                assertThat(leaderOf(cluster, other, "__consumer_offsets"))
                        .isNotEqualTo(coordinator);
            }
        }
    }

    private static List<String> poll(KafkaConsumer<String, String> consumer, int count) {
        var values = new ArrayList<String>();
        Patience.untilTrue(
                "%d values".formatted(count),
                () -> {
                    consumer.poll(Duration.ofMillis(200))
                            .forEach(record -> values.add(record.value()));
                    return values.size() >= count;
                });
        return values;
    }

    @Test
    void whatADeadLeaderAloneHadIsCutOffWhenItReturns() {
        try (var cluster = new Cluster(folder)) {
            cluster.spawn(ALL);
            cluster.clients(1).replicate("orders", 1);
            int leader = leaderOf(cluster, 1, "orders");
            int[] others = {leader % 3 + 1, (leader + 1) % 3 + 1};
            cluster.clients(leader).produce("orders", 0, "kept");
            for (int other : others) {
                cluster.child(other).signal("STOP");
            }
            // One at least may have been answered a fetch that it has not read yet.
            var carefree = Map.<String, Object>of("enable.idempotence", false, "acks", "1");
            try (var producer = cluster.clients(leader).producer(carefree)) {
                for (int lost = 0; lost < 10; lost++) {
                    Clients.await(producer.send(new ProducerRecord<>("orders", 0, "k", "lost")));
                }
            }

            cluster.kill(leader);
            for (int other : others) {
                cluster.child(other).signal("CONT");
            }
            Patience.until(() ->
                    assertThat(leaderOf(cluster, others[0], "orders")).isIn(others[0], others[1]));
            cluster.clients(others[0]).produce("orders", 0, "new", "newer");
            cluster.spawn(leader);

            Patience.until(() -> assertThat(isr(cluster, leader, "orders")).hasSize(3));
            Patience.until(() ->
                    assertThat(log(cluster, leader))
                            .isEqualTo(log(cluster, others[0]))
                            .isEqualTo(log(cluster, others[1])));
            List<String> read = cluster.clients(leader).read("orders", 0, 3);
            assertThat(read).startsWith("kept").endsWith("new", "newer");
        }
    }

    private static byte[] log(Cluster cluster, int broker) throws IOException {
        Path folder = cluster.settings(broker).dataDirectories().getFirst().resolve("orders-0");
        return Files.readAllBytes(folder.resolve("00000000000000000000.log"));
    }

    private static void send(
            KafkaProducer<String, String> producer,
            Set<Integer> acknowledged,
            AtomicBoolean enough) {
        for (int next = 0; !enough.get(); next++) {
            int value = next;
            producer.send(
                    new ProducerRecord<>("orders", 0, "k", Integer.toString(value)),
                    (_, failure) -> {
                        if (failure == null) {
                            acknowledged.add(value);
                        }
                    });
            if (next % 10 == 0) {
                producer.flush();
            }
        }
    }

    private static int leaderOf(Cluster cluster, int asked, String topic) {
        Node leader = cluster.clients(asked).partition(topic, 0).leader();
        return leader == null ? -1 : leader.id();
    }

    private static List<Integer> isr(Cluster cluster, int asked, String topic) {
        TopicPartitionInfo partition = cluster.clients(asked).partition(topic, 0);
        return partition.isr().stream().map(Node::id).toList();
    }
}
