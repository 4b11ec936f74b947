package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.concurrent.TimeUnit.SECONDS;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.DisplayName;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@code kafka-consumer-groups} prints of groups of both protocols, and what it changes. */
class GroupsToolContractEndToEnd {

    private static final int RECORDS = 10;
    private static final Instant FIRST = Instant.parse("2026-03-01T00:00:00Z");

    /** Its records are old. */
    private static final Map<String, String> KEPT = Map.of("retention.ms", "-1");

    private static final Duration POLL = Duration.ofMillis(100);

    /** A group with one member that has read a topic of two partitions and committed part of it. */
    private record Scene(
            GroupsTool tool, String bootstrap, Topic topic, String group, String type) {

        TopicPartition place(int partition) {
            return new TopicPartition(topic.name(), partition);
        }

        List<String> run(String... arguments) throws Exception {
            var all = new ArrayList<>(List.of("--group", group));
            all.addAll(List.of(arguments));
            return tool.run(all.toArray(String[]::new));
        }

        /** Where the first partition goes with this kind of reset. */
        String reset(String... kind) throws Exception {
            var all = new ArrayList<>(List.of("--reset-offsets", "--execute"));
            all.addAll(List.of(kind));
            all.addAll(List.of("--topic", topic.name() + ":0"));
            List<String> lines = run(all.toArray(String[]::new));
            String line = only(lines, group + " " + topic.name() + " 0 ");
            return line.substring(line.lastIndexOf(' ') + 1);
        }
    }

    private static String only(List<String> lines, String start) {
        var found = lines.stream().filter(line -> line.startsWith(start)).toList();
        assertThat(found).as("lines that start with %s of %s", start, lines).hasSize(1);
        return found.getFirst();
    }

    @ContractTest
    @DisplayName("the stock tool lists, describes, moves and deletes classic groups")
    void classicGroups(Subject subject) throws Exception {
        manage(subject, "classic", "Classic");
    }

    @ContractTest
    @DisplayName("the stock tool lists, describes, moves and deletes consumer groups")
    void consumerGroups(Subject subject) throws Exception {
        manage(subject, "consumer", "Consumer");
    }

    @ContractTest
    @DisplayName("the stock tool writes what a reset would do to a file, and does what a file says")
    void plans(Subject subject) throws Exception {
        Topic topic = subject.newTopic(2, KEPT);
        String group = Subject.freshName("planned");
        produce(subject, topic);
        try (var tool = GroupsTool.whole(subject.bootstrap())) {
            var scene = new Scene(tool, subject.bootstrap(), topic, group, "Classic");
            scene.reset("--to-offset", "2");
            movesByPlan(scene);
        }
    }

    private static void manage(Subject subject, String protocol, String type) throws Exception {
        Topic topic = subject.newTopic(2, KEPT);
        String group = Subject.freshName("told");
        produce(subject, topic);
        try (var tool = new GroupsTool(subject.bootstrap())) {
            var scene = new Scene(tool, subject.bootstrap(), topic, group, type);
            try (var member = member(subject, group, protocol)) {
                read(member, topic);
                member.commitSync(Map.of(scene.place(0), new OffsetAndMetadata(4)));
                seesLive(scene, member.groupMetadata().memberId());
            }
            seesEmpty(scene);
            moves(scene);
            deletes(scene);
        }
    }

    // ---- seeing ----

    private static void seesLive(Scene scene, String memberId) throws Exception {
        assertThat(scene.tool().run("--list")).contains(scene.group());
        only(scene.tool().run("--list", "--state"), scene.group() + " Stable");
        only(
                scene.tool()
                        .run("--list", "--type", scene.type().toLowerCase(java.util.Locale.ROOT)),
                scene.group());
        List<String> offsets = scene.run("--describe", "--offsets");
        assertThat(only(offsets, scene.group() + " " + scene.topic().name() + " 0"))
                .contains(" 4 10 6 " + memberId);
        assertThat(only(offsets, scene.group() + " " + scene.topic().name() + " 1"))
                .contains(" - 10 - " + memberId);
        assertThat(only(scene.run("--describe", "--members"), scene.group() + " " + memberId))
                .endsWith(" 2");
        assertThat(
                        only(
                                scene.run("--describe", "--members", "--verbose"),
                                scene.group() + " " + memberId))
                .contains(scene.topic().name() + ":0,1");
        String assignor = scene.type().equals("Classic") ? "range" : "uniform";
        assertThat(only(scene.run("--describe", "--state"), scene.group()))
                .endsWith(" " + assignor + " Stable 1");
        assertThat(scene.run("--reset-offsets", "--execute", "--to-earliest", "--all-topics"))
                .anyMatch(line -> line.contains("inactive, but the current state is Stable"));
        assertThat(scene.run("--delete-offsets", "--topic", scene.topic().name()))
                .anyMatch(line -> line.contains("actively subscribed"));
        assertThat(scene.run("--delete")).anyMatch(line -> line.contains("group is not empty"));
    }

