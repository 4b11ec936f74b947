package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.commands.Tombolo;

import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Links that say what copies are called, and where they begin. */
class LinkSelectionEndToEnd {

    @TempDir Path folder;

    /** Both regions write orders, and each has those of the other under another name. */
    @Test
    void copiesOfOtherNamesKeepOffsetsAndAreForReading() throws Exception {
        String links =
                """
                links:
                  eu-to-us: { from: eu, to: us, topics: ["*", "!us.*"], rename: "eu.{topic}" }
                  us-to-eu: { from: us, to: eu, topics: ["*", "!eu.*"], rename: "us.{topic}" }
                """;
        try (var site = Site.of(folder, List.of("eu", "us"), links)) {
            site.startAll();
            Clients eu = site.clients("eu");
            Clients us = site.clients("us");
            eu.create("orders", 1);
            us.create("orders", 1);
            eu.produce("orders", 0, "a", "b", "c");
            us.produce("orders", 0, "x");
            eu.commit("billing", "orders", 0, 2);

            awaitEnd(us, "eu.orders", 0, 3);
            awaitEnd(eu, "us.orders", 0, 1);
            assertThat(us.readByOffset("eu.orders", 0, 2))
                    .isEqualTo(eu.readByOffset("orders", 0, 2));
            assertThat(eu.read("us.orders", 0, 1)).containsExactly("x");
            Patience.until(() -> assertThat(us.committed("billing", "eu.orders", 0)).isEqualTo(2));
            assertThat(us.committed("billing", "orders", 0)).isEqualTo(-1);
            assertThat(idOf(us, "eu.orders"))
                    .isNotIn(idOf(eu, "orders"), idOf(us, "orders"), Uuid.ZERO_UUID);

            eu.admin(one ->
                    one.createPartitions(Map.of("orders", NewPartitions.increaseTo(2))).all());
            Patience.until(() -> eu.produce("orders", 1, "late"));
            awaitEnd(us, "eu.orders", 1, 1);
            assertThatThrownBy(() -> us.produce("eu.orders", 0, "mine"))
                    .isInstanceOf(PolicyViolationException.class)
                    .hasMessageContaining("read-only mirror of link eu-to-us");

            var command = new Tombolo(folder);
            String file = site.file().toString();
            Tombolo.Ended read =
                    command.run(
                            "topic",
                            "consume",
                            "eu.orders",
                            "--region",
                            "us",
                            "--offset",
                            "start",
                            "-n",
                            "2",
                            "-f",
                            file);
            assertThat(read.out()).as(read.err()).contains("a", "b");
            Tombolo.Ended written =
                    command.runWithInput(
                            "no\n", "topic", "produce", "eu.orders", "--region", "us", "-f", file);
            assertThat(written.exitCode()).isEqualTo(4);
            assertThat(written.err()).contains("TMB-2204", "eu-to-us");

            site.restart("us");
            eu.produce("orders", 0, "d");
            awaitEnd(us, "eu.orders", 0, 4);

            AdminHttp admin = site.admin("us");
            assertThat(admin.get("/api/v1/failover/eu-to-us").body()).contains("TMB-4016");
            site.stop("eu");
            AdminHttp.Answer forced = admin.post("/api/v1/failover/eu-to-us?force=true");
            assertThat(forced.status()).isEqualTo(409);
            assertThat(forced.body()).contains("TMB-4016");
            us.produce("orders", 0, "y");
            assertThatThrownBy(() -> us.produce("eu.orders", 0, "mine"))
                    .isInstanceOf(PolicyViolationException.class);
        }
    }

    /** What the source had before is left out, or what is older; what it gets later is not. */
    @Test
    void copiesBeginAtTheEndOrAtATime() throws Exception {
        String links =
                """
                links:
                  eu-to-us: { from: eu, to: us, topics: ["*"], start: latest }
                  eu-to-ap: { from: eu, to: ap, topics: ["*"], start: 2026-03-01T00:00:00Z }
                """;
        try (var site = Site.of(folder, List.of("eu", "us", "ap"), links)) {
            site.start("eu");
            Clients eu = site.clients("eu");
            eu.create("orders", 2, Map.of("retention.ms", "-1"));
            var times =
                    List.of("2026-01-01", "2026-02-28", "2026-03-01", "2026-04-01", "2026-04-01");
            produceAt(eu, times, "a", "b", "c", "d", "e"); // one batch

            site.start("us");
            site.start("ap");
            Clients us = site.clients("us");
            Clients ap = site.clients("ap");
            awaitEnd(ap, "orders", 0, 5);
            awaitEnd(us, "orders", 0, 5);
            assertThat(ap.readByOffset("orders", 0, 4))
                    .isEqualTo(Map.of(2L, "c", 3L, "d", 4L, "e"));
            assertThat(begin(us, "orders")).isEqualTo(5);

            site.stop("us");
            produceAt(eu, List.of("2026-05-01"), "f");
            eu.produce("orders", 1, "first");
            site.start("us");
            eu.create("bills", 1);
            eu.produce("bills", 0, "1", "2");
            awaitEnd(us, "orders", 0, 6);
            assertThat(us.readByOffset("orders", 0, 5)).isEqualTo(Map.of(5L, "f"));
            assertThat(us.read("orders", 1, 1)).containsExactly("first");
            awaitEnd(us, "bills", 0, 2);
            assertThat(us.read("bills", 0, 2)).containsExactly("1", "2");
            assertThat(idOf(us, "orders")).isEqualTo(idOf(eu, "orders"));
        }
    }

    /** What catches up comes no faster than the link may read. */
    @Test
    void aLinkReadsNoMoreThanItMay() throws Exception {
        int megabyte = 1_000_000;
        String links =
                """
                links:
                  eu-to-us: { from: eu, to: us, topics: ["*"], limits: { rate: 2MB/s } }
                """;
        try (var site = Site.of(folder, List.of("eu", "us"), links)) {
            site.start("eu");
            Clients eu = site.clients("eu");
            eu.create("orders", 4);
            String[] values = new String[40];
            Arrays.fill(values, "x".repeat(megabyte / 20));
            for (int partition = 0; partition < 4; partition++) {
                eu.produce("orders", partition, values); // 8 MB in all
            }

            long beganNanos = System.nanoTime();
            site.start("us");
            for (int partition = 0; partition < 4; partition++) {
                awaitEnd(site.clients("us"), "orders", partition, values.length);
            }

            // Four seconds, but for the burst of the beginning and a last fetch that is not paid.
            assertThat(Duration.ofNanos(System.nanoTime() - beganNanos).toMillis())
                    .isGreaterThan(3_000);
        }
    }

    private static void produceAt(Clients region, List<String> days, String... values) {
        try (var producer = region.producer(Map.of("linger.ms", 1_000))) {
            for (int index = 0; index < values.length; index++) {
                long time = Instant.parse(days.get(index) + "T00:00:00Z").toEpochMilli();
                producer.send(new ProducerRecord<>("orders", 0, time, "k", values[index]));
            }
        }
    }

    private static void awaitEnd(Clients region, String topic, int partition, long end) {
        Patience.until(() -> assertThat(region.end(topic, partition)).isEqualTo(end));
    }

    private static long begin(Clients region, String topic) {
        var place = new TopicPartition(topic, 0);
        return region.admin(admin ->
                        admin.listOffsets(Map.of(place, OffsetSpec.earliest()))
                                .partitionResult(place))
                .offset();
    }

    private static Uuid idOf(Clients region, String topic) {
        return region.admin(one -> one.describeTopics(List.of(topic)).allTopicNames())
                .get(topic)
                .topicId();
    }
}
