package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** A broker with two log directories, each on a disk of its own. */
class LogDirectoriesEndToEnd {

    private static final int BROKER = 1;

    @TempDir Path folder;

    @Test
    void aDirectoryThatFailsTakesItsPartitionsOfflineAndNoOthers() throws Exception {
        var disk = new FaultyDisk();
        try (var site = Site.alone(folder).onTwoDisks()) {
            site.start("eu", disk);
            List<String> topics = createTopics(site, 4);
            List<String> onSecond = topicsIn(site, "disk2");
            List<String> onFirst = topicsIn(site, "disk1");
            assertThat(onSecond).as("new logs are spread").hasSize(2);
            topics.forEach(topic -> site.clients("eu").produce(topic, 0, "before"));

            breakSecond(disk);

            assertThat(sendTo(site, onSecond.getFirst())).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            Patience.until(() ->
                    assertThat(descriptions(site).get(place("disk2")).error())
                            .isInstanceOf(KafkaStorageException.class));
            for (String topic : onSecond) {
                Patience.until(() ->
                        assertThat(sendTo(site, topic)).isEqualTo(Errors.KAFKA_STORAGE_ERROR));
            }
            for (String topic : onFirst) {
                site.clients("eu").produce(topic, 0, "after");
                assertThat(site.clients("eu").read(topic, 0, 2)).containsExactly("before", "after");
            }
            site.clients("eu").create("later", 1);
            site.clients("eu").produce("later", 0, "x");
            assertThat(topicsIn(site, "disk1")).contains("later");

            disk.heal();
            site.stop("eu");
            site.start("eu", disk);
            for (String topic : onSecond) {
                assertThat(site.clients("eu").read(topic, 0, 1)).containsExactly("before");
                site.clients("eu").produce(topic, 0, "after");
            }
        }
    }

    @Test
    void aDirectoryThatCannotBeOpenedIsOfflineAndNothingIsMadeInItsPlace() throws Exception {
        var disk = new FaultyDisk();
        try (var site = Site.alone(folder).onTwoDisks()) {
            site.start("eu", disk);
            createTopics(site, 2);
            String lost = topicsIn(site, "disk2").getFirst();
            String kept = topicsIn(site, "disk1").getFirst();
            site.clients("eu").produce(lost, 0, "a");
            site.stop("eu");

            breakSecond(disk);
            site.start("eu", disk);

            site.clients("eu").produce(kept, 0, "b");
            assertThat(descriptions(site).get(place("disk2")).error())
                    .isInstanceOf(KafkaStorageException.class);
            Patience.until(
                    () -> assertThat(sendTo(site, lost)).isEqualTo(Errors.KAFKA_STORAGE_ERROR));
            assertThat(Files.exists(Path.of(place("disk1")).resolve(lost + "-0"))).isFalse();

            site.stop("eu");
            disk.heal();
            site.start("eu", disk);
            assertThat(site.clients("eu").read(lost, 0, 1)).containsExactly("a");
        }
    }

    @Test
    void anUnmountedDirectoryIsNotTakenForTheOneThatWasThere() throws Exception {
        try (var site = Site.alone(folder).onTwoDisks()) {
            site.start("eu");
            createTopics(site, 2);
            String lost = topicsIn(site, "disk2").getFirst();
            site.clients("eu").produce(lost, 0, "a");
            site.stop("eu");
            Files.move(folder.resolve("disk2"), folder.resolve("unmounted"));

            site.start("eu");
            assertThat(descriptions(site).get(place("disk2")).error())
                    .isInstanceOf(KafkaStorageException.class);
            assertThat(Files.exists(folder.resolve("disk2"))).isFalse();

            site.stop("eu");
            Files.move(folder.resolve("unmounted"), folder.resolve("disk2"));
            site.start("eu");
            assertThat(site.clients("eu").read(lost, 0, 1)).containsExactly("a");
        }
    }

    @Test
    void theMetadataLogHasADirectoryOfItsOwnWhereTheFileSaysSo() throws Exception {
        Path fast = folder.resolve("fast");
        try (var site = Site.alone(folder).onTwoDisks().with("metadata.log.dir", fast + "/{n}")) {
            site.start("eu");
            createTopics(site, 2);
            String topic = topicsIn(site, "disk1").getFirst();
            site.clients("eu").produce(topic, 0, "a");

            assertThat(fast.resolve("1/metadata")).isDirectory();
            assertThat(fast.resolve("1/.lock")).exists();
            assertThat(Path.of(place("disk1")).resolve("metadata")).doesNotExist();
            assertThat(descriptions(site)).containsOnlyKeys(place("disk1"), place("disk2"));
            var broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
            var config =
                    site.clients("eu")
                            .admin(admin -> admin.describeConfigs(List.of(broker)).all())
                            .get(broker);
            assertThat(config.get("log.dirs").value())
                    .isEqualTo(place("disk1") + "," + place("disk2"));
            assertThat(config.get("metadata.log.dir").value())
                    .isEqualTo(fast.resolve("1").toString());

            site.restart("eu");
            assertThat(site.clients("eu").read(topic, 0, 1)).containsExactly("a");
        }
    }

