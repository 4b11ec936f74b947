package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** What is read, worked on and written in transactions while brokers of a region die. */
class RegionTransactionsEndToEnd {

    private static final int[] ALL = {1, 2, 3};
    private static final int FED = 40;

    /** A broker that stands still does not close its connections. */
    private static final int REQUEST_MS = 2_000;

    private static final Duration POLL = Duration.ofMillis(200);
    private static final TopicPartition IN = new TopicPartition("in", 0);

    @TempDir Path folder;

    private final AtomicInteger worked = new AtomicInteger();
    private final AtomicBoolean done = new AtomicBoolean();
    private int fed;

    @Test
    void eachRecordIsWorkedOnOnceWhileCoordinatorAndLeaderDieOrStandStill() throws Exception {
        try (var cluster =
                new Cluster(folder)
                        .with("offsets.topic.num.partitions", "1")
                        .with("transaction.state.log.num.partitions", "1")) {
            cluster.spawn(ALL);
            for (String topic : List.of("in", "out", "copy")) {
                cluster.clients(1).replicate(topic, 1);
            }
            Thread worker =
                    Thread.ofPlatform().start(() -> workUntilDone(cluster.everybody().bootstrap()));

            for (String topic : List.of("__transaction_state", "out")) {
                work(cluster);
                int killed = leaderOf(cluster, topic);
                feed(cluster);
                cluster.kill(killed);
                work(cluster);
                cluster.spawn(killed);
            }
            for (String topic : List.of("__transaction_state", "out")) {
                workWhileItStandsStill(cluster, leaderOf(cluster, topic));
            }
            List<String> out = committed(cluster, "out");
            done.set(true);
            worker.join();

            List<String> values = values(0, fed);
            assertThat(out).isEqualTo(values);
            assertThat(committed(cluster, "copy")).isEqualTo(values);
        }
    }

    /**
     * Stopped in the midst of commits, and let go on when others have brought them to their end.
     */
    private void workWhileItStandsStill(Cluster cluster, int broker) {
        work(cluster);
        cluster.child(broker).signal("STOP");
        committed(cluster, "out");
        cluster.child(broker).signal("CONT");
        work(cluster);
    }

    /** Feeds records and waits until the worker is in the midst of them. */
    private void work(Cluster cluster) {
        int before = worked.get();
        feed(cluster);
        Patience.until(() -> assertThat(worked.get()).isGreaterThan(before));
    }

    private void feed(Cluster cluster) {
        cluster.everybody().produce("in", 0, values(fed, fed + FED).toArray(String[]::new));
        fed += FED;
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }

    private static int leaderOf(Cluster cluster, String topic) throws Exception {
        try (Admin admin =
                Admin.create(
                        Map.of(
                                "bootstrap.servers",
                                everybody(cluster),
                                "request.timeout.ms",
                                REQUEST_MS))) {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .getFirst()
                    .leader()
                    .id();
        }
    }

    private static String everybody(Cluster cluster) {
        return cluster.everybody().bootstrap();
    }

    private void workUntilDone(String bootstrap) {
        while (!done.get()) {
            try (var consumer = consumer(bootstrap, "worker");
                    var producer = producer(bootstrap)) {
                producer.initTransactions();
                consumer.subscribe(List.of(IN.topic()));
                while (!done.get()) {
                    for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
                        work(producer, consumer, record);
                    }
                }
            } catch (KafkaException fatal) {
                // Begins anew from what is committed.
            }
        }
    }

    private void work(
            KafkaProducer<String, String> producer,
            KafkaConsumer<String, String> consumer,
            ConsumerRecord<String, String> record) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("out", record.value()));
        producer.send(new ProducerRecord<>("copy", record.value()));
        var position = new HashMap<TopicPartition, OffsetAndMetadata>();
        position.put(IN, new OffsetAndMetadata(record.offset() + 1));
        producer.sendOffsetsToTransaction(position, consumer.groupMetadata());
        producer.commitTransaction();
        worked.incrementAndGet();
    }

    private static KafkaProducer<String, String> producer(String bootstrap) {
        return new KafkaProducer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        bootstrap,
                        "transactional.id",
                        "worker",
                        "request.timeout.ms",
                        REQUEST_MS,
                        "transaction.timeout.ms",
                        10_000),
                new StringSerializer(),
                new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(String bootstrap, String group) {
        return new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        bootstrap,
                        "group.id",
                        group,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false,
                        "session.timeout.ms",
                        6_000,
                        "request.timeout.ms",
                        REQUEST_MS,
                        "isolation.level",
                        "read_committed"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private List<String> committed(Cluster cluster, String topic) {
        var values = new ArrayList<String>();
        var partition = new TopicPartition(topic, 0);
        try (var consumer = consumer(everybody(cluster), "reader of " + topic)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            Patience.until(() -> {
                consumer.poll(POLL).forEach(record -> values.add(record.value()));
                assertThat(values).hasSizeGreaterThanOrEqualTo(fed);
            });
        }
        return values;
    }
}
