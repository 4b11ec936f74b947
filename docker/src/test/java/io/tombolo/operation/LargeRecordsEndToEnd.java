package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Future;

/** Records of nearly a whole request, and a broker with the heap that the launcher gives it. */
class LargeRecordsEndToEnd {

    private static final int VALUE_BYTES = 95_000_000;
    private static final int BYTES_MAX = 100_000_000;

    @TempDir Path folder;
    private Site site;
    private ChildBroker broker;
    private Clients clients;

    @BeforeEach
    void start() {
        site = Site.alone(folder);
        // The launcher's default.
        broker = ChildBroker.start(site, "eu", "broker", "256m").awaitReady();
        clients = site.clients("eu");
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "lz4"})
    void aLargeRecordIsTakenWholeWhileOthersAreServed(String compression) {
        createTopics("producer");
        byte[] value = randomBytes();

        produceBesideOthers(compression, value);

        assertThat(Arrays.equals(read(), value)).isTrue();
        theBrokerIsWell();
    }

    /** Compressing it anew takes several times its size, which this heap does not have. */
    @ParameterizedTest(name = "sent {0}, kept {1}")
    @CsvSource({"none, lz4", "zstd, gzip", "lz4, uncompressed"})
    void aLargeRecordThatWouldHaveToBeCompressedAnewIsRefused(String sent, String kept) {
        createTopics(kept);

        assertThatThrownBy(() -> produceBesideOthers(sent, randomBytes()))
                .isInstanceOf(RecordTooLargeException.class);

        theBrokerIsWell();
    }

    private void createTopics(String compression) {
        clients.create("orders", 1);
        clients.create(
                "large",
                1,
                Map.of(
                        "max.message.bytes",
                        Integer.toString(BYTES_MAX),
                        "compression.type",
                        compression));
    }

    private static byte[] randomBytes() {
        var value = new byte[VALUE_BYTES];
        new SplittableRandom(1).nextBytes(value);
        return value;
    }

    private void produceBesideOthers(String compression, byte[] value) {
        try (var producer = producer(compression)) {
            Future<?> taken = producer.send(new ProducerRecord<>("large", 0, null, value));
            clients.produce("orders", 0, "meanwhile");
            Clients.await(taken);
        }
    }

    private void theBrokerIsWell() {
        assertThat(broker.alive()).isTrue();
        assertThat(broker.output()).doesNotContain("OutOfMemoryError");
        clients.produce("orders", 0, "afterwards");
        assertThat(clients.read("orders", 0, 2)).containsExactly("meanwhile", "afterwards");
    }

    private KafkaProducer<byte[], byte[]> producer(String compression) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap(),
                        "max.request.size",
                        BYTES_MAX,
                        "buffer.memory",
                        2L * BYTES_MAX,
                        "compression.type",
                        compression,
                        "acks",
                        "all",
                        "delivery.timeout.ms",
                        50_000,
                        "request.timeout.ms",
                        40_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private byte[] read() {
        var place = new TopicPartition("large", 0);
        var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer =
                new KafkaConsumer<>(
                        Map.<String, Object>of("bootstrap.servers", bootstrap()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            Patience.untilTrue(
                    "the large record is read",
                    () -> {
                        consumer.poll(Duration.ofMillis(500)).forEach(found::add);
                        return !found.isEmpty();
                    });
        }
        return found.getFirst().value();
    }

    private String bootstrap() {
        return "127.0.0.1:" + site.portsOf("eu").kafka();
    }
}
