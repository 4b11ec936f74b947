package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compaction as stock clients and Apache Kafka's dump tool see it. */
class CompactionEndToEnd {

    private static final int KEYS = 50;
    private static final int ROUNDS = 20;
    private static final long SEGMENT_MS = 3_600_000;
    private static final long FIRST_MS = 1_700_000_000_000L;

    @TempDir Path folder;

    @Test
    void ofEachKeyTheLatestRecordIsReadAtItsOffset() throws Exception {
        try (var site = Site.alone(folder).with("log.cleaner.backoff.ms", "100")) {
            site.start("eu");
            Clients clients = site.clients("eu");
            clients.create(
                    "accounts",
                    1,
                    Map.of(
                            "cleanup.policy", "compact",
                            "min.cleanable.dirty.ratio", "0.01",
                            "segment.ms", Long.toString(SEGMENT_MS),
                            "index.interval.bytes", "64",
                            "compression.type", "lz4"));
            produce(clients);
            var expected = new TreeMap<Long, String>();
            for (int key = 0; key < KEYS; key++) {
                expected.put((ROUNDS - 1L) * KEYS + key, "k" + key + "=v" + (ROUNDS - 1));
            }
            expected.put((long) ROUNDS * KEYS, "last=one"); // alone in the active segment
            Patience.untilTrue(
                    "compacted",
                    () -> read(clients, "accounts", ROUNDS * KEYS + 1L).equals(expected));

            site.restart("eu");

            assertThat(read(site.clients("eu"), "accounts", ROUNDS * KEYS + 1L))
                    .isEqualTo(expected);
            site.stop("eu");
            Path first = site.data("eu").resolve("accounts-0").resolve("00000000000000000000.log");
            assertThat(DumpTool.run(folder, "--print-data-log", first))
                    .noneMatch(line -> line.contains("isvalid: false"))
                    .filteredOn(line -> line.contains("payload: v"))
                    .hasSize(KEYS);
            Path index = first.resolveSibling("00000000000000000000.index");
            assertThat(DumpTool.run(folder, "--index-sanity-check", index))
                    .anyMatch(line -> line.contains("passed sanity check"));
        }
    }

    @Test
    void whatIsTooOldIsDeletedAndTheRestCompacted() throws Exception {
        try (var site =
                Site.alone(folder)
                        .with("log.cleaner.backoff.ms", "100")
                        .with("log.retention.check.interval.ms", "100")) {
            site.start("eu");
            Clients clients = site.clients("eu");
            clients.create(
                    "sessions",
                    1,
                    Map.of(
                            "cleanup.policy",
                            "compact,delete",
                            "retention.ms",
                            Long.toString(Duration.ofDays(7).toMillis()),
                            "min.cleanable.dirty.ratio",
                            "0.01",
                            "segment.ms",
                            Long.toString(SEGMENT_MS)));
            long recentMs = System.currentTimeMillis() - Duration.ofDays(1).toMillis();
            try (var producer = clients.producer(Map.of("batch.size", 0))) {
                // The latest of its key, but long ago: compaction alone would keep it.
                send(producer, FIRST_MS, "gone", "v");
                send(producer, FIRST_MS, "kept", "old");
                send(producer, recentMs, "kept", "older");
                send(producer, recentMs, "kept", "latest");

                Patience.untilTrue("deleted", () -> beginning(clients, "sessions") == 2);

                send(producer, recentMs + 2 * SEGMENT_MS, "last", "one");
            }
            Patience.untilTrue(
                    "compacted",
                    () ->
                            read(clients, "sessions", 5)
                                    .equals(Map.of(3L, "kept=latest", 4L, "last=one")));
            assertThat(beginning(clients, "sessions")).isEqualTo(2);
        }
    }

    private static long beginning(Clients clients, String topic) {
        var place = new TopicPartition(topic, 0);
        try (var consumer = clients.consumer("reader")) {
            return consumer.beginningOffsets(List.of(place)).get(place);
        }
    }

    private static void send(
            KafkaProducer<String, String> producer, long timestampMs, String key, String value) {
        Clients.await(producer.send(new ProducerRecord<>("sessions", 0, timestampMs, key, value)));
    }

    @Test
    void theTopicOfCommittedOffsetsStaysSmall() throws Exception {
        try (var site = Site.alone(folder).with("log.cleaner.backoff.ms", "100")) {
            site.start("eu");
            Clients clients = site.clients("eu");
            clients.create("orders", 1);
            clients.commit("billing", "orders", 0, 0);
            clients.configure("__consumer_offsets", Map.of("segment.ms", "1"));
            var place = new TopicPartition("orders", 0);
            var committed = new long[1];
            try (var consumer = clients.consumer("billing")) {
                consumer.assign(List.of(place));
                while (committed[0] < 200) {
                    for (int more = 0; more < 49; more++) {
                        committed[0]++;
                        consumer.commitAsync(offset(place, committed[0]), null);
                    }
                    committed[0]++;
                    consumer.commitSync(offset(place, committed[0]));
                }
                Patience.untilTrue(
                        "fewer bytes than the commits had",
                        () -> {
                            // What comes later begins a segment, so that those before can go.
                            committed[0]++;
                            consumer.commitSync(offset(place, committed[0]));
                            // A commit takes more than sixty bytes.
                            return bytes(site.data("eu")) < 30 * committed[0];
                        });
            }

            site.restart("eu");

            assertThat(site.clients("eu").committed("billing", "orders", 0))
                    .isEqualTo(committed[0]);
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> offset(TopicPartition at, long offset) {
        return Map.of(at, new OffsetAndMetadata(offset));
    }

    /** The same keys again and again, and a record whose time closes their segment. */
    private static void produce(Clients clients) {
        try (var producer = clients.producer(Map.of("batch.size", 200))) {
            var sent = new ArrayList<java.util.concurrent.Future<?>>();
            for (int round = 0; round < ROUNDS; round++) {
                for (int key = 0; key < KEYS; key++) {
                    sent.add(
                            producer.send(
                                    new ProducerRecord<>(
                                            "accounts", 0, FIRST_MS, "k" + key, "v" + round)));
                }
            }
            producer.flush();
            sent.add(
                    producer.send(
                            new ProducerRecord<>(
                                    "accounts", 0, FIRST_MS + 2 * SEGMENT_MS, "last", "one")));
            producer.flush();
            sent.forEach(Clients::await);
        }
    }

    /** All records there are, by offset. */
    private static Map<Long, String> read(Clients clients, String topic, long end) {
        var place = new TopicPartition(topic, 0);
        var found = new TreeMap<Long, String>();
        try (var consumer = clients.consumer("reader")) {
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            Patience.untilTrue(
                    "read to " + end,
                    () -> {
                        for (ConsumerRecord<String, String> record :
                                consumer.poll(Duration.ofMillis(200))) {
                            found.put(record.offset(), record.key() + "=" + record.value());
                        }
                        return consumer.position(place) >= end;
                    });
        }
        return found;
    }

    private static long bytes(Path data) {
        long sum = 0;
        try (var partitions = Files.newDirectoryStream(data, "__consumer_offsets-*")) {
            for (Path partition : partitions) {
                try (var logs = Files.newDirectoryStream(partition, "*.log")) {
                    for (Path log : logs) {
                        sum += size(log);
                    }
                }
            }
            return sum;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException replaced) {
            return 0;
        }
    }
}
