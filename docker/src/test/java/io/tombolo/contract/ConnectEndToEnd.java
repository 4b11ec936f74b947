package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.nodes.NodeProcess;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Kafka Connect in distributed mode copies a file to a file, and is killed in between. */
@ExtendWith(BothSubjects.class)
class ConnectEndToEnd {

    private static final int LINES = 50;

    @TempDir Path folder;

    private final int port = io.tombolo.nodes.Nodes.freePort();
    private int started;

    @BeforeAll
    static void connectIsThere() throws Exception {
        StockJars.fetch();
    }

    @Test
    @DisplayName("a file source and a file sink go on after kill -9 of their worker")
    void linesReachTheOtherFile(Subjects.Running running) throws Exception {
        Subject subject = StockJars.tombolo(running);
        Topic topic = subject.newTopic();
        Path in = folder.resolve("in.txt");
        Path out = folder.resolve("out.txt");
        String group = Subject.freshName("connect");
        append(in, 0);
        try (var killed = worker(subject, group)) {
            connect(killed, "source", "Source", Map.of("file", in, "topic", topic.name()));
            connect(killed, "sink", "Sink", Map.of("file", out, "topics", topic.name()));
            awaitLines(killed, out, LINES);
        }
        append(in, LINES);

        try (var next = worker(subject, group)) {
            awaitLines(next, out, 2 * LINES);
        }
    }

    /** Writes lines with these numbers to the file's end. */
    private static void append(Path file, int from) throws IOException {
        Files.write(
                file,
                IntStream.range(from, from + LINES).mapToObj(number -> "line " + number).toList(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private NodeProcess worker(Subject subject, String group) throws IOException {
        var config = new java.util.TreeMap<String, String>();
        config.put("bootstrap.servers", subject.bootstrap());
        config.put("group.id", group);
        config.put("listeners", "http://127.0.0.1:" + port);
        config.put("session.timeout.ms", "6000");
        config.put("heartbeat.interval.ms", "500");
        config.put("consumer.session.timeout.ms", "6000");
        config.put("consumer.heartbeat.interval.ms", "500");
        config.put("scheduled.rebalance.max.delay.ms", "0");
        config.put("offset.flush.interval.ms", "500");
        for (String kind : List.of("offset", "config", "status")) {
            config.put(kind + ".storage.topic", group + "-" + kind);
            config.put(kind + ".storage.replication.factor", "1");
        }
        config.put("offset.storage.partitions", "2");
        config.put("status.storage.partitions", "1");
        for (String kind : List.of("key", "value")) {
            config.put(kind + ".converter", "org.apache.kafka.connect.storage.StringConverter");
        }
        Path file = folder.resolve("worker.properties");
        Files.write(
                file,
                config.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toList());
        started++;
        return NodeProcess.start(
                StockJars.java("org.apache.kafka.connect.cli.ConnectDistributed", file.toString()),
                folder.resolve("worker-" + started + ".out"));
    }

    /** Asks the worker for a connector until it takes it. */
    private void connect(NodeProcess worker, String name, String kind, Map<String, Object> more) {
        String config =
                more.entrySet().stream()
                        .map(each -> ", \"%s\": \"%s\"".formatted(each.getKey(), each.getValue()))
                        .collect(Collectors.joining());
        String body =
                """
                { "connector.class": "org.apache.kafka.connect.file.FileStream%sConnector", "tasks.max": "1"%s }
                """
                        .formatted(kind, config);
        var request =
                HttpRequest.newBuilder()
                        .uri(
                                URI.create(
                                        "http://127.0.0.1:%d/connectors/%s/config"
                                                .formatted(port, name)))
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try (var http = HttpClient.newHttpClient()) {
            Eventually.eventually(
                    "the worker takes " + name,
                    () -> {
                        assertThat(worker.alive()).as(worker.lastOutput()).isTrue();
                        try {
                            var answer = http.send(request, BodyHandlers.ofString());
                            return answer.statusCode() + " " + answer.body();
                        } catch (IOException notYet) {
                            return notYet.toString();
                        } catch (InterruptedException stop) {
                            throw new IllegalStateException(stop);
                        }
                    },
                    answer -> answer.startsWith("201") || answer.startsWith("200"));
        }
    }

    /** Every line, perhaps more than once: a worker that dies may read and write some again. */
    private static void awaitLines(NodeProcess worker, Path file, int count) {
        Set<String> wanted =
                IntStream.range(0, count)
                        .mapToObj(number -> "line " + number)
                        .collect(Collectors.toSet());
        Eventually.eventually(
                count + " lines",
                () -> {
                    assertThat(worker.alive()).as(worker.lastOutput()).isTrue();
                    try {
                        return Files.exists(file)
                                ? new HashSet<>(Files.readAllLines(file))
                                : Set.<String>of();
                    } catch (IOException unreadable) {
                        throw new java.io.UncheckedIOException(unreadable);
                    }
                },
                wanted::equals);
    }
}
