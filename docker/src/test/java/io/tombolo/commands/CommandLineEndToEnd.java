package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.commands.Tombolo.Ended;
import io.tombolo.nodes.Nodes;
import io.tombolo.operation.KafkaTool;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Every data command against two regions in one {@code tombolo dev} process. */
class CommandLineEndToEnd {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private static Path folder;
    private static Tombolo tombolo;
    private static Process dev;

    @BeforeAll
    static void startTwoRegions() throws IOException {
        Files.writeString(
                folder.resolve("tombolo.yaml"),
                """
                tombolo: 1
                regions:
                  eu:
                    kafka: "127.0.0.1:%d"
                    admin: "127.0.0.1:%d"
                    config: { offsets.topic.num.partitions: 2, transaction.state.log.num.partitions: 1, num.io.threads: 4 }
                  us: { kafka: "127.0.0.1:%d", admin: "127.0.0.1:%d", config: { offsets.topic.num.partitions: 2 } }
                links: { eu-to-us: { from: eu, to: us, topics: ["*"] } }
                topics: { orders: { in: eu, partitions: 2 } }
                """
                        .formatted(
                                Nodes.freePort(),
                                Nodes.freePort(),
                                Nodes.freePort(),
                                Nodes.freePort()));
        tombolo = new Tombolo(folder);
        dev = tombolo.start("dev.out", "dev");
        Tombolo.await(() -> output().contains("us-1  ready"));
    }

    @AfterAll
    static void stopInAnOrderlyWay() throws InterruptedException {
        dev.destroy();

        assertThat(dev.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(dev.exitValue()).isZero();
        assertThat(output()).endsWith("stopping\nstopped\n");
        assertThat(folder.resolve(".tombolo/eu-1")).isDirectory();
    }

    @Test
    void theReadyLineNamesTheEndpointsAndIdleConfigsAreNamedOnce() {
        assertThat(output())
                .containsPattern("eu-1  ready   kafka 127.0.0.1:\\d+   admin http://127.0.0.1:\\d+")
                .containsOnlyOnce("num.io.threads");
    }

    @Test
    void aRecordThatIsProducedInOneRegionIsConsumedInTheOther() {
        Ended produced =
                tombolo.runWithInput(
                        "k:v1\nk:v2\n", "topic", "produce", "orders", "--key-separator", ":");
        Tombolo.await(() ->
                !tombolo.run("topic", "consume", "orders", "--region", "us", "-q").out().isEmpty());
        Ended there = tombolo.run("topic", "consume", "orders", "-o", "json", "--region", "eu");
        Ended here = tombolo.run("topic", "consume", "orders", "-o", "json", "--region", "us");

        assertThat(produced.exitCode()).isZero();
        assertThat(produced.out()).contains("2 records → orders-").contains(" in eu\n");
        assertThat(here).isEqualTo(there);
        assertThat(here.out().lines().map(line -> json(line).at("/value").asString()))
                .contains("v1", "v2");
    }

    @Test
    void topicsAreCreatedDescribedListedAndDeleted() {
        Ended created =
                tombolo.run(
                        "topic",
                        "create",
                        "pay",
                        "-p",
                        "3",
                        "-c",
                        "retention.ms=1000000",
                        "-o",
                        "json");
        Ended again = tombolo.run("topic", "create", "pay");
        Ended described = tombolo.run("topic", "describe", "pay", "-o", "json");
        Ended listed = tombolo.run("topic", "list", "--region", "eu", "-o", "json");
        Ended unconfirmed = tombolo.run("topic", "delete", "pay");
        Ended deleted = tombolo.run("topic", "delete", "pay", "-y");
        Ended gone = tombolo.run("topic", "describe", "pay", "--region", "eu");

        assertThat(json(created.out()).at("/partitions").asInt()).isEqualTo(3);
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("error[TMB-2202]");
        assertThat(json(described.out()).at("/partitions").size()).isEqualTo(3);
        assertThat(json(described.out()).at("/configs/0/value").asString()).isEqualTo("1000000");
        assertThat(listed.out()).contains("\"topic\" : \"pay\"");
        assertThat(unconfirmed.exitCode()).isEqualTo(4);
        assertThat(deleted.exitCode()).isZero();
        assertThat(gone.exitCode()).isEqualTo(2);
        assertThat(gone.err()).contains("error[TMB-2201]: there is no topic pay in eu");
    }

    @Test
    void aBrokerThatDirectoriesForbidToStartEndsWithFourAndAFix() throws Exception {
        Path own = Files.createDirectory(folder.resolve("own"));
        Path data = Files.createDirectories(own.resolve("data/x-1"));
        Files.writeString(data.resolve("meta.properties"), "version=1\nnode.id=77\n");
        Files.writeString(
                own.resolve("tombolo.yaml"),
                """
                tombolo: 1
                regions:
                  x: { kafka: localhost:%d, admin: localhost:%d, storage: { dir: data } }
                """
                        .formatted(Nodes.freePort(), Nodes.freePort()));

        Ended refused = new Tombolo(own).run("broker", "--region", "x", "--id", "1");

        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.err())
                .contains("error[TMB-4103]: broker x-1 does not start")
                .contains("belongs to the node 77")
                .contains("keep that order and add regions at the end");
        try (var files = Files.walk(data)) {
            assertThat(files).containsExactlyInAnyOrder(data, data.resolve("meta.properties"));
        }
    }

