package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.commands.Tombolo;

import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** A link from {@code eu} into {@code us}, and what happens to its source. */
class LinkOperationEndToEnd {

    private static final String LINK = "eu-to-us";

    @TempDir Path folder;
    private Site site;
    private Clients eu;
    private Clients us;
    private AdminHttp admin;

    @BeforeEach
    void nameRegions() {
        site = Site.linked(folder);
        eu = site.clients("eu");
        us = site.clients("us");
        admin = site.admin("us");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private void awaitEnd(String topic, int partition, long end) {
        Patience.until(() -> assertThat(us.end(topic, partition)).isEqualTo(end));
    }

    @Test
    void aLinkWaitsForItsSourceAndTheRegionServesMeanwhile() throws Exception {
        site.start("us");
        us.create("local", 1);
        us.produce("local", 0, "served");
        assertThat(us.read("local", 0, 1)).containsExactly("served");
        Patience.until(() -> {
            var link = admin.link(LINK);
            assertThat(link.get("state").asString()).isEqualTo("SOURCE_UNAVAILABLE");
            assertThat(link.get("trouble").get("code").asString()).isEqualTo("SOURCE_UNREACHABLE");
            assertThat(link.get("trouble").get("retryInMs").isNumber()).isTrue();
        });

        site.start("eu");
        eu.create("orders", 1);
        eu.produce("orders", 0, "a", "b");

        awaitEnd("orders", 0, 2);
        assertThat(us.read("orders", 0, 2)).containsExactly("a", "b");
        Patience.until(() ->
                assertThat(admin.link(LINK).get("state").asString()).isIn("ACTIVE", "SYNCING"));
    }

    @Test
    void topicsPartitionsConfigsAndOffsetsFollowTheSource() throws Exception {
        site.startAll();
        eu.create("orders", 1);
        eu.produce("orders", 0, "a", "b", "c");
        awaitEnd("orders", 0, 3);

        eu.admin(one -> one.createPartitions(Map.of("orders", NewPartitions.increaseTo(3))).all());
        Patience.until(() -> eu.produce("orders", 2, "late"));
        awaitEnd("orders", 2, 1);

        var resource = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
        var entry = new ConfigEntry("retention.ms", "5400000");
        var change = List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET));
        eu.admin(one -> one.incrementalAlterConfigs(Map.of(resource, change)).all());
        Patience.until(() -> {
            var configs = us.admin(one -> one.describeConfigs(List.of(resource)).all());
            assertThat(configs.get(resource).get("retention.ms").value()).isEqualTo("5400000");
        });

