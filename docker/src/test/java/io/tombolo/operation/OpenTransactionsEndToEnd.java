package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.nodes.NodeProcess;
import io.tombolo.nodes.Nodes;

import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A transaction of an Apache Kafka that dies before it has ended, in the region that takes over.
 */
class OpenTransactionsEndToEnd {

    private static final String POLICY = "/api/v1/failover/eu-to-us";

    @TempDir Path folder;
    private NodeProcess kafka;
    private Site site;
    private Clients eu;
    private Clients us;

    @BeforeEach
    void copyAnApacheKafka() throws Exception {
        int port = Nodes.freePort();
        kafka = LoneKafka.start(folder, port, "");
        eu = new Clients("127.0.0.1:" + port);
        site = Site.fedBy(folder, eu.bootstrap());
        us = site.clients("us");
        site.start("us");
        Patience.until(() -> eu.create("orders", 2));
    }

    @AfterEach
    void stop() {
        site.close();
        kafka.close();
    }

    @Test
    void aTransactionThatTheSourceLeftOpenIsAbortedAndTold() throws Exception {
        try (var ended = transactional("ended");
                var torn = transactional("torn");
                var open = transactional("open")) {
            ended.beginTransaction();
            send(ended, 0, "a", "b");
            ended.commitTransaction();
            // Two records and the marker, which comes a little later.
            Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(3));
            open.beginTransaction();
            send(open, 0, "x", "y", "z");
            send(open, 1, "w");
            eu.produce("orders", 0, "c");
            torn.beginTransaction();
            send(torn, 0, "t");
            send(torn, 1, "u");
            commitOnlyIn(0, 7);
            Patience.until(() -> {
                assertThat(us.end("orders", 0)).isEqualTo(9);
                assertThat(us.end("orders", 1)).isEqualTo(2);
            });
            kafka.kill();
            torn.close(Duration.ZERO);
            open.close(Duration.ZERO);
            ended.close(Duration.ZERO);
        }

        AdminHttp.Answer answer = site.admin("us").post(POLICY + "?force=true");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(aborted(answer.json()))
                .containsExactly("orders-0@3: 3", "orders-1@0: 1", "orders-1@1: 1");
        assertThat(torn(answer.json())).containsExactly("[orders-0@7] [orders-1@1]");
        us.produce("orders", 0, "d");
        assertThat(committed(0, 5)).containsExactly("a", "b", "c", "t", "d");
        us.produce("orders", 1, "e");
        assertThat(committed(1, 1)).containsExactly("e");
        assertThat(us.end("orders", 0)).isEqualTo(11);

        // Once is enough, and who asks later is told.
        site.restart("us");
        JsonNode finished = site.admin("us").get(POLICY).json().get("finished");
        assertThat(aborted(finished))
                .containsExactly("orders-0@3: 3", "orders-1@0: 1", "orders-1@1: 1");
        assertThat(torn(finished)).containsExactly("[orders-0@7] [orders-1@1]");
        assertThat(us.end("orders", 0)).isEqualTo(11);
        assertThat(committed(0, 5)).containsExactly("a", "b", "c", "t", "d");
    }

    /** As if the source had died while it wrote markers: one partition has one, another has not. */
    private void commitOnlyIn(int partition, long firstOffset) {
        var place = new TopicPartition("orders", partition);
        ProducerState producer =
                eu
                        .admin(admin ->
                                admin.describeProducers(List.of(place)).partitionResult(place))
                        .activeProducers()
                        .stream()
                        .filter(one ->
                                one.currentTransactionStartOffset().orElse(-1) == firstOffset)
                        .findFirst()
                        .orElseThrow();
        var marker =
                new WritableTxnMarker()
                        .setProducerId(producer.producerId())
                        .setProducerEpoch((short) (producer.producerEpoch() + 1))
                        .setTransactionResult(true)
                        .setTransactionVersion((byte) 2)
                        .setTopics(
                                List.of(
                                        new WritableTxnMarkerTopic()
                                                .setName("orders")
                                                .setPartitionIndexes(List.of(partition))));
        try (var wire = new WireClient(eu.bootstrap())) {
            WriteTxnMarkersResponseData answer =
                    wire.call(new WriteTxnMarkersRequestData().setMarkers(List.of(marker)), 2);
            var result = answer.markers().getFirst().topics().getFirst().partitions().getFirst();
            assertThat(result.errorCode()).isZero();
        }
    }

    /** Where each torn transaction is committed, and where it is aborted. */
    private static List<String> torn(JsonNode outcome) {
        var all = new ArrayList<String>();
        for (JsonNode one : outcome.get("torn")) {
            all.add(pieces(one.get("committed")) + " " + pieces(one.get("aborted")));
        }
        return all;
    }

    private static List<String> pieces(JsonNode pieces) {
        var all = new ArrayList<String>();
        for (JsonNode one : pieces) {
            all.add(
                    "%s-%d@%d"
                            .formatted(
                                    one.get("topic").asString(),
                                    one.get("partition").asInt(),
                                    one.get("firstOffset").asLong()));
        }
        return all;
    }

    private KafkaProducer<String, String> transactional(String id) {
        var producer =
                eu.producer(Map.of("transactional.id", id, "transaction.timeout.ms", 600_000));
        producer.initTransactions();
        return producer;
    }

    private static void send(
            KafkaProducer<String, String> producer, int partition, String... values) {
        for (String value : values) {
            producer.send(new ProducerRecord<>("orders", partition, "k", value));
        }
        producer.flush();
    }

    /** Partition, first offset and number of records of each transaction that was told. */
    private static List<String> aborted(JsonNode outcome) {
        var all = new ArrayList<String>();
        for (JsonNode partition : outcome.get("aborted")) {
            assertThat(partition.get("count").asInt())
                    .isEqualTo(partition.get("transactions").size());
            for (JsonNode one : partition.get("transactions")) {
                assertThat(one.get("producerId").asLong()).isNotNegative();
                all.add(
                        "%s-%d@%d: %d"
                                .formatted(
                                        partition.get("topic").asString(),
                                        partition.get("partition").asInt(),
                                        one.get("firstOffset").asLong(),
                                        one.get("records").asLong()));
            }
        }
        return all;
    }

    /** What a consumer gets that reads what is committed. */
    private List<String> committed(int partition, int count) {
        var values = new ArrayList<String>();
        var place = new TopicPartition("orders", partition);
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers", us.bootstrap(),
                        "isolation.level", "read_committed",
                        "fetch.max.wait.ms", "100");
        try (var consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            Patience.until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(one -> values.add(one.value()));
                assertThat(values).hasSizeGreaterThanOrEqualTo(count);
            });
        }
        return values;
    }
}
