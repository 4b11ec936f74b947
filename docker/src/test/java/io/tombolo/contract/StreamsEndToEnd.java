package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.tombolo.nodes.NodeProcess;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** Kafka Streams counts words exactly once, is killed, goes on, and loses its disk. */
@ExtendWith(BothSubjects.class)
class StreamsEndToEnd {

    private static final List<String> WORDS = List.of("sand", "sea", "spit");
    private static final int LINES = 60;
    private static final Duration POLL = Duration.ofMillis(200);

    @TempDir Path folder;

    private int started;

    @BeforeAll
    static void streamsAreThere() throws Exception {
        StockJars.fetch();
    }

    /** One application and its topics. */
    private record Count(Subject subject, Topic in, Topic out, String application) {}

    @Test
    @DisplayName("a word count counts each word once through kill -9 and the loss of its state")
    void wordsAreCountedOnce(Subjects.Running running) throws Exception {
        Subject subject = StockJars.tombolo(running);
        var count =
                new Count(
                        subject,
                        subject.newTopic(2, Map.of()),
                        subject.newTopic(1, Map.of()),
                        Subject.freshName("words"));
        Path disk = folder.resolve("disk");
        feed(count, LINES);
        try (var killed = start(count, disk)) {
            awaitCounted(count, 1);
        }
        feed(count, LINES);
        Map<String, Long> expected = new TreeMap<>();
        WORDS.forEach(word -> expected.put(word, 2L * LINES));
        try (var second = start(count, disk)) {
            awaitCounted(count, 2 * LINES);
            assertThat(stop(second)).isEqualTo(expected);
        }
        try (var third = start(count, folder.resolve("empty"))) {
            feed(count, 1);
            awaitCounted(count, 2 * LINES + 1);
            WORDS.forEach(word -> expected.put(word, 2L * LINES + 1));
            assertThat(stop(third)).as("restored").isEqualTo(expected);
        }
        counts(count)
                .forEach((word, counts) ->
                        assertThat(counts)
                                .as(word)
                                .isEqualTo(
                                        LongStream.rangeClosed(1, 2L * LINES + 1)
                                                .boxed()
                                                .toList()));
    }

    private NodeProcess start(Count count, Path disk) {
        started++;
        Path program =
                Path.of("target", "test-classes", "stock", "WordCount.java").toAbsolutePath();
        return NodeProcess.start(
                StockJars.java(
                        program.toString(),
                        count.subject().bootstrap(),
                        count.application(),
                        count.in().name(),
                        count.out().name(),
                        disk.toString(),
                        stopFile().toString()),
                folder.resolve("words-" + started + ".out"));
    }

    private Path stopFile() {
        return folder.resolve("stop-" + started);
    }

    /** What the application's state holds; it ends in good order. */
    private Map<String, Long> stop(NodeProcess process) throws Exception {
        Files.createFile(stopFile());
        Path state = Path.of(stopFile() + ".state");
        assertThat(process.awaitExit()).as(process.lastOutput()).isZero();
        var held = new TreeMap<String, Long>();
        for (String line : Files.readAllLines(state)) {
            String[] pair = line.split("=");
            held.put(pair[0], Long.valueOf(pair[1]));
        }
        return held;
    }

    /** So many lines, each with every word once. */
    private static void feed(Count count, int lines) throws Exception {
        try (var producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", count.subject().bootstrap()),
                        new StringSerializer(),
                        new StringSerializer())) {
            for (int line = 0; line < lines; line++) {
                int partition = line % 2;
                producer.send(
                                new ProducerRecord<>(
                                        count.in().name(), partition, "k", String.join(" ", WORDS)))
                        .get(60, SECONDS);
            }
        }
    }

    private static void awaitCounted(Count count, long wanted) {
        Eventually.eventually(
                "each word is counted " + wanted + " times",
                () -> counts(count),
                counts ->
                        counts.size() == WORDS.size()
                                && counts.values().stream()
                                        .allMatch(each -> each.getLast() >= wanted));
    }

    /** All counts that were committed, by word, in order. */
    private static Map<String, List<Long>> counts(Count count) {
        var counts = new TreeMap<String, List<Long>>();
        var place = new TopicPartition(count.out().name(), 0);
        try (var consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                count.subject().bootstrap(),
                                "isolation.level",
                                "read_committed"),
                        new StringDeserializer(),
                        new LongDeserializer())) {
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            long end = consumer.endOffsets(List.of(place)).get(place);
            while (consumer.position(place) < end) {
                consumer.poll(POLL)
                        .forEach(record ->
                                counts.computeIfAbsent(record.key(), _ -> new ArrayList<>())
                                        .add(record.value()));
            }
        }
        return counts;
    }
}
