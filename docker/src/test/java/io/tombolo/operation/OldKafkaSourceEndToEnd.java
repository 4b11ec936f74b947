package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.nodes.MavenJars;
import io.tombolo.nodes.NodeProcess;
import io.tombolo.nodes.Nodes;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A link from an Apache Kafka of an older release, as far back as links go. */
class OldKafkaSourceEndToEnd {

    private static final String CLUSTER_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

    @TempDir Path folder;

    /**
     * @param idempotent whether that release gives out producer ids without ZooKeeper
     */
    @ParameterizedTest
    @CsvSource({"kafka-2.8, false", "kafka-3.9, true"})
    void anOlderReleaseIsCopiedAndTakenOver(String release, boolean idempotent) throws Exception {
        var jars = new MavenJars(release);
        jars.fetch();
        int port = Nodes.freePort();
        try (NodeProcess _ = start(jars, port);
                var site = Site.fedBy(folder, "127.0.0.1:" + port)) {
            var eu = new Clients("127.0.0.1:" + port);
            site.start("us");
            Clients us = site.clients("us");
            Patience.until(() -> eu.create("orders", 2));
            produce(eu, idempotent, 100);
            eu.commit("billing", "orders", 0, 40);

            Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(100));
            assertThat(records(us)).isEqualTo(records(eu));
            Patience.until(() -> assertThat(us.committed("billing", "orders", 0)).isEqualTo(40));
            assertThat(site.admin("us").link("eu-to-us").get("state").asString())
                    .isEqualTo("ACTIVE");

            var forced = site.admin("us").post("/api/v1/failover/eu-to-us?force=true");
            assertThat(forced.status()).as(forced.body()).isEqualTo(200);
            Patience.until(() -> us.produce("orders", 0, "written in us"));
            assertThat(us.end("orders", 0)).isEqualTo(101);
        }
    }

    private NodeProcess start(MavenJars jars, int port) throws IOException, InterruptedException {
        Path properties = folder.resolve("server.properties");
        Files.writeString(
                properties,
                """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%3$s
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                log.cleaner.dedupe.buffer.size=4194304
                """
                        .formatted(port, Nodes.freePort(), folder.resolve("kafka")));
        List<String> format =
                jars.java(
                        "kafka.tools.StorageTool",
                        "format",
                        "-t",
                        CLUSTER_ID,
                        "-c",
                        properties.toString());
        int code =
                new ProcessBuilder(format)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("format.out").toFile())
                        .start()
                        .waitFor();
        assertThat(code).isZero();
        return NodeProcess.start(
                jars.java("kafka.Kafka", properties.toString()), folder.resolve("kafka.out"));
    }

    private static void produce(Clients clients, boolean idempotent, int count) {
        Map<String, Object> settings = Map.of("enable.idempotence", idempotent, "batch.size", 300);
        try (var producer = clients.producer(settings)) {
            var sent = new ArrayList<java.util.concurrent.Future<?>>();
            for (int number = 0; number < count; number++) {
                sent.add(
                        producer.send(
                                new ProducerRecord<>("orders", 0, "k" + number, "v" + number)));
            }
            producer.flush();
            sent.forEach(Clients::await);
        }
    }

    /** What a consumer sees of them: offset, time, leader epoch, key and value. */
    private static List<String> records(Clients clients) {
        var place = new TopicPartition("orders", 0);
        var found = new ArrayList<String>();
        try (var consumer = clients.consumer("reader")) {
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            Patience.untilTrue(
                    "100 records",
                    () -> {
                        for (ConsumerRecord<String, String> one :
                                consumer.poll(Duration.ofMillis(200))) {
                            found.add(
                                    "%d %d %s %s %s"
                                            .formatted(
                                                    one.offset(),
                                                    one.timestamp(),
                                                    one.leaderEpoch(),
                                                    one.key(),
                                                    one.value()));
                        }
                        return found.size() == 100;
                    });
        }
        return found;
    }
}