    @Test
    void aReplicaMovesToTheOtherDirectoryWhileItIsWrittenTo() throws Exception {
        try (var site = Site.alone(folder).onTwoDisks()) {
            site.start("eu");
            Clients clients = site.clients("eu");
            clients.create("orders", 1, Map.of("segment.bytes", "1048576"));
            String[] values =
                    IntStream.range(0, 3000)
                            .mapToObj(n -> n + "x".repeat(1000))
                            .toArray(String[]::new);
            clients.produce("orders", 0, values);
            String there = topicsIn(site, "disk1").contains("orders") ? "disk2" : "disk1";

            var sent = new ArrayList<Future<?>>();
            try (var producer = clients.producer(Map.of())) {
                move(clients, place(there));
                for (int n = 3000; n < 4000; n++) {
                    sent.add(
                            producer.send(
                                    new org.apache.kafka.clients.producer.ProducerRecord<>(
                                            "orders", 0, "k", Integer.toString(n))));
                }
                sent.forEach(Clients::await);
            }
            Patience.until(() -> assertThat(topicsIn(site, there)).containsExactly("orders"));
            Patience.until(() -> assertThat(futures(site)).isEmpty());

            List<String> read = clients.read("orders", 0, 4000);
            assertThat(read.subList(0, 3000)).containsExactly(values);
            assertThat(read.subList(3000, 4000))
                    .containsExactlyElementsOf(
                            IntStream.range(3000, 4000).mapToObj(Integer::toString).toList());
            site.restart("eu");
            assertThat(topicsIn(site, there)).containsExactly("orders");
            assertThat(site.clients("eu").end("orders", 0)).isEqualTo(4000);

            assertThatThrownBy(() -> move(clients, folder.resolve("disk3").toString()))
                    .isInstanceOf(LogDirNotFoundException.class);
        }
    }

    @Test
    void aDirectoryThatFailsGivesItsLeadersToOtherBrokers() throws Exception {
        try (var cluster = new Cluster(folder).onTwoDisks()) {
            cluster.start(_ -> true);
            Clients clients = cluster.clients(2);
            clients.replicate("orders", 6);
            for (int index = 0; index < 6; index++) {
                clients.produce("orders", index, "before");
            }
            List<Integer> onSecond = partitionsIn(clients, place("disk2"));
            List<Integer> onFirst = partitionsIn(clients, place("disk1"));
            assertThat(onSecond).isNotEmpty();
            assertThat(onFirst).isNotEmpty();

            breakSecond(cluster.disk(BROKER));

            for (int index = 0; index < 6; index++) {
                clients.produce("orders", index, "after");
                assertThat(clients.read("orders", index, 2)).containsExactly("before", "after");
            }
            Patience.until(() -> {
                for (int index : onSecond) {
                    assertThat(inSync(clients, index)).doesNotContain(BROKER).hasSize(2);
                    assertThat(clients.partition("orders", index).leader().id())
                            .isNotEqualTo(BROKER);
                }
            });
            for (int index : onFirst) {
                assertThat(inSync(clients, index)).contains(BROKER).hasSize(3);
            }
        }
    }

    private static List<Integer> inSync(Clients clients, int index) {
        return clients.partition("orders", index).isr().stream().map(Node::id).toList();
    }

    private static List<Integer> partitionsIn(Clients clients, String directory) {
        return clients
                .admin(admin -> admin.describeLogDirs(List.of(BROKER)).allDescriptions())
                .get(BROKER)
                .get(directory)
                .replicaInfos()
                .keySet()
                .stream()
                .filter(it -> it.topic().equals("orders"))
                .map(TopicPartition::partition)
                .toList();
    }

    private static void move(Clients clients, String directory) {
        var replica = new TopicPartitionReplica("orders", 0, BROKER);
        clients.admin(admin -> admin.alterReplicaLogDirs(Map.of(replica, directory)).all());
    }

    private static void breakSecond(FaultyDisk disk) {
        for (FaultyDisk.Operation operation : FaultyDisk.Operation.values()) {
            disk.breakDown(operation, "disk2");
        }
    }

    private static List<String> createTopics(Site site, int count) {
        List<String> topics = IntStream.range(0, count).mapToObj(n -> "topic" + n).toList();
        topics.forEach(topic -> {
            site.clients("eu").create(topic, 1);
            site.clients("eu").produce(topic, 0);
            Patience.until(() -> assertThat(allTopics(site)).contains(topic));
        });
        return topics;
    }

    private static List<String> allTopics(Site site) {
        return descriptions(site).values().stream()
                .flatMap(it -> it.replicaInfos().keySet().stream())
                .map(TopicPartition::topic)
                .toList();
    }

    private String place(String disk) {
        return folder.resolve(disk).resolve("eu-1").toString();
    }

    private List<String> topicsIn(Site site, String disk) {
        Map<TopicPartition, ReplicaInfo> found = descriptions(site).get(place(disk)).replicaInfos();
        return found.entrySet().stream()
                .filter(entry -> !entry.getValue().isFuture())
                .map(entry -> entry.getKey().topic())
                .filter(topic -> !topic.startsWith("__"))
                .sorted()
                .toList();
    }

    private static List<TopicPartition> futures(Site site) {
        return descriptions(site).values().stream()
                .flatMap(it -> it.replicaInfos().entrySet().stream())
                .filter(entry -> entry.getValue().isFuture())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Map<String, LogDirDescription> descriptions(Site site) {
        return site.clients("eu")
                .admin(admin -> admin.describeLogDirs(List.of(BROKER)).descriptions().get(BROKER));
    }

    private static Errors sendTo(Site site, String topic) {
        var records =
                MemoryRecords.withRecords(
                        Compression.NONE, new SimpleRecord(1L, null, new byte[99]));
        try (var client = new WireClient(site.portsOf("eu").kafka())) {
            return Errors.forCode(Produced.send(client, topic, records).errorCode());
        }
    }
}
