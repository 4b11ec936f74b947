package io.tombolo.operation;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** Stock Java clients of one region. */
record Clients(String bootstrap) {

    private static final long CALL_SECONDS_MAX = 40;

    /** What an administrator does. */
    @FunctionalInterface
    interface Task<T> {
        org.apache.kafka.common.KafkaFuture<T> on(Admin admin);
    }

    /** Carries out one task and waits for its end; a refusal is thrown as the client names it. */
    <T> T admin(Task<T> task) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            return await(task.on(admin));
        }
    }

    static <T> T await(java.util.concurrent.Future<T> future) {
        try {
            return future.get(CALL_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(refused.getCause());
        } catch (InterruptedException | TimeoutException late) {
            throw new IllegalStateException(late);
        }
    }

    void create(String topic, int partitions) {
        create(topic, partitions, Map.of());
    }

    void create(String topic, int partitions, Map<String, String> configs) {
        var created = new NewTopic(topic, Optional.of(partitions), Optional.empty());
        admin(admin -> admin.createTopics(List.of(created.configs(configs))).all());
    }

    /** Creates a topic with three replicas, two of which must be in sync. */
    void replicate(String topic, int partitions) {
        replicate(topic, partitions, 2);
    }

    /** Creates a topic with three replicas. */
    void replicate(String topic, int partitions, int inSyncMin) {
        var created =
                new NewTopic(topic, partitions, (short) 3)
                        .configs(Map.of("min.insync.replicas", Integer.toString(inSyncMin)));
        admin(admin -> admin.createTopics(List.of(created)).all());
    }

    /** Changes configs of a topic. */
    void configure(String topic, Map<String, String> configs) {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var changes =
                configs.entrySet().stream()
                        .map(config ->
                                new AlterConfigOp(
                                        new ConfigEntry(config.getKey(), config.getValue()),
                                        AlterConfigOp.OpType.SET))
                        .toList();
        admin(admin -> admin.incrementalAlterConfigs(Map.of(resource, changes)).all());
    }

    /**
     * What the region says of a partition. The client asks any broker, and one that has not heard
     * of a new topic yet is asked again.
     */
    TopicPartitionInfo partition(String topic, int partition) {
        var found = new AtomicReference<TopicPartitionInfo>();
        Patience.until(() -> found.set(described(topic).partitions().get(partition)));
        return found.get();
    }

    private TopicDescription described(String topic) {
        return admin(admin -> admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
    }

    void delete(String topic) {
        admin(admin -> admin.deleteTopics(List.of(topic)).all());
    }

    /** The names of all topics that are not internal. */
    java.util.Set<String> topics() {
        return admin(admin -> admin.listTopics().names());
    }

    KafkaProducer<String, String> producer(Map<String, Object> changes) {
        var settings = new TreeMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("acks", "all");
        settings.put("delivery.timeout.ms", 30_000);
        settings.put("request.timeout.ms", 10_000);
        settings.put("max.block.ms", 20_000);
        settings.putAll(changes);
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    /** Produces values to one partition, in order, and waits for the acknowledgements. */
    void produce(String topic, int partition, String... values) {
        try (var producer = producer(Map.of())) {
            var sent = new ArrayList<java.util.concurrent.Future<?>>();
            for (String value : values) {
                sent.add(producer.send(new ProducerRecord<>(topic, partition, "k", value)));
            }
            producer.flush();
            sent.forEach(Clients::await);
        }
    }

    KafkaConsumer<String, String> consumer(String group) {
        return consumer(group, Map.of());
    }

    KafkaConsumer<String, String> consumer(String group, Map<String, Object> changes) {
        var settings = new TreeMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("group.id", group);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        settings.put("fetch.max.wait.ms", "100");
        settings.putAll(changes);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    /** Reads a partition from its start until {@code count} values are there. */
    List<String> read(String topic, int partition, int count) {
        var values = new ArrayList<String>();
        var place = new TopicPartition(topic, partition);
        try (var consumer = consumer("reader")) {
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            Patience.untilTrue(
                    "%d of %d values read".formatted(values.size(), count),
                    () -> {
                        if (values.size() < count) {
                            consumer.poll(Duration.ofMillis(200))
                                    .forEach(record -> values.add(record.value()));
                        }
                        return values.size() >= count;
                    });
        }
        return values;
    }

    /** The values of a partition by their offsets, from its start to an offset. */
    Map<Long, String> readByOffset(String topic, int partition, long lastOffset) {
        var values = new TreeMap<Long, String>();
        var place = new TopicPartition(topic, partition);
        try (var consumer = consumer("reader")) {
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            Patience.untilTrue(
                    "offset %d read".formatted(lastOffset),
                    () -> {
                        consumer.poll(Duration.ofMillis(200))
                                .forEach(record -> values.put(record.offset(), record.value()));
                        return consumer.position(place) > lastOffset;
                    });
        }
        return values;
    }

    void commit(String group, String topic, int partition, long offset) {
        var offsets = Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset));
        admin(admin -> admin.alterConsumerGroupOffsets(group, offsets).all());
    }

    /** The committed offset of a group; −1 for none. */
    long committed(String group, String topic, int partition) {
        var offsets =
                admin(admin ->
                        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        OffsetAndMetadata found = offsets.get(new TopicPartition(topic, partition));
        return found == null ? -1 : found.offset();
    }

    /** The end offset of a partition. */
    long end(String topic, int partition) {
        var place = new TopicPartition(topic, partition);
        var wanted = Map.of(place, org.apache.kafka.clients.admin.OffsetSpec.latest());
        return admin(admin -> admin.listOffsets(wanted).partitionResult(place)).offset();
    }
}
