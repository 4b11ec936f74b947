package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;

/** A broker process that is killed, and one that is told to stop. */
class CrashEndToEnd {

    /** How the JVM ends then, as the launcher wants it to. */
    private static final int OUT_OF_MEMORY = 3;

    @TempDir Path folder;

    @Test
    void aKillLosesNothingThatWasAcknowledgedAndRepeatsNothing() throws Exception {
        var site = Site.alone(folder);
        Clients clients = site.clients("eu");
        Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
        var enough = new AtomicBoolean();
        try (var first = ChildBroker.start(site, "eu", "first").awaitReady()) {
            clients.create("orders", 1);
            // Idempotent, and patient enough to go on after the restart.
            try (var producer = clients.producer(Map.of("delivery.timeout.ms", 45_000))) {
                Thread sender =
                        Thread.ofPlatform().start(() -> send(producer, acknowledged, enough));
                Patience.until(() -> assertThat(acknowledged).hasSizeGreaterThan(2_000));

                first.kill();

                int before = acknowledged.size();
                try (var second = ChildBroker.start(site, "eu", "second").awaitReady()) {
                    Patience.until(() -> assertThat(acknowledged).hasSizeGreaterThan(before + 500));
                    enough.set(true);
                    sender.join();
                    producer.flush();

                    int count = acknowledged.size();
                    List<Integer> read =
                            clients.read("orders", 0, count).stream()
                                    .map(Integer::valueOf)
                                    .toList();
                    assertThat(read).doesNotHaveDuplicates().isSorted().containsAll(acknowledged);
                    assertThat(second.alive()).isTrue();
                }
            }
        }
    }

    @Test
    void aBrokerWithoutMemoryEndsAtOnceAndTheNextStartHasWhatWasAcknowledged() throws Exception {
        var site = Site.alone(folder);
        Clients clients = site.clients("eu");
        try (var small = ChildBroker.start(site, "eu", "small", "32m").awaitReady()) {
            clients.create("orders", 1);
            clients.produce("orders", 0, "a", "b");

            for (int topic = 0; small.alive(); topic++) {
                createQuietly(clients, "large-" + topic);
            }

            assertThat(small.awaitExit()).isEqualTo(OUT_OF_MEMORY);
            assertThat(small.output()).contains("java.lang.OutOfMemoryError");
        }
        try (var _ = ChildBroker.start(site, "eu", "large", "512m").awaitReady()) {
            clients.produce("orders", 0, "c");
            assertThat(clients.read("orders", 0, 3)).containsExactly("a", "b", "c");
        }
    }