    @Test
    void aPartitionThatDoesNotExistIsRefusedAtOnce() {
        Ended produced = tombolo.runWithInput("x\n", "topic", "produce", "orders", "-p", "9");
        Ended consumed = tombolo.run("topic", "consume", "orders", "-p", "9");

        assertThat(produced.exitCode()).isEqualTo(2);
        assertThat(produced.err())
                .contains("error[TMB-2006]: topic orders in eu has no partition 9")
                .contains("tombolo topic describe orders --region eu");
        assertThat(consumed.exitCode()).isEqualTo(2);
        assertThat(consumed.out()).isEmpty();
    }

    @Test
    void aMirrorTopicRefusesWritesAndSaysWhy() {
        Tombolo.await(
                () -> tombolo.run("topic", "list", "--region", "us").out().contains("orders"));

        Ended refused = tombolo.runWithInput("x\n", "topic", "produce", "orders", "--region", "us");

        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.err())
                .contains("error[TMB-2204]: topic orders in us does not take writes here")
                .contains("read-only mirror of link eu-to-us");
    }

    @Test
    void statusLinksAndGroupsAreTablesJsonAndYaml() {
        Tombolo.await(() ->
                json(tombolo.run("link", "list", "-o", "json").out())
                        .at("/0/state")
                        .asString()
                        .equals("ACTIVE"));

        Ended status = tombolo.run("status");
        Ended yaml = tombolo.run("status", "-o", "yaml");
        Ended link = tombolo.run("link", "describe", "eu-to-us", "-o", "json");
        Ended groups = tombolo.run("group", "list");
        Ended nobody = tombolo.run("group", "describe", "nobody");

        assertThat(status.out()).containsPattern("eu +serving +1/1").contains("eu → us    active");
        assertThat(yaml.out()).startsWith("---\nregions:\n- region: eu");
        assertThat(json(link.out()).at("/topics/0/topic").asString()).isEqualTo("orders");
        assertThat(groups.exitCode()).isZero();
        assertThat(nobody.exitCode()).isEqualTo(2);
        assertThat(nobody.err()).contains("error[TMB-2203]");
    }

    @Test
    void groupsAreMovedMeasuredAndDeleted() {
        tombolo.run("topic", "create", "walk", "-p", "1", "--region", "eu");
        tombolo.runWithInput("a\nb\nc\n", "topic", "produce", "walk", "--region", "eu");

        Ended unconfirmed = seekWalkers("--to", "1");
        Ended moved = seekWalkers("--to", "1", "-y");
        Ended lag = tombolo.run("group", "lag", "walkers", "--region", "eu", "-o", "json");
        Ended atEnd = seekWalkers("--to", "latest", "-y");
        Ended deleted = tombolo.run("group", "delete", "walkers", "--region", "eu", "-y");
        Ended gone = tombolo.run("group", "lag", "walkers", "--region", "eu");

        assertThat(unconfirmed.exitCode()).isEqualTo(4);
        assertThat(unconfirmed.err()).containsPattern("walk +0 +– +1 +new");
        assertThat(moved.exitCode()).as(moved.err()).isZero();
        assertThat(json(lag.out()).at("/0/lag").asInt()).isEqualTo(2);
        assertThat(json(lag.out()).at("/0/lagMs").asLong()).isNotNegative();
        assertThat(atEnd.err()).containsPattern("walk +0 +1 +3 +\\+2");
        assertThat(deleted.exitCode()).as(deleted.err()).isZero();
        assertThat(gone.exitCode()).isEqualTo(2);
    }

    @Test
    void groupsAreMovedByTimeAndLikeOthersAndMeasuredWithTheirMembers() throws Exception {
        tombolo.run("topic", "create", "past", "-p", "1", "--region", "eu");
        Instant second = Instant.now().minus(Duration.ofHours(2));
        try (var producer = new KafkaProducer<>(stock(), bytes(), bytes())) {
            for (int hour = -1; hour <= 1; hour++) {
                long at = second.plus(Duration.ofHours(hour)).toEpochMilli();
                producer.send(new ProducerRecord<>("past", 0, at, null, new byte[1])).get();
            }
        }

        Ended byTime = seek("watch", "--topic", "past", "--to", second.toString(), "-y");
        Ended byAge = seek("watch", "--to", "90m");
        Ended like = seek("twin", "--like", "watch", "-y");
        Ended both = tombolo.run("group", "lag", "watch", "twin", "--region", "eu", "-o", "json");

        assertThat(byTime.err()).as("shown before it moves").containsPattern("past +0 +– +1 +new");
        assertThat(byTime.exitCode()).isZero();
        assertThat(byAge.err()).containsPattern("past +0 +1 +2 +\\+1");
        assertThat(byAge.exitCode()).as("not confirmed").isEqualTo(4);
        assertThat(like.err()).containsPattern("past +0 +– +1 +new");
        assertThat(like.exitCode()).isZero();
        assertThat(json(both.out()).findValuesAsString("group")).containsExactly("watch", "twin");
        for (String protocol : List.of("classic", "consumer")) {
            try (var member = member("twin", protocol)) {
                member.subscribe(List.of("past"));
                Tombolo.await(() -> {
                    member.poll(Duration.ofMillis(100));
                    return !member.assignment().isEmpty();
                });

                Ended lag = tombolo.run("group", "lag", "twin", "--region", "eu", "-o", "json");
                Ended moved = seek("twin", "--to", "start", "-y");

                JsonNode line = json(lag.out()).at("/0");
                assertThat(line.at("/lag").asInt()).isEqualTo(2);
                assertThat(Duration.ofMillis(line.at("/lagMs").asLong()))
                        .isBetween(Duration.ofHours(2), Duration.ofHours(3));
                assertThat(moved.exitCode()).as(moved.err()).isEqualTo(4);
                assertThat(moved.err()).contains("member");
            }
        }
    }

    private static Ended seek(String group, String... words) {
        var all = new ArrayList<>(List.of("group", "seek", group, "--region", "eu"));
        all.addAll(List.of(words));
        return tombolo.run(all.toArray(new String[0]));
    }

    private static KafkaConsumer<byte[], byte[]> member(String group, String protocol) {
        Map<String, Object> config = stock();
        config.put("group.id", group);
        config.put("group.protocol", protocol);
        config.put("enable.auto.commit", "false");
        return new KafkaConsumer<>(
                config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** For stock clients of eu. */
    private static Map<String, Object> stock() {
        return new HashMap<>(Map.of("bootstrap.servers", bootstrap()));
    }

    private Ended seekWalkers(String... words) {
        var all = new ArrayList<>(List.of("--topic", "walk"));
        all.addAll(List.of(words));
        return seek("walkers", all.toArray(new String[0]));
    }

    @Test
    void transactionsAreListedAndAborted() throws Exception {
        tombolo.run("topic", "create", "bank", "-p", "1", "--region", "eu");
        try (var producer = new KafkaProducer<>(transactional(), bytes(), bytes())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("bank", new byte[1])).get();

            Ended listed = txn("list", "--state", "ongoing", "-o", "json");
            JsonNode one = json(listed.out()).at("/0");
            String writer = "bank/0/" + one.at("/producerId").asLong();
            Ended described = txn("describe", "teller");
            Ended yaml = txn("describe", "teller", "-o", "yaml");
            Ended unconfirmed = txn("abort", "teller");
            Ended inPartition = txn("abort", writer, "-y");
            Ended nothingOpen = txn("abort", writer, "-y");
            Ended aborted = txn("abort", "teller", "-y");
            Ended decided = txn("abort", "teller", "-y");
            Ended nobody = txn("describe", "nobody");

            assertThat(one.at("/transaction").asString()).isEqualTo("teller");
            assertThat(one.at("/state").asString()).isEqualTo("Ongoing");
            assertThat(one.at("/ageMs").asLong()).isNotNegative();
            assertThat(described.out())
                    .containsPattern("teller +eu +Ongoing")
                    .containsPattern("TOPIC +PARTITION +REGION +FIRST-OFFSET")
                    .containsPattern("bank +0 +eu +0");
            assertThat(yaml.out())
                    .startsWith("---\n- transaction: teller\n  region: eu\n  state: Ongoing\n")
                    .containsPattern("- topic: bank\\s+partition: 0\\s+firstOffset: 0");
            assertThat(unconfirmed.exitCode()).isEqualTo(4);
            assertThat(unconfirmed.err()).containsPattern("teller +eu +Ongoing");
            assertThat(inPartition.exitCode()).as(inPartition.err()).isZero();
            assertThat(inPartition.err()).contains("open in bank-0 in eu, from offset 0 on");
            assertThat(nothingOpen.err()).contains("error[TMB-2207]").contains("nobody has");
            assertThat(aborted.out()).isEqualTo("aborted transaction teller in eu, 1 partition\n");
            assertThat(decided.exitCode()).isEqualTo(4);
            assertThat(decided.err()).contains("error[TMB-2208]");
            assertThat(nobody.exitCode()).isEqualTo(2);
            assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        }
    }

    @Test
    void kafkasOwnToolSeesAndAbortsTransactions() throws Exception {
        tombolo.run("topic", "create", "vault", "-p", "1", "--region", "eu");
        try (var producer = new KafkaProducer<>(transactional(), bytes(), bytes())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("vault", new byte[1])).get();

            String listed = transactionTool("list");
            String described = transactionTool("describe", "--transactional-id", "teller");
            String writers =
                    transactionTool("describe-producers", "--topic", "vault", "--partition", "0");
            String hanging =
                    transactionTool("find-hanging", "--broker-id", "1", "--topic", "vault");
            String aborted =
                    transactionTool(
                            "abort", "--topic", "vault", "--partition", "0", "--start-offset", "0");
            String after =
                    transactionTool("describe-producers", "--topic", "vault", "--partition", "0");

            assertThat(listed).containsPattern("teller\\s+1\\s+\\d+\\s+Ongoing");
            assertThat(described).containsPattern("Ongoing.*vault-0");
            assertThat(writers).containsPattern("(?m)^\\d+\\s.*\\s0\\s*$");
            assertThat(hanging).as("its coordinator knows it").doesNotContain("vault");
            assertThat(aborted).as("nothing to be said").doesNotContain("rror");
            assertThat(after).containsPattern("(?m)^\\d+\\s.*\\sNone\\s*$");
        }
    }

    private static String transactionTool(String... words) throws Exception {
        var all = new ArrayList<>(List.of("--bootstrap-server", bootstrap()));
        all.addAll(List.of(words));
        return KafkaTool.run(
                "org.apache.kafka.tools.TransactionsCommand", all.toArray(new String[0]));
    }

    private static Ended txn(String... words) {
        var all = new ArrayList<>(List.of("txn"));
        all.addAll(List.of(words));
        all.addAll(List.of("--region", "eu"));
        return tombolo.run(all.toArray(new String[0]));
    }

    private static Map<String, Object> transactional() {
        Map<String, Object> config = stock();
        config.put("transactional.id", "teller");
        return config;
    }

    private static String bootstrap() {
        return output().replaceAll("(?s).*eu-1  ready +kafka (\\S+).*", "$1");
    }

    private static ByteArraySerializer bytes() {
        return new ByteArraySerializer();
    }

    @Test
    void aFailoverIsRefusedWhileTheSourceAnswers() {
        Ended refused = tombolo.run("failover", "eu-to-us", "-y");

        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains("error[TMB-4012]").contains("tombolo.yaml:");
    }

    private static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    private static String output() {
        return tombolo.printed("dev.out");
    }
}
