package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** Many of everything, and clients that leave without a word. */
class StrainEndToEnd {

    @TempDir static Path folder;
    private static Site site;
    private static Clients clients;
    private static ChildBroker broker;

    @BeforeAll
    static void start() {
        site = Site.alone(folder).with("group.min.session.timeout.ms", "100");
        clients = site.clients("eu");
        broker = ChildBroker.start(site, "eu", "broker").awaitReady();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void aBrokerHasFewThreadsAndGivesItsFilesBack() throws Exception {
        clients.create("warm", 1);
        clients.produce("warm", 0, "a");
        long threads = entries("task");
        long files = entries("fd");
        assertThat(threads).isLessThan(30);

        List<String> names = IntStream.range(0, 200).mapToObj(n -> "topic-" + n).toList();
        clients.admin(admin ->
                admin.createTopics(
                                names.stream()
                                        .map(name -> new NewTopic(name, 1, (short) 1))
                                        .map(topic ->
                                                topic.configs(
                                                        Map.of("file.delete.delay.ms", "100")))
                                        .toList())
                        .all());
        write(names);
        Patience.until(() -> assertThat(entries("fd")).isGreaterThan(files + 150));
        clients.admin(admin -> admin.deleteTopics(names).all());

        Patience.until(() -> assertThat(entries("fd")).isLessThan(files + 20));
        Patience.until(() -> assertThat(folders()).noneMatch(name -> name.contains("topic-")));
        assertThat(entries("task")).isLessThan(30);
    }

    /** Only a partition with a record has files. */
    private static void write(List<String> topics) {
        try (var producer = clients.producer(Map.of())) {
            topics.forEach(topic -> producer.send(new ProducerRecord<>(topic, 0, "k", "a")));
        }
    }

    private long entries(String kind) throws IOException {
        try (var entries = Files.list(Path.of("/proc", Long.toString(broker.pid()), kind))) {
            return entries.count();
        }
    }

    private List<String> folders() throws IOException {
        try (var entries = Files.list(site.data("eu"))) {
            return entries.map(path -> path.getFileName().toString()).toList();
        }
    }

    @Test
    void clientsThatLeaveDuringAFetchAreForgotten() throws Exception {
        clients.create("parked", 1);
        clients.produce("parked", 0, "a");
        long files = entries("fd");
        for (int round = 0; round < 150; round++) {
            try (var client = new WireClient(site.portsOf("eu").kafka())) {
                client.send(patientFetch(), 12);
            }
        }

        Patience.until(() -> assertThat(entries("fd")).isLessThan(files + 10));

        clients.produce("parked", 0, "b");
        assertThat(clients.read("parked", 0, 2)).containsExactly("a", "b");
        assertThat(broker.output()).doesNotContain("ERROR");
    }

    private static FetchRequestData patientFetch() {
        var partition =
                new FetchRequestData.FetchPartition()
                        .setPartition(0)
                        .setFetchOffset(1)
                        .setPartitionMaxBytes(1 << 20);
        var topic =
                new FetchRequestData.FetchTopic()
                        .setTopic("parked")
                        .setPartitions(List.of(partition));
        return new FetchRequestData()
                .setMaxWaitMs(40_000)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setTopics(List.of(topic));
    }

    @Test
    void aMemberThatLeavesWhileItJoinsDoesNotStopItsGroup() {
        clients.create("joined", 2);
        clients.produce("joined", 0, "a");
        try (var member = clients.consumer("billing")) {
            member.subscribe(List.of("joined"));
            var seen = new ArrayList<String>();
            Patience.until(() -> {
                member.poll(Duration.ofMillis(100)).forEach(one -> seen.add(one.value()));
                assertThat(seen).hasSize(1);
            });
            try (var leaver = new WireClient(site.portsOf("eu").kafka())) {
                leaver.send(join(), 3);
            }

            clients.produce("joined", 1, "b");

            Patience.until(() -> {
                member.poll(Duration.ofMillis(100)).forEach(one -> seen.add(one.value()));
                assertThat(seen).containsExactly("a", "b");
            });
        }
        assertThat(broker.output()).doesNotContain("ERROR");
    }

    private static JoinGroupRequestData join() {
        var protocols = new JoinGroupRequestData.JoinGroupRequestProtocolCollection();
        protocols.add(
                new JoinGroupRequestData.JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata(new byte[] {0, 1, 0, 0, 0, 0, -1, -1, -1, -1}));
        return new JoinGroupRequestData()
                .setGroupId("billing")
                .setSessionTimeoutMs(500)
                .setRebalanceTimeoutMs(30_000)
                .setProtocolType("consumer")
                .setProtocols(protocols);
    }

    @Test
    void aFetchOfFiveHundredPartitionsGetsAllOfThem() {
        clients.create("wide", 500);
        try (var producer = clients.producer(Map.of("linger.ms", 20))) {
            for (int partition = 0; partition < 500; partition++) {
                producer.send(
                        new org.apache.kafka.clients.producer.ProducerRecord<>(
                                "wide", partition, "k", Integer.toString(partition)));
            }
        }
        var seen = new HashSet<String>();
        try (var consumer = clients.consumer("wide")) {
            consumer.assign(
                    IntStream.range(0, 500)
                            .mapToObj(partition -> new TopicPartition("wide", partition))
                            .toList());
            Patience.until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(one -> seen.add(one.value()));
                assertThat(seen).hasSize(500);
            });
        }
    }

    @Test
    void sixtyFourProducersDoNotDisturbEachOther() throws Exception {
        clients.create("shared", 1);
        clients.produce("shared", 0, "first");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var done = new ArrayList<java.util.concurrent.Future<Long>>();
            for (int number = 0; number < 64; number++) {
                long producerId = 9_000 + number;
                done.add(threads.submit(() -> produceTwenty(producerId)));
            }
            for (var one : done) {
                assertThat(one.get()).isEqualTo(20);
            }
        }
        List<String> values = clients.read("shared", 0, 1 + 64 * 20);
        assertThat(values).hasSize(1 + 64 * 20).doesNotHaveDuplicates();
    }

    /** Each record twice, as after an answer that was lost. */
    private long produceTwenty(long producerId) {
        long accepted = 0;
        try (var client = new WireClient(site.portsOf("eu").kafka())) {
            for (int sequence = 0; sequence < 20; sequence++) {
                String value = producerId + "/" + sequence;
                var first = Produced.send(client, "shared", producerId, sequence, value);
                var again = Produced.send(client, "shared", producerId, sequence, value);
                boolean same = first.baseOffset() == again.baseOffset();
                accepted += first.errorCode() == 0 && again.errorCode() == 0 && same ? 1 : 0;
            }
        }
        return accepted;
    }
}
