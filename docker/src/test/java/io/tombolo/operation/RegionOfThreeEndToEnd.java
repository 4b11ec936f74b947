package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
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