        eu.commit("billing", "orders", 0, 2);
        Patience.until(() -> assertThat(us.committed("billing", "orders", 0)).isEqualTo(2));
        var id = new TopicPartition("orders", 0);
        assertThat(idOf(us)).isEqualTo(idOf(eu));
        eu.admin(one -> one.deleteRecords(Map.of(id, RecordsToDelete.beforeOffset(1))).all());
        Patience.until(() -> assertThat(us.read("orders", 0, 2)).containsExactly("b", "c"));
    }

    private static Object idOf(Clients clients) {
        var all = clients.admin(one -> one.describeTopics(List.of("orders")).allTopicNames());
        return all.values().iterator().next().topicId();
    }

    @Test
    void aPausedLinkCopiesNothingAndGoesOnWhereItStopped() throws Exception {
        site.startAll();
        eu.create("orders", 1);
        eu.produce("orders", 0, "a");
        awaitEnd("orders", 0, 1);

        assertThat(admin.post("/api/v1/links/" + LINK + "/pause").status()).isEqualTo(200);
        Patience.until(
                () -> assertThat(admin.link(LINK).get("state").asString()).isEqualTo("PAUSED"));
        eu.produce("orders", 0, "b", "c");
        site.restart("us"); // a pause outlives the broker
        assertThat(admin.link(LINK).get("state").asString()).isIn("PAUSED", "PREPARING");
        assertThat(us.end("orders", 0)).isEqualTo(1);
        // Until both ends are known no lag is claimed, and then the true one.
        var seen = new TreeSet<Long>();
        Patience.until(() -> {
            var partition = admin.link(LINK).get("topics").get(0).get("partitions").get(0);
            seen.add(partition.get("lag").get("records").asLong());
            assertThat(partition.get("endOffset").asLong()).isEqualTo(1);
            assertThat(partition.get("sourceHighWatermark").asLong()).isEqualTo(3);
            assertThat(seen.last()).isEqualTo(2);
            assertThat(partition.get("lag").get("bytes").asLong()).isEqualTo(-1);
        });
        assertThat(seen).isSubsetOf(-1L, 2L);

        assertThat(admin.post("/api/v1/links/" + LINK + "/resume").status()).isEqualTo(200);

        awaitEnd("orders", 0, 3);
        assertThat(us.read("orders", 0, 3)).containsExactly("a", "b", "c");
    }

    @Test
    void aMirrorTopicIsReadOnlyAndSaysSo() throws Exception {
        site.startAll();
        eu.create("orders", 1);
        eu.produce("orders", 0, "a");
        awaitEnd("orders", 0, 1);

        assertThatThrownBy(() -> us.produce("orders", 0, "mine"))
                .isInstanceOf(PolicyViolationException.class)
                .hasMessageContaining("read-only mirror of link " + LINK);

        assertThat(us.end("orders", 0)).isEqualTo(1);
    }

    @Test
    void aSourceTopicThatWasMadeAgainFailsItsMirrorAcrossRestarts() throws Exception {
        site.startAll();
        eu.create("orders", 1);
        eu.produce("orders", 0, "a", "b");
        awaitEnd("orders", 0, 2);

        eu.delete("orders");
        eu.create("orders", 1);
        eu.produce("orders", 0, "other");

        awaitTrouble("SOURCE_RECREATED");
        assertThat(us.read("orders", 0, 2)).containsExactly("a", "b");
        site.restart("us");
        awaitTrouble("SOURCE_RECREATED");
        assertThat(us.read("orders", 0, 2)).containsExactly("a", "b");
    }

    @Test
    void aSourceWithAnOldDiskThatWasWrittenOnIsNotTakenForWhatItWas() throws Exception {
        site.startAll();
        eu.create("orders", 1);
        eu.produce("orders", 0, "a", "b");
        awaitEnd("orders", 0, 2);
        site.stop("us");
        site.stop("eu");
        Path old = folder.resolve("old");
        copyTree(site.data("eu"), old);
        site.startAll();
        eu.produce("orders", 0, "c", "d");
        awaitEnd("orders", 0, 4);
        site.stop("us");
        site.stop("eu");
        deleteTree(site.data("eu"));
        copyTree(old, site.data("eu"));

        site.start("eu");
        eu.produce("orders", 0, "other", "past");
        eu.produce("orders", 0, "and", "more");
        site.start("us");

        awaitTrouble("SOURCE_TRUNCATED");
        assertThat(admin.link(LINK).toString()).contains("another batch before offset 4");
        assertThat(us.read("orders", 0, 4)).containsExactly("a", "b", "c", "d");
        assertThat(us.end("orders", 0)).isEqualTo(4);
    }

    @Test
    void aCopyOfATopicThatWasMadeAgainBeginsAnewWhereItMay() throws Exception {
        site.startAll();
        eu.create("orders", 1);
        eu.produce("orders", 0, "a", "b", "c");
        awaitEnd("orders", 0, 3);
        us.commit("billing", "orders", 0, 3);
        eu.delete("orders");
        eu.create("orders", 2);
        eu.produce("orders", 0, "other");
        awaitTrouble("SOURCE_RECREATED");
        assertThat(us.read("orders", 0, 3)).containsExactly("a", "b", "c");

        Path restart = folder.resolve("restart.yaml");
        Files.writeString(
                restart,
                Files.readString(site.file()).replace("groups:", "recreate: restart, groups:"));
        var applied = new Tombolo(folder).run("apply", "-y", "-f", restart.toString());

        assertThat(applied.exitCode()).isZero();
        awaitEnd("orders", 0, 1);
        assertThat(us.read("orders", 0, 1)).containsExactly("other");
        awaitEnd("orders", 1, 0);
        assertThat(us.committed("billing", "orders", 0)).isEqualTo(-1);
        site.restart("us");
        eu.produce("orders", 1, "later");
        awaitEnd("orders", 1, 1);
        assertThat(us.read("orders", 0, 1)).containsExactly("other");
    }

    @Test
    void recordsDeletedBeforeTheyWereCopiedFailTheMirrorUntilItMayJump() throws Exception {
        site.startAll();
        eu.create("orders", 1);
        eu.produce("orders", 0, "a", "b");
        awaitEnd("orders", 0, 2);
        site.stop("us");
        eu.produce(
                "orders",
                0,
                IntStream.range(0, 20).mapToObj(Integer::toString).toArray(String[]::new));
        var id = new TopicPartition("orders", 0);
        eu.admin(one -> one.deleteRecords(Map.of(id, RecordsToDelete.beforeOffset(10))).all());

        site.start("us");

        awaitTrouble("GAP");
        assertThat(us.read("orders", 0, 2)).containsExactly("a", "b");
        assertThat(us.end("orders", 0)).isEqualTo(2);

        Path jump = folder.resolve("jump.yaml");
        Files.writeString(
                jump, Files.readString(site.file()).replace("groups:", "gap: jump, groups:"));
        var tombolo = new Tombolo(folder);
        assertThat(tombolo.run("apply", "-y", "-f", jump.toString()).exitCode()).isZero();

        awaitEnd("orders", 0, 22);
        site.stop("us");
        site.start("us");
        Patience.until(() ->
                assertThat(us.read("orders", 0, 12))
                        .containsExactlyElementsOf(
                                IntStream.range(8, 20).mapToObj(Integer::toString).toList()));
        eu.produce("orders", 0, "later");
        awaitEnd("orders", 0, 23);
        assertThat(tombolo.run("link", "lineage", LINK, "-f", jump.toString()).out())
                .containsPattern("us +orders +0 +\\(gap\\) +2 +9 ");
    }

    /** Somebody puts an old copy of its disk in place. */
    @Test
    void aSourceThatLostCopiedRecordsFailsTheMirrorAndSaysWhere() throws Exception {
        site.startAll();
        eu.create("orders", 1);
        eu.produce("orders", 0, "a", "b");
        awaitEnd("orders", 0, 2);
        site.stop("eu");
        Path copy = folder.resolve("copy");
        copyTree(site.data("eu"), copy);
        site.start("eu");
        eu.produce("orders", 0, "c", "d");
        awaitEnd("orders", 0, 4);

        site.stop("eu");
        deleteTree(site.data("eu"));
        copyTree(copy, site.data("eu"));
        site.start("eu");

        awaitTrouble("SOURCE_TRUNCATED");
        assertThat(us.read("orders", 0, 4)).containsExactly("a", "b", "c", "d");
        eu.create("others", 1);
        eu.produce("others", 0, "goes on");
        awaitEnd("others", 0, 1);
        var doctor = new Tombolo(folder).run("link", "doctor", LINK, "-f", site.file().toString());
        assertThat(doctor.out())
                .contains("SOURCE_TRUNCATED", "tombolo topic delete orders --region us");
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }

    /** What is compacted away at the source leaves gaps, which a copy has at the same offsets. */
    @Test
    void aCompactedTopicIsCopiedWithItsGapsAndWhileItIsCompacted() throws Exception {
        site.with("log.cleaner.backoff.ms", "100");
        site.start("eu");
        eu.create(
                "accounts",
                1,
                Map.of(
                        "cleanup.policy",
                        "compact",
                        "min.cleanable.dirty.ratio",
                        "0.01",
                        "segment.ms",
                        "1"));
        rounds(0, 10);
        Patience.untilTrue("compacted", () -> eu.readByOffset("accounts", 0, 99).size() < 30);
        site.start("us");
        awaitEnd("accounts", 0, 100);
        assertThat(us.readByOffset("accounts", 0, 99).keySet())
                .describedAs("not all of what was ever written")
                .hasSizeLessThan(30);

        rounds(10, 30);
        awaitEnd("accounts", 0, 300);
        Patience.untilTrue("compacted", () -> eu.readByOffset("accounts", 0, 299).size() < 30);
        var here = us.readByOffset("accounts", 0, 299);
        var there = eu.readByOffset("accounts", 0, 299);
        for (long last = 290; last < 300; last++) {
            assertThat(here.get(last)).isEqualTo("v29").isEqualTo(there.get(last));
        }
        assertThat(admin.topicState(LINK, "accounts")).contains("\"state\":\"ACTIVE\"");
    }

    /** The same ten keys again and again, a segment each. */
    private void rounds(int from, int to) {
        try (var producer = eu.producer(Map.of())) {
            for (int round = from; round < to; round++) {
                for (int key = 0; key < 10; key++) {
                    Clients.await(
                            producer.send(
                                    new ProducerRecord<>("accounts", 0, "k" + key, "v" + round)));
                }
            }
        }
    }

    @Test
    void positionsOfAGroupOfTheConsumerProtocolFollow() throws Exception {
        site.startAll();
        eu.create("orders", 1);
        eu.produce("orders", 0, "a", "b", "c");
        awaitEnd("orders", 0, 3);
        try (var member = eu.consumer("billing", Map.of("group.protocol", "consumer"))) {
            member.subscribe(List.of("orders"));
            var read = new ArrayList<String>();
            Patience.untilTrue(
                    "three records",
                    () -> {
                        member.poll(Duration.ofMillis(200))
                                .forEach(record -> read.add(record.value()));
                        return read.size() == 3;
                    });
            member.commitSync();
            Patience.until(() -> assertThat(us.committed("billing", "orders", 0)).isEqualTo(3));
        }
        eu.produce("orders", 0, "d");
        awaitEnd("orders", 0, 4);
        site.stop("eu");
        var taken = admin.post("/api/v1/failover/" + LINK + "?force=true");
        assertThat(taken.status()).as(taken.body()).isEqualTo(200);

        try (var member = us.consumer("billing", Map.of("group.protocol", "consumer"))) {
            member.subscribe(List.of("orders"));
            var read = new ArrayList<String>();
            Patience.untilTrue(
                    "the fourth record",
                    () -> {
                        member.poll(Duration.ofMillis(200))
                                .forEach(record -> read.add(record.value()));
                        return !read.isEmpty();
                    });
            assertThat(read).containsExactly("d");
        }
    }

    private void awaitTrouble(String code) {
        Patience.until(() ->
                assertThat(admin.topicState(LINK, "orders"))
                        .contains("\"state\":\"FAILED\"")
                        .contains("\"code\":\"" + code + "\""));
    }
}