    private static void createQuietly(Clients clients, String topic) {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers",
                        clients.bootstrap(),
                        "request.timeout.ms",
                        5_000,
                        "default.api.timeout.ms",
                        5_000);
        try (var admin = Admin.create(settings)) {
            Clients.await(
                    admin.createTopics(List.of(new NewTopic(topic, 10_000, (short) 1))).all());
        } catch (RuntimeException failed) {
            // The broker has ended, or takes too long because it is about to.
        }
    }

    private static void send(
            KafkaProducer<String, String> producer,
            Set<Integer> acknowledged,
            AtomicBoolean enough) {
        for (int next = 0; !enough.get(); next++) {
            int value = next;
            producer.send(
                    new ProducerRecord<>("orders", 0, "k", Integer.toString(value)),
                    (_, failure) -> {
                        if (failure == null) {
                            acknowledged.add(value);
                        }
                    });
            if (next % 200 == 0) {
                producer.flush();
            }
        }
    }

    @Test
    void aTransactionThatItsCoordinatorHasForgottenIsFoundAndAborted() throws Exception {
        var site = Site.alone(folder);
        Clients clients = site.clients("eu");
        try (var first = ChildBroker.start(site, "eu", "first").awaitReady();
                var producer = clients.producer(Map.of("transactional.id", "forgotten"))) {
            clients.create("orders", 1);
            producer.initTransactions();
            producer.beginTransaction();
            // Longer ago than any transaction may take.
            long sentMs = System.currentTimeMillis() - Duration.ofHours(1).toMillis();
            producer.send(new ProducerRecord<>("orders", 0, sentMs, "k", "open")).get();
            clients.produce("orders", 0, "behind it");
            assertThat(first.terminate()).isZero();
            producer.close(Duration.ZERO);
        }
        forgetTransactions(site);

        try (var second = ChildBroker.start(site, "eu", "second").awaitReady()) {
            Patience.until(() -> assertThat(stableOffset(clients)).isZero());
            assertThat(transactionTool(clients, "find-hanging", "--broker-id", "1"))
                    .containsPattern("(?m)^orders\\s+0\\s");

            transactionTool(
                    clients,
                    "abort",
                    "--topic",
                    "orders",
                    "--partition",
                    "0",
                    "--start-offset",
                    "0");

            // Both records and the marker.
            assertThat(stableOffset(clients)).isEqualTo(3);
            assertThat(transactionTool(clients, "find-hanging", "--broker-id", "1"))
                    .doesNotContain("orders");
            assertThat(second.alive()).isTrue();
        }
    }

    /** The logs of all coordinators are lost, and begin empty. */
    private static void forgetTransactions(Site site) throws IOException {
        Files.delete(site.data("eu").resolve("recovery-point-offset-checkpoint"));
        Files.delete(site.data("eu").resolve("replication-offset-checkpoint"));
        try (var logs = Files.newDirectoryStream(site.data("eu"), "__transaction_state-*")) {
            for (Path log : logs) {
                try (var files = Files.newDirectoryStream(log)) {
                    for (Path file : files) {
                        Files.delete(file);
                    }
                }
                Files.delete(log);
            }
        }
    }

    private static long stableOffset(Clients clients) {
        var place = new TopicPartition("orders", 0);
        var committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
        return clients.admin(admin ->
                        admin.listOffsets(Map.of(place, OffsetSpec.latest()), committed)
                                .partitionResult(place))
                .offset();
    }

    private static String transactionTool(Clients clients, String... words) throws Exception {
        var all = new ArrayList<>(List.of("--bootstrap-server", clients.bootstrap()));
        all.addAll(List.of(words));
        return KafkaTool.run(
                "org.apache.kafka.tools.TransactionsCommand", all.toArray(String[]::new));
    }

    @Test
    void aTornTailIsCutOffAtTheNextStartWhichSaysSoOnce() throws Exception {
        var site = Site.alone(folder);
        Clients clients = site.clients("eu");
        try (var first = ChildBroker.start(site, "eu", "first").awaitReady()) {
            clients.create("orders", 1);
            clients.produce("orders", 0, "a", "b", "c");
            first.kill();
        }
        Path log = site.data("eu").resolve("orders-0").resolve("00000000000000000000.log");
        byte[] whole = Files.readAllBytes(log);
        Files.write(log, java.util.Arrays.copyOf(whole, whole.length + 37));

        try (var second = ChildBroker.start(site, "eu", "second").awaitReady()) {
            assertThat(clients.read("orders", 0, 3)).containsExactly("a", "b", "c");
            assertThat(second.output()).containsOnlyOnce("A log was repaired");
            assertThat(second.terminate()).isZero();
        }

        try (var third = ChildBroker.start(site, "eu", "third").awaitReady()) {
            assertThat(third.output()).doesNotContain("A log was repaired");
            assertThat(clients.read("orders", 0, 3)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void aSignalStopsABrokerInAnOrderlyWay() throws Exception {
        var site = Site.alone(folder);
        try (var broker = ChildBroker.start(site, "eu", "only").awaitReady()) {
            site.clients("eu").create("orders", 1);
            site.clients("eu").produce("orders", 0, "a");
            try (var waiting = site.clients("eu").consumer("idle")) {
                waiting.subscribe(List.of("orders"));
                waiting.poll(java.time.Duration.ofMillis(500));

                int exitCode = broker.terminate();

                assertThat(exitCode).isZero();
                assertThat(broker.output()).doesNotContain("ERROR");
            }
            assertThat(site.data("eu").resolve(".kafka_cleanshutdown")).exists();
        }
    }

    @Test
    void aDataDirectoryThatAnotherProcessUsesIsRefused() throws Exception {
        var site = Site.alone(folder);
        try (var first = ChildBroker.start(site, "eu", "first").awaitReady()) {
            // The same folder, and other ports.
            var other = Site.alone(folder).renamed("alone");
            try (var second = ChildBroker.start(other, "eu", "second")) {
                assertThat(second.awaitExit()).isNotZero();
                assertThat(second.output()).contains("is held by another process");
            }
            assertThat(first.alive()).isTrue();
        }
    }
}
