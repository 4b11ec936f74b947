package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.concurrent.TimeUnit.SECONDS;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ClassicGroupState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.DisplayName;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;

/** What Kafka's own Java clients do all day, against both brokers. */
class StockClientsEndToEnd {

    private static final int RECORDS = 500;
    private static final AlterConfigOp.OpType SET = AlterConfigOp.OpType.SET;
    private static final long PATIENCE_SECONDS = 60;
    private static final Duration POLL = Duration.ofMillis(200);

    @ContractTest
    @DisplayName("the admin client makes, configures, grows, empties and deletes a topic")
    void adminClientManagesTopics(Subject subject) throws Exception {
        String name = Subject.freshName("stock");
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        try (Admin admin = Admin.create(clientConfig(subject))) {
            done(
                    admin.createTopics(
                                    List.of(
                                            new NewTopic(name, 2, (short) 1)
                                                    .configs(Map.of("retention.ms", "86400000"))))
                            .all());
            await(admin, name, 2);
            assertThat(done(admin.listTopics().names())).contains(name);

            var raise = new AlterConfigOp(new ConfigEntry("retention.ms", "99999"), SET);
            done(admin.incrementalAlterConfigs(Map.of(resource, List.of(raise))).all());
            Eventually.eventually(
                    "the new value",
                    () ->
                            quietly(() ->
                                    done(admin.describeConfigs(List.of(resource)).all())
                                            .get(resource)
                                            .get("retention.ms")
                                            .value()),
                    "99999"::equals);
            done(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(3))).all());
            await(admin, name, 3);

