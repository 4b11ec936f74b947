package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import io.tombolo.broker.BrokerServer;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Disks that fill up, fail, or hold what nobody wrote. */
class DiskFaultEndToEnd {

    @TempDir Path folder;
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();

    @AfterEach
    void stopListening() {
        logger().detachAppender(said);
        logger().setAdditive(true);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(BrokerServer.class);
    }

    @Test
    void anAppendThatFailsTakesItsPartitionOfflineAndNoOther() throws Exception {
        var disk = new FaultyDisk();
        try (var site = Site.alone(folder)) {
            site.start("eu", disk);
            Clients clients = site.clients("eu");
            clients.create("orders", 1);
            clients.create("others", 1);
            clients.produce("orders", 0, "a");

            assertThat(partitions(site).get("offline").asInt()).isZero();

            disk.breakDown(FaultyDisk.Operation.APPEND, "orders-0");

            assertThat(sendTo(site, "orders")).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertThat(partitions(site).get("offline").asInt()).isEqualTo(1);
            assertThat(partitions(site).get("offlineNames").toString()).isEqualTo("[\"orders-0\"]");
            clients.produce("others", 0, "b");
            assertThat(clients.read("others", 0, 1)).containsExactly("b");
            assertThat(site.admin("eu").status("/livez")).isEqualTo(200);

            disk.heal();
            Patience.until(() -> assertThat(sendTo(site, "orders")).isEqualTo(Errors.NONE));
            assertThat(clients.read("orders", 0, 1)).startsWith("a");

            site.stop("eu");
            assertThat(site.data("eu").resolve(".kafka_cleanshutdown")).exists();
            site.start("eu", disk);
            assertThat(clients.read("orders", 0, 1)).startsWith("a");
            clients.produce("orders", 0, "c");
        }
    }

    @Test
    void aForceThatFailsTakesItsPartitionOfflineAndNoOther() throws Exception {
        var disk = new FaultyDisk();
        try (var site = Site.alone(folder)) {
            site.start("eu", disk);
            Clients clients = site.clients("eu");
            clients.create("orders", 1, Map.of("flush.messages", "1"));
            clients.create("others", 1);
            clients.produce("orders", 0, "a");

            disk.breakDown(FaultyDisk.Operation.FORCE, "orders-0");

            Patience.until(
                    () -> assertThat(sendTo(site, "orders")).isEqualTo(Errors.KAFKA_STORAGE_ERROR));
            clients.produce("others", 0, "b");
            assertThat(site.admin("eu").status("/livez")).isEqualTo(200);
        }
    }

    @Test
    void aLogThatCannotBeMadeIsAStorageErrorUntilThereIsRoom() throws Exception {
        var disk = new FaultyDisk();
        try (var site = Site.alone(folder)) {
            site.start("eu", disk);
            listen();
            disk.breakDown(FaultyDisk.Operation.OPEN, "orders-0");
            site.clients("eu").create("orders", 1);

            Patience.until(
                    () -> assertThat(sendTo(site, "orders")).isEqualTo(Errors.KAFKA_STORAGE_ERROR));
            assertThat(fetchFrom(site, "orders")).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertThat(offsetOf(site, "orders")).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            site.clients("eu").create("others", 1);
            site.clients("eu").produce("others", 0, "b");

            disk.heal();
            Patience.until(() -> assertThat(sendTo(site, "orders")).isEqualTo(Errors.NONE));
            assertThat(fetchFrom(site, "orders")).isEqualTo(Errors.NONE);
            assertThat(timesSaid("A partition is offline", "orders-0")).isEqualTo(1);
        }
    }

    private static JsonNode partitions(Site site) {
        return site.admin("eu").get("/api/v1/status").json().get("partitions");
    }

    private static Errors fetchFrom(Site site, String topic) {
        var partition = new FetchPartition().setPartition(0).setPartitionMaxBytes(1000);
        var wanted = new FetchTopic().setTopic(topic).setPartitions(List.of(partition));
        var request = new FetchRequestData().setMaxBytes(1000).setTopics(List.of(wanted));
        try (var client = new WireClient(site.portsOf("eu").kafka())) {
            FetchResponseData answer = client.call(request, 11);
            return Errors.forCode(
                    answer.responses().getFirst().partitions().getFirst().errorCode());
        }
    }

    private static Errors offsetOf(Site site, String topic) {
        var partition = new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(-1);
        var wanted = new ListOffsetsTopic().setName(topic).setPartitions(List.of(partition));
        var request = new ListOffsetsRequestData().setReplicaId(-1).setTopics(List.of(wanted));
        try (var client = new WireClient(site.portsOf("eu").kafka())) {
            ListOffsetsResponseData answer = client.call(request, 5);
            return Errors.forCode(answer.topics().getFirst().partitions().getFirst().errorCode());
        }
    }

