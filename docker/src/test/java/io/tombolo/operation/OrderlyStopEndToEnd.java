package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Brokers of three that get SIGTERM. */
class OrderlyStopEndToEnd {

    private static final int EXIT_CODE_NOW = 143;

    @TempDir Path folder;

    @Test
    void clientsHearOfTheNewLeaderFromTheOldOneBeforeItsPortCloses() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.spawn(1, 2, 3);
            cluster.clients(1).replicate("orders", 1);
            int leader = leaderOf(cluster, 1);
            var host = InetAddress.getByName("127.0.0." + leader);
            var answers = new ArrayList<ProduceResponseData>();
            try (var client = new WireClient(host, cluster.kafkaPort())) {
                Patience.untilTrue(
                        "it leads",
                        () -> part(Produced.withHint(client, "orders", "first")).errorCode() == 0);

                cluster.child(leader).signal("TERM");

                sendUntilClosed(client, answers);
            }

            ProduceResponseData last = answers.getLast();
            assertThat(Errors.forCode(part(last).errorCode()))
                    .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
            int told = part(last).currentLeader().leaderId();
            assertThat(told).isPositive().isNotEqualTo(leader);
            assertThat(last.nodeEndpoints().find(told)).isNotNull();
            assertThat(cluster.child(leader).awaitExit()).isZero();
            assertThat(cluster.child(leader).output())
                    .contains("This broker hands over and stops")
                    .containsPattern("(\\d+) of \\1 leaders moved")
                    .endsWith("stopped\n");
        }
    }

    @Test
    void stockProducersLoseNothingAndNobodyIsRefusedForWantOfReplicas() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.spawn(1, 2, 3);
            cluster.clients(1).replicate("orders", 1);
            var acknowledged = new AtomicInteger();
            var refused = new AtomicInteger();
            var enough = new AtomicBoolean();
            try (var producer =
                    cluster.everybody().producer(Map.of("delivery.timeout.ms", 45_000))) {
                Thread sender =
                        Thread.ofPlatform()
                                .start(() -> send(producer, acknowledged, refused, enough));
                Patience.until(() -> assertThat(acknowledged).hasValueGreaterThan(500));
                for (int number : List.of(1, 2, 3)) {
                    assertThat(cluster.child(number).terminate()).isZero();
                    cluster.kill(number);
                    cluster.spawn(number);
                    int before = acknowledged.get();
                    Patience.until(
                            () -> assertThat(acknowledged).hasValueGreaterThan(before + 500));
                }
                enough.set(true);
                sender.join();
            }
            assertThat(refused).hasValue(0);
            assertThat(cluster.clients(1).read("orders", 0, acknowledged.get()))
                    .hasSize(acknowledged.get())
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void aSecondSignalEndsItAtOnceAndItSaysWhatWasLeft() {
        try (var cluster = new Cluster(folder)) {
            cluster.spawn(1, 2, 3);
            cluster.clients(1).replicate("orders", 1);
            int leader = leaderOf(cluster, 1);
            for (int other : List.of(1, 2, 3)) {
                if (other != leader) {
                    cluster.child(other).signal("STOP");
                }
            }
            ChildBroker stopping = cluster.child(leader);
            stopping.signal("TERM");
            Patience.until(() -> assertThat(stopping.output()).contains("0 of 1 leaders moved"));

            stopping.signal("TERM");

            assertThat(stopping.awaitExit()).isEqualTo(EXIT_CODE_NOW);
            assertThat(stopping.output()).contains("1 of 1 leaders were not moved: orders-0");
        }
    }

    private static void sendUntilClosed(WireClient client, List<ProduceResponseData> answers) {
        try {
            while (true) {
                answers.add(Produced.withHint(client, "orders", "again"));
            }
        } catch (UncheckedIOException closed) {
            assertThat(answers).isNotEmpty();
        }
    }

    private static void send(
            KafkaProducer<String, String> producer,
            AtomicInteger acknowledged,
            AtomicInteger refused,
            AtomicBoolean enough) {
        for (int number = 0; !enough.get(); number++) {
            var record = new ProducerRecord<String, String>("orders", 0, null, "v" + number);
            try {
                Clients.await(producer.send(record));
                acknowledged.incrementAndGet();
            } catch (RuntimeException failed) {
                refused.incrementAndGet();
            }
        }
    }

    private static PartitionProduceResponse part(ProduceResponseData answer) {
        return answer.responses().iterator().next().partitionResponses().getFirst();
    }

    private static int leaderOf(Cluster cluster, int asked) {
        return cluster.clients(asked).partition("orders", 0).leader().id();
    }
}