            try (var producer = producer(subject)) {
                for (int i = 0; i < 10; i++) {
                    producer.send(new ProducerRecord<>(name, 0, "k", "v" + i))
                            .get(PATIENCE_SECONDS, SECONDS);
                }
            }
            var first = new TopicPartition(name, 0);
            var deleted =
                    done(
                            admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(4)))
                                    .lowWatermarks()
                                    .get(first));
            assertThat(deleted.lowWatermark()).isEqualTo(4);
            assertThat(offset(admin, first, OffsetSpec.earliest())).isEqualTo(4);
            assertThat(offset(admin, first, OffsetSpec.latest())).isEqualTo(10);

            done(admin.deleteTopics(List.of(name)).all());
            Eventually.eventually(
                    "the topic is gone",
                    () -> quietly(() -> done(admin.listTopics().names())),
                    names -> !names.contains(name));
        }
    }

    @ContractTest
    @DisplayName("the admin client describes cluster, log folders, features and quorum")
    void adminClientDescribesTheCluster(Subject subject) throws Exception {
        subject.newTopic();
        try (Admin admin = Admin.create(clientConfig(subject))) {
            var nodes = done(admin.describeCluster().nodes());
            assertThat(nodes)
                    .singleElement()
                    .satisfies(node -> assertThat(node.port()).isEqualTo(subject.port()));
            int id = nodes.iterator().next().id();
            assertThat(done(admin.describeCluster().clusterId())).isNotBlank();
            assertThat(done(admin.describeCluster().controller()).id()).isEqualTo(id);

            var dirs = done(admin.describeLogDirs(List.of(id)).allDescriptions()).get(id);
            assertThat(dirs).hasSize(2);
            assertThat(dirs.values())
                    .anySatisfy(dir -> assertThat(dir.replicaInfos()).isNotEmpty());
            var features = done(admin.describeFeatures().featureMetadata());
            assertThat(features.finalizedFeatures()).isNotEmpty();
            var quorum = done(admin.describeMetadataQuorum().quorumInfo());
            assertThat(quorum.leaderId()).isEqualTo(id);
            assertThat(quorum.voters()).hasSize(1);
        }
    }

    @ContractTest
    @DisplayName("an idempotent lz4 producer feeds groups of each assignor, which commit and stop")
    void producerAndConsumerGroups(Subject subject) throws Exception {
        Topic topic = subject.newTopic(3, Map.of());
        var sent = new HashSet<String>();
        try (var producer = producer(subject)) {
            var pending = new ArrayList<Future<RecordMetadata>>();
            for (int i = 0; i < RECORDS; i++) {
                sent.add("value-" + i);
                pending.add(
                        producer.send(
                                new ProducerRecord<>(topic.name(), "key-" + i, "value-" + i)));
            }
            for (var future : pending) {
                assertThat(future.get(PATIENCE_SECONDS, SECONDS).hasOffset()).isTrue();
            }
        }
        try (Admin admin = Admin.create(clientConfig(subject))) {
            for (Class<?> assignor :
                    List.of(RangeAssignor.class, CooperativeStickyAssignor.class)) {
                String group = Subject.freshName("group");

                consumeByTwo(subject, admin, new Reading(topic, group, assignor, sent));

                assertDeletable(admin, topic, group);
            }
        }
    }

    /** Two members share the partitions until every record is read and committed. */
    private static void consumeByTwo(Subject subject, Admin admin, Reading reading) {
        var values = new HashSet<String>();
        try (var one = consumer(subject, reading);
                var two = consumer(subject, reading)) {
            one.subscribe(List.of(reading.topic.name()));
            two.subscribe(List.of(reading.topic.name()));
            Eventually.eventually(
                    "both members have work and every record is committed",
                    () -> {
                        values.addAll(polled(one));
                        values.addAll(polled(two));
                        boolean shared =
                                !one.assignment().isEmpty()
                                        && !two.assignment().isEmpty()
                                        && one.assignment().size() + two.assignment().size() == 3;
                        return shared ? committed(admin, reading.group) : -1;
                    },
                    count -> count == RECORDS);
        }
        assertThat(values).isEqualTo(reading.values);
    }

    /** The sum of the offsets a group has committed. */
    private static long committed(Admin admin, String group) {
        Map<TopicPartition, OffsetAndMetadata> committed =
                quietly(() ->
                        done(
                                admin.listConsumerGroupOffsets(group)
                                        .partitionsToOffsetAndMetadata()));
        return committed.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
    }

    private static void assertDeletable(Admin admin, Topic topic, String group) throws Exception {
        var described =
                done(admin.describeClassicGroups(List.of(group)).describedGroups().get(group));
        assertThat(described.state()).isEqualTo(ClassicGroupState.EMPTY);
        assertThat(done(admin.listGroups().all()))
                .anyMatch(listing -> listing.groupId().equals(group));
        done(
                admin.deleteConsumerGroupOffsets(group, Set.of(new TopicPartition(topic.name(), 0)))
                        .all());
        done(admin.deleteConsumerGroups(List.of(group)).all());
        assertThat(done(admin.listGroups().all()))
                .noneMatch(listing -> listing.groupId().equals(group));
    }

    private static List<String> polled(Consumer<String, String> consumer) {
        var values = new ArrayList<String>();
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
            values.add(record.value());
        }
        return values;
    }

    private static long offset(Admin admin, TopicPartition partition, OffsetSpec spec)
            throws Exception {
        ListOffsetsResultInfo found =
                done(admin.listOffsets(Map.of(partition, spec)).partitionResult(partition));
        return found.offset();
    }

    private static void await(Admin admin, String topic, int partitions) {
        Eventually.eventually(
                "%s has %d partitions".formatted(topic, partitions),
                () ->
                        quietly(() ->
                                done(
                                        admin.describeTopics(List.of(topic))
                                                .topicNameValues()
                                                .get(topic))),
                description -> isComplete(description, partitions));
    }

    private static boolean isComplete(TopicDescription description, int partitions) {
        return description.partitions().size() == partitions
                && description.partitions().stream().allMatch(it -> it.leader() != null);
    }

    private static KafkaProducer<String, String> producer(Subject subject) {
        Map<String, Object> config = clientConfig(subject);
        config.put("enable.idempotence", true);
        config.put("acks", "all");
        config.put("compression.type", "lz4");
        config.put("linger.ms", 5);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(Subject subject, Reading reading) {
        Map<String, Object> config = clientConfig(subject);
        config.put("group.id", reading.group);
        config.put("group.protocol", "classic");
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", true);
        config.put("auto.commit.interval.ms", 100);
        config.put("heartbeat.interval.ms", 200);
        config.put("partition.assignment.strategy", reading.assignor.getName());
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    static Map<String, Object> clientConfig(Subject subject) {
        return new java.util.HashMap<>(Map.of("bootstrap.servers", subject.bootstrap()));
    }

    private static <T> T done(KafkaFuture<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, SECONDS);
    }

    /** The answer of a question that is asked again when it fails for now. */
    private static <T> T quietly(java.util.concurrent.Callable<T> question) {
        return Eventually.eventually(
                        "an answer",
                        () -> {
                            try {
                                return java.util.Optional.of(question.call());
                            } catch (java.util.concurrent.ExecutionException notYet) {
                                return java.util.Optional.<T>empty();
                            } catch (Exception broken) {
                                throw new IllegalStateException(broken);
                            }
                        },
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    /** A group that is to read all values of a topic. */
    private record Reading(Topic topic, String group, Class<?> assignor, Set<String> values) {}
}
