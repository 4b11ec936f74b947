package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** What a broker knows after an orderly stop and a start. */
class RestartEndToEnd {

    @TempDir Path folder;

    @Test
    void aRestartKeepsTopicsRecordsConfigsAndCommittedOffsets() throws Exception {
        try (var site = Site.alone(folder)) {
            site.start("eu");
            Clients clients = site.clients("eu");
            clients.create("orders", 3, Map.of("retention.ms", "7200000"));
            setBytesMax(clients, "777777");
            clients.produce("orders", 1, "a", "b", "c");
            clients.commit("billing", "orders", 1, 2);
            TopicDescription before = describe(clients, "orders");

            site.restart("eu");

            assertThat(describe(clients, "orders").topicId()).isEqualTo(before.topicId());
            assertThat(describe(clients, "orders").partitions()).hasSize(3);
            assertThat(clients.read("orders", 1, 3)).containsExactly("a", "b", "c");
            assertThat(clients.committed("billing", "orders", 1)).isEqualTo(2);
            assertThat(config(clients, "retention.ms")).isEqualTo("7200000");
            assertThat(config(clients, "max.message.bytes")).isEqualTo("777777");
            clients.produce("orders", 1, "d");
            assertThat(clients.read("orders", 1, 4)).endsWith("d");
        }
    }

    private static void setBytesMax(Clients clients, String value) {
        var entry = new ConfigEntry("max.message.bytes", value);
        var change = List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET));
        clients.admin(admin -> admin.incrementalAlterConfigs(Map.of(orders(), change)).all());
    }

    private static String config(Clients clients, String key) {
        var configs = clients.admin(admin -> admin.describeConfigs(List.of(orders())).all());
        return configs.values().iterator().next().get(key).value();
    }

    private static ConfigResource orders() {
        return new ConfigResource(ConfigResource.Type.TOPIC, "orders");
    }

    private static TopicDescription describe(Clients clients, String topic) {
        var all = clients.admin(admin -> admin.describeTopics(List.of(topic)).allTopicNames());
        return all.values().iterator().next();
    }

    @Test
    void aDuplicateIsRecognisedAfterARestart() throws Exception {
        try (var site = Site.alone(folder)) {
            site.start("eu");
            site.clients("eu").create("orders", 1);
            int port = site.portsOf("eu").kafka();
            try (var client = new WireClient(port)) {
                Produced.whenLed(client, "orders", 4000, "first");
                Produced.send(client, "orders", 4000, 1, "second");
            }

            site.restart("eu");

            try (var client = new WireClient(port)) {
                var again = Produced.send(client, "orders", 4000, 1, "second");
                assertThat(Errors.forCode(again.errorCode())).isEqualTo(Errors.NONE);
                assertThat(again.baseOffset()).isEqualTo(1);
                var gap = Produced.send(client, "orders", 4000, 7, "eighth");
                assertThat(Errors.forCode(gap.errorCode()))
                        .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            }
            assertThat(site.clients("eu").end("orders", 0)).isEqualTo(2);
        }
    }

    @Test
    void aTopicMadeAgainUnderItsNameKeepsItsRecords() throws Exception {
        try (var site = Site.alone(folder)) {
            site.start("eu");
            Clients clients = site.clients("eu");
            clients.create("orders", 2);
            clients.produce("orders", 0, "old");
            Uuid first = describe(clients, "orders").topicId();
            clients.delete("orders");
            clients.create("orders", 2);
            clients.produce("orders", 0, "new");
            clients.produce("orders", 1, "other");

            site.restart("eu");

            assertThat(describe(clients, "orders").topicId()).isNotEqualTo(first);
            assertThat(clients.read("orders", 0, 1)).containsExactly("new");
            assertThat(clients.read("orders", 1, 1)).containsExactly("other");
        }
    }

    @Test
    void aNameThatIsTakenAgainAndAgainEndsWithAWorkingTopic() throws Exception {
        try (var site = Site.alone(folder)) {
            site.start("eu");
            Clients clients = site.clients("eu");
            for (int round = 0; round < 15; round++) {
                clients.create("orders", 2);
                clients.delete("orders");
            }

            clients.create("orders", 2);

            clients.produce("orders", 0, "a");
            clients.produce("orders", 1, "b");
            assertThat(clients.read("orders", 0, 1)).containsExactly("a");
            assertThat(clients.read("orders", 1, 1)).containsExactly("b");
        }
    }

    @Test
    void whatIsAcknowledgedWhileABrokerStopsIsThereAfterwards() throws Exception {
        try (var site = Site.alone(folder)) {
            site.start("eu");
            Clients clients = site.clients("eu");
            clients.create("orders", 1);
            var acknowledged = new AtomicInteger();
            var stopping = new AtomicBoolean();
            Thread writer = writer(clients, acknowledged, stopping);
            Patience.until(() -> assertThat(acknowledged).hasValueGreaterThan(200));

            site.stop("eu");
            stopping.set(true);
            writer.join();

            site.start("eu");
            int wanted = acknowledged.get();
            List<String> values = clients.read("orders", 0, wanted);
            assertThat(values).doesNotHaveDuplicates();
            for (int index = 0; index < wanted; index++) {
                assertThat(values.get(index)).isEqualTo(Integer.toString(index));
            }
        }
    }

    /** Writes 0, 1, 2, … one after the other until an acknowledgement fails. */
    private static Thread writer(
            Clients clients, AtomicInteger acknowledged, AtomicBoolean stopping) {
        return Thread.ofPlatform()
                .start(() -> {
                    var settings =
                            Map.<String, Object>of(
                                    "delivery.timeout.ms", 1_500,
                                    "request.timeout.ms", 1_000);
                    try (var producer = clients.producer(settings)) {
                        while (!stopping.get()) {
                            String value = Integer.toString(acknowledged.get());
                            Clients.await(
                                    producer.send(
                                            new org.apache.kafka.clients.producer.ProducerRecord<>(
                                                    "orders", 0, "k", value)));
                            acknowledged.incrementAndGet();
                        }
                    } catch (RuntimeException stopped) {
                        stopping.set(true); // the broker went away, as it should
                    }
                });
    }
}
