package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.operation.FaultyDisk.Operation;

import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** A disk that does not fail and does not answer either. */
class SlowDiskEndToEnd {

    private static final int RECORDS = 30;

    @TempDir Path folder;

    @Test
    void aLeaderWhoseDiskStandsStillIsReplacedAndComesBack() {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            cluster.everybody().replicate("orders", 1);
            cluster.everybody().produce("orders", 0, "before");
            Patience.until(() -> assertThat(inSync(cluster, 1)).hasSize(3));
            int leader = leader(cluster, 1);
            int witness = leader % 3 + 1;

            cluster.disk(leader).standStill(Operation.APPEND, "orders-0");
            try {
                write(cluster);
                assertThat(leader(cluster, witness)).isNotEqualTo(leader);
                assertThat(inSync(cluster, witness)).doesNotContain(leader).hasSize(2);
            } finally {
                cluster.disk(leader).heal();
            }

            Patience.until(() -> assertThat(inSync(cluster, witness)).hasSize(3));
            List<String> all = new ArrayList<>(List.of("before"));
            IntStream.range(0, RECORDS).forEach(n -> all.add(Integer.toString(n)));
            assertThat(cluster.everybody().read("orders", 0, RECORDS + 1))
                    .containsExactlyElementsOf(all);
        }
    }

    private static void write(Cluster cluster) {
        Map<String, Object> impatient = Map.of(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 2000);
        try (var producer = cluster.everybody().producer(impatient)) {
            var sent = new ArrayList<Future<?>>();
            for (int n = 0; n < RECORDS; n++) {
                sent.add(
                        producer.send(new ProducerRecord<>("orders", 0, "k", Integer.toString(n))));
            }
            sent.forEach(Clients::await);
        }
    }

    private static List<Integer> inSync(Cluster cluster, int asked) {
        return cluster.clients(asked).partition("orders", 0).isr().stream().map(Node::id).toList();
    }

    private static int leader(Cluster cluster, int asked) {
        Node leader = cluster.clients(asked).partition("orders", 0).leader();
        return leader == null ? -1 : leader.id();
    }
}
