package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo;
import io.tombolo.operation.MovingProgram.Seen;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Unmodified clients that know both regions go where the topics go, and nobody touches them. */
class ClientMovesEndToEnd {

    private static final String LINK = "eu-to-us";
    private static final String PREFIX = "java";
    private static final List<String> WRITERS = List.of("plain", "idempotent", "transactional");
    private static final List<String> READERS = List.of("classic", "consumer");
    private static final int ENOUGH = 60;

    @TempDir Path folder;
    private Site site;
    private ChildBroker eu;
    private ChildBroker us;

    @BeforeEach
    void startTwoRegions() {
        site = Site.moving(folder);
        eu = ChildBroker.start(site, "eu", "eu");
        us = ChildBroker.start(site, "us", "us");
        eu.awaitReady();
        us.awaitReady();
        WRITERS.forEach(role -> site.clients("eu").create(PREFIX + "-" + role, 2));
    }

    @AfterEach
    void stop() {
        eu.close();
        us.close();
    }

    @Test
    void javaClientsMoveThereAndBackAndNothingIsLostOrSkipped() throws Exception {
        try (var program = java();
                var idle = producer("idle")) {
            idle.send(new ProducerRecord<>(PREFIX + "-plain", "before")).get();
            awaitProgress(program, Map.of());

            JsonNode moved = tombolo("failover", LINK, "--planned", "-y", "-o", "json");

            assertThat(moved.at("/clients/known").asInt()).isEqualTo(6);
            assertThat(moved.at("/clients/pending").toString())
                    .contains("{\"clientId\":\"idle\",\"host\":\"127.0.0.1\"")
                    .contains("\"brokers\":[\"eu-1\"]");
            idle.send(new ProducerRecord<>(PREFIX + "-plain", "after")).get();
            Patience.until(() -> {
                JsonNode now = tombolo("failover", "clients", LINK, "-o", "json");
                assertThat(now.at("/pendingCount").asInt()).as(now.toString()).isZero();
                assertThat(now.at("/served").asInt()).isEqualTo(6);
            });
            awaitProgress(program, counts(program));
            for (String role : WRITERS) {
                assertThat(missing(program, role, "us")).as(role).isEmpty();
            }

            tombolo("failover", LINK, "--planned", "--to", "eu", "-y", "-o", "json");

            awaitProgress(program, counts(program));
            for (String role : WRITERS) {
                assertThat(missing(program, role, "eu")).as(role).isEmpty();
            }
            assertThat(program.lines("plain failed")).isEmpty();
            assertThat(program.lines("idempotent failed")).isEmpty();
            for (String role : READERS) {
                assertThat(program.readAgain(role)).as(role).isLessThan(ENOUGH);
                assertThat(skipped(program, role)).as(role).isEmpty();
            }
        }
    }

    @Test
    void whoeverHasNotJoinedHereYetIsToldToAskForItsPositionAgain() {
        var group =
                new OffsetFetchRequestGroup()
                        .setGroupId("moved")
                        .setMemberId("joined-in-the-other-region")
                        .setMemberEpoch(3);
        var first =
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId("moved")
                        .setMemberId("joined-here")
                        .setMemberEpoch(0)
                        .setRebalanceTimeoutMs(60_000)
                        .setSubscribedTopicNames(List.of(PREFIX + "-plain"))
                        .setTopicPartitions(List.of());
        Patience.until(() -> site.clients("eu").commit("another", PREFIX + "-plain", 0, 0));
        try (var client = new WireClient(site.bootstrap("eu"))) {
            ConsumerGroupHeartbeatResponseData joined = client.call(first, 1);
            assertThat(Errors.forCode(joined.errorCode())).isEqualTo(Errors.NONE);

            OffsetFetchResponseData answer =
                    client.call(new OffsetFetchRequestData().setGroups(List.of(group)), 9);

            assertThat(Errors.forCode(answer.groups().getFirst().errorCode()))
                    .isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        }
    }

    @Test
    void onlyWhatNamesLeadersOfBothRegionsTellsOfTopics() {
        for (String region : List.of("eu", "us")) {
            try (var client = new WireClient(site.bootstrap(region))) {
                ApiVersionsResponseData served = client.call(new ApiVersionsRequestData(), 0);

                assertThat(served.apiKeys().stream().map(api -> ApiKeys.forId(api.apiKey())))
                        .contains(ApiKeys.METADATA)
                        .doesNotContain(ApiKeys.DESCRIBE_TOPIC_PARTITIONS);
            }
            assertThat(site.clients(region).partition(PREFIX + "-plain", 0).leader().port())
                    .isEqualTo(Integer.parseInt(site.bootstrap("eu").replaceFirst(".*:", "")));
        }
    }

    private KafkaProducer<String, String> producer(String clientId) {
        var text = new StringSerializer();
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        site.bootstrap("eu") + "," + site.bootstrap("us"),
                        "client.id",
                        clientId),
                text,
                text);
    }

    /** Offsets between those that a reader has read that it never has. */
    private static List<String> skipped(MovingProgram program, String role) {
        var next = new HashMap<Integer, Long>();
        var skipped = new ArrayList<String>();
        for (Seen one : program.seen(role, "read")) {
            long expected = next.getOrDefault(one.partition(), 0L);
            if (one.offset() > expected) {
                skipped.add("%d instead of %d in %s".formatted(one.offset(), expected, one));
            }
            next.put(one.partition(), Math.max(expected, one.offset() + 1));
        }
        return skipped;
    }

    private MovingProgram java() {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(
                List.of(
                        "-cp",
                        Path.of("target", "test-classes").toAbsolutePath()
                                + ":"
                                + Path.of("target", "tombolo", "lib").toAbsolutePath()
                                + "/*"));
        command.add(MovingClient.class.getName());
        command.add(site.bootstrap("eu") + "," + site.bootstrap("us"));
        command.add(PREFIX);
        command.addAll(WRITERS);
        command.addAll(READERS);
        return new MovingProgram(command, folder.resolve("java.out"));
    }

    /** How far each client is. */
    private static Map<String, Integer> counts(MovingProgram program) {
        var counts = new HashMap<String, Integer>();
        WRITERS.forEach(role -> counts.put(role, program.seen(role, "acked").size()));
        READERS.forEach(role -> counts.put(role, program.seen(role, "read").size()));
        return counts;
    }

    private static void awaitProgress(MovingProgram program, Map<String, Integer> since) {
        Patience.until(() -> {
            for (var now : counts(program).entrySet()) {
                assertThat(now.getValue())
                        .as(now.getKey())
                        .isGreaterThan(since.getOrDefault(now.getKey(), 0) + ENOUGH);
            }
        });
    }

    /** What was acknowledged and is not at its offset in a region. */
    private List<Seen> missing(MovingProgram program, String role, String region) {
        List<Seen> acked = program.seen(role, "acked");
        var missing = new ArrayList<Seen>();
        for (int partition = 0; partition < 2; partition++) {
            int each = partition;
            long last =
                    acked.stream()
                            .filter(one -> one.partition() == each)
                            .mapToLong(Seen::offset)
                            .max()
                            .orElseThrow();
            Map<Long, String> there =
                    new Clients(site.bootstrap(region))
                            .readByOffset(PREFIX + "-" + role, partition, last);
            acked.stream()
                    .filter(one -> one.partition() == each)
                    .filter(one -> !one.value().equals(there.get(one.offset())))
                    .forEach(missing::add);
        }
        return missing;
    }

    private JsonNode tombolo(String... arguments) {
        var command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("-f", site.file().toString()));
        return new Tombolo(folder).run(command.toArray(String[]::new)).json();
    }
}