    @Test
    void aFullDiskStopsWritesAndNotTheProcess() throws Exception {
        Path small = Files.createDirectory(folder.resolve("data"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", small.toString()),
                "a small file system can only be mounted by root; not tried");
        try (var site = Site.alone(folder)) {
            site.start("eu");
            Clients clients = site.clients("eu");
            clients.create("orders", 1);
            clients.produce("orders", 0, "a");
            Path ballast = small.resolve("ballast");

            fill(ballast);

            var acknowledged = new AtomicInteger(1);
            Patience.until(() -> {
                Errors error = sendTo(site, "orders");
                acknowledged.addAndGet(error == Errors.NONE ? 1 : 0);
                assertThat(error).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            });
            assertThat(site.admin("eu").status("/livez")).isEqualTo(200);
            assertThat(partitions(site).get("offline").asInt()).isZero();
            assertThat(clients.read("orders", 0, acknowledged.get())).startsWith("a");

            Files.delete(ballast);
            Patience.until(() -> assertThat(sendTo(site, "orders")).isEqualTo(Errors.NONE));
            site.restart("eu");
            assertThat(clients.read("orders", 0, acknowledged.get() + 1)).startsWith("a");
            clients.produce("orders", 0, "b");
        } finally {
            assertThat(run("umount", "-l", small.toString())).isTrue();
        }
    }

    private static void fill(Path ballast) throws IOException {
        try (var out = Files.newOutputStream(ballast)) {
            var chunk = new byte[1 << 12];
            while (true) {
                out.write(chunk);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space");
        }
    }

    private static boolean run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private static Errors sendTo(Site site, String topic) {
        var records =
                MemoryRecords.withRecords(
                        Compression.NONE, new SimpleRecord(1L, null, new byte[99]));
        try (var client = new WireClient(site.portsOf("eu").kafka())) {
            return Errors.forCode(Produced.send(client, topic, records).errorCode());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000000000000000.index",
                "00000000000000000000.timeindex",
                "leader-epoch-checkpoint",
                ".snapshot"
            })
    void aBrokenCompanionFileIsMadeAgainAndNothingIsLost(String suffix) throws Exception {
        try (var site = Site.alone(folder)) {
            prepare(site);
            Path broken = companion(site, suffix);
            Files.write(broken, new byte[] {1, 2, 3, 4, 5});

            assertThatNothingIsLost(site);

            assertThat(repairsSaid()).isEqualTo(1);
            site.restart("eu");
            assertThat(repairsSaid()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000000000000000.index",
                "00000000000000000000.timeindex",
                "leader-epoch-checkpoint",
                ".snapshot",
                "recovery-point-offset-checkpoint",
                "replication-offset-checkpoint",
                ".kafka_cleanshutdown"
            })
    void aMissingCompanionFileIsMadeAgainAndNothingIsLost(String suffix) throws Exception {
        try (var site = Site.alone(folder)) {
            prepare(site);
            Files.delete(companion(site, suffix));

            assertThatNothingIsLost(site);
        }
    }

    private static final String[] VALUES =
            IntStream.range(0, 300).mapToObj(n -> n + "x".repeat(100)).toArray(String[]::new);

    private static void prepare(Site site) throws Exception {
        site.start("eu");
        site.clients("eu").create("orders", 1, Map.of("index.interval.bytes", "1024"));
        site.clients("eu").produce("orders", 0, VALUES);
        try (var client = new WireClient(site.portsOf("eu").kafka())) {
            Produced.whenLed(client, "orders", 4000, "last");
        }
        site.stop("eu");
    }

    private static Path companion(Site site, String suffix) throws IOException {
        Path partition = site.data("eu").resolve("orders-0");
        try (var inside = Files.list(partition);
                var above = Files.list(site.data("eu"))) {
            return java.util.stream.Stream.concat(inside, above)
                    .filter(path -> path.getFileName().toString().endsWith(suffix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private void listen() {
        said.start();
        logger().setLevel(Level.WARN);
        logger().setAdditive(false);
        logger().addAppender(said);
    }

    private void assertThatNothingIsLost(Site site) throws Exception {
        listen();
        site.start("eu");
        List<String> values = site.clients("eu").read("orders", 0, VALUES.length + 1);
        assertThat(values.subList(0, VALUES.length)).containsExactly(VALUES);
        try (var client = new WireClient(site.portsOf("eu").kafka())) {
            var again = Produced.send(client, "orders", 4000, 0, "last");
            assertThat(again.baseOffset()).isEqualTo(VALUES.length);
        }
    }

    /** How often the broker spoke of a repair of the topic's log. */
    private long repairsSaid() {
        return timesSaid("A log was repaired", "orders-0");
    }

    private long timesSaid(String beginning, String about) {
        return List.copyOf(said.list).stream()
                .filter(event -> event.getMessage().startsWith(beginning))
                .filter(event -> event.getKeyValuePairs().toString().contains(about))
                .count();
    }
}