    private static void seesEmpty(Scene scene) throws Exception {
        Eventually.eventually(
                "the group is empty",
                () -> {
                    try {
                        return scene.run("--describe", "--state");
                    } catch (Exception failed) {
                        throw new IllegalStateException(failed);
                    }
                },
                lines -> lines.stream().anyMatch(line -> line.endsWith(" Empty 0")));
        assertThat(
                        only(
                                scene.run("--describe", "--offsets"),
                                scene.group() + " " + scene.topic().name() + " 0"))
                .contains(" 4 10 6 -");
        assertThat(scene.run("--describe", "--members")).hasSize(1);
    }

    // ---- moving ----

    private static void moves(Scene scene) throws Exception {
        assertThat(scene.run("--reset-offsets", "--to-latest", "--all-topics", "--dry-run"))
                .anyMatch(line ->
                        line.startsWith(scene.group() + " " + scene.topic().name() + " 0 10"));
        assertThat(committed(scene)).containsEntry(scene.place(0), 4L);

        assertThat(scene.reset("--to-latest")).isEqualTo("10");
        assertThat(scene.reset("--to-earliest")).isEqualTo("0");
        assertThat(scene.reset("--to-offset", "7")).isEqualTo("7");
        assertThat(scene.reset("--shift-by", "-2")).isEqualTo("5");
        assertThat(scene.reset("--shift-by", "100")).isEqualTo("10");
        assertThat(scene.reset("--to-datetime", "2026-03-01T00:00:03.000")).isEqualTo("3");
        assertThat(scene.reset("--by-duration", "P0DT0H0M1S")).isEqualTo("10");
        assertThat(scene.reset("--to-current")).isEqualTo("10");
        assertThat(committed(scene)).containsExactlyEntriesOf(Map.of(scene.place(0), 10L));
        assertThat(scene.run("--reset-offsets", "--execute", "--to-earliest", "--all-topics"))
                .anyMatch(line -> line.equals(scene.group() + " " + scene.topic().name() + " 0 0"));
        scene.run(
                "--reset-offsets",
                "--execute",
                "--to-offset",
                "2",
                "--topic",
                scene.topic().name());
        assertThat(committed(scene))
                .containsExactlyInAnyOrderEntriesOf(Map.of(scene.place(0), 2L, scene.place(1), 2L));
    }

    private static void movesByPlan(Scene scene) throws Exception {
        List<String> plan = new ArrayList<>();
        for (String line :
                scene.run(
                        "--reset-offsets",
                        "--shift-by",
                        "4",
                        "--all-topics",
                        "--export",
                        "--dry-run")) {
            plan.add(line.replace("\"", ""));
        }
        assertThat(plan).containsExactly(scene.topic().name() + ",0,6");
        assertThat(committed(scene)).isEqualTo(Map.of(scene.place(0), 2L));

        plan.add(scene.topic().name() + ",1,99");
        Path file = Files.createTempFile("reset", ".csv");
        Files.write(file, plan);
        List<String> done =
                scene.run("--reset-offsets", "--from-file", file.toString(), "--execute");
        only(done, scene.group() + " " + scene.topic().name() + " 1 10");
        assertThat(committed(scene)).isEqualTo(Map.of(scene.place(0), 6L, scene.place(1), 10L));
        Files.delete(file);
    }

    // ---- deleting ----

    private static void deletes(Scene scene) throws Exception {
        assertThat(scene.run("--delete-offsets", "--topic", scene.topic().name() + ":1"))
                .anyMatch(line -> line.contains(scene.topic().name() + " 1 Successful"));
        assertThat(committed(scene)).containsOnlyKeys(scene.place(0));
        assertThat(scene.run("--delete"))
                .anyMatch(line -> line.contains("Deletion of requested consumer groups"));
        assertThat(scene.tool().run("--list")).doesNotContain(scene.group());
    }

    private static Map<TopicPartition, Long> committed(Scene scene) throws Exception {
        var committed = new HashMap<TopicPartition, Long>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", scene.bootstrap()))) {
            admin.listConsumerGroupOffsets(scene.group())
                    .partitionsToOffsetAndMetadata()
                    .get(60, SECONDS)
                    .forEach((place, position) -> committed.put(place, position.offset()));
        }
        return committed;
    }

    /** One record a second in each partition. */
    private static void produce(Subject subject, Topic topic) throws Exception {
        try (var producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", subject.bootstrap()),
                        new StringSerializer(),
                        new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                long at = FIRST.plusSeconds(i).toEpochMilli();
                producer.send(new ProducerRecord<>(topic.name(), 0, at, "k", "v")).get(60, SECONDS);
                producer.send(new ProducerRecord<>(topic.name(), 1, at, "k", "v")).get(60, SECONDS);
            }
        }
    }

    private static KafkaConsumer<String, String> member(
            Subject subject, String group, String protocol) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        subject.bootstrap(),
                        "group.id",
                        group,
                        "group.protocol",
                        protocol,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        "false"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static void read(KafkaConsumer<String, String> member, Topic topic) {
        member.subscribe(List.of(topic.name()));
        var read = new ArrayList<String>();
        Eventually.eventually(
                "all is read",
                () -> {
                    member.poll(POLL).forEach(record -> read.add(record.value()));
                    return read.size();
                },
                count -> count == 2 * RECORDS);
    }
}
