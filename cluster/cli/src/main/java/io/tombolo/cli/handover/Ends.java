package io.tombolo.cli.handover;

import io.tombolo.cli.kafka.KafkaRegion;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/** Where the partitions of a region end, and with what, as its clients see it. */
final class Ends {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Ends() {}

    /**
     * The partitions of topics, without those that brokers keep for themselves.
     *
     * @return how many each topic has
     */
    static Map<String, Integer> partitions(
            KafkaRegion region, Admin admin, Predicate<String> wanted) {
        var names =
                region.await(admin.listTopics().names(), region.all("topics")).stream()
                        .filter(name -> !name.startsWith("__"))
                        .filter(wanted)
                        .toList();
        var counts = new TreeMap<String, Integer>();
        for (TopicDescription topic :
                region.await(admin.describeTopics(names).allTopicNames(), region.all("topics"))
                        .values()) {
            counts.put(topic.name(), topic.partitions().size());
        }
        return counts;
    }

    /** The end offsets; nothing when a topic is not there. */
    static Map<TopicPartition, Long> of(
            KafkaRegion region,
            Admin admin,
            Collection<TopicPartition> partitions,
            IsolationLevel isolation) {
        var latest =
                partitions.stream().collect(Collectors.toMap(one -> one, _ -> OffsetSpec.latest()));
        return region
                .find(
                        admin.listOffsets(latest, new ListOffsetsOptions(isolation)).all(),
                        UnknownTopicOrPartitionException.class,
                        region.all("topics"))
                .orElse(Map.of())
                .entrySet()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, one -> one.getValue().offset()));
    }

    /**
     * Checksums of the last records. There is none of a partition that has no record, or that ends
     * with a marker.
     *
     * @param ends where the partitions end
     */
    static Map<TopicPartition, Long> checksums(KafkaRegion region, Map<TopicPartition, Long> ends) {
        var settings = new HashMap<>(region.settings());
        settings.put("enable.auto.commit", false);
        var sums = new HashMap<TopicPartition, Long>();
        try (var consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var filled =
                    ends.entrySet().stream()
                            .filter(one -> one.getValue() > 0)
                            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            consumer.assign(filled.keySet());
            filled.forEach((partition, end) -> consumer.seek(partition, end - 1));
            Waiting.until(
                    PATIENCE,
                    () -> {
                        consumer.poll(Duration.ofMillis(100))
                                .forEach(record ->
                                        sums.put(
                                                new TopicPartition(
                                                        record.topic(), record.partition()),
                                                checksum(record)));
                        return filled;
                    },
                    all ->
                            all.entrySet().stream()
                                    .allMatch(one ->
                                            consumer.position(one.getKey()) >= one.getValue()));
        }
        return sums;
    }

    private static long checksum(ConsumerRecord<byte[], byte[]> record) {
        var crc = new CRC32C();
        add(crc, record.key());
        add(crc, record.value());
        for (Header header : record.headers()) {
            add(crc, header.key().getBytes(StandardCharsets.UTF_8));
            add(crc, header.value());
        }
        return crc.getValue() ^ record.offset() ^ record.timestamp() << 1;
    }

    private static void add(CRC32C crc, byte @Nullable [] bytes) {
        crc.update(bytes == null ? 0 : 1); // an empty value is none that is missing
        if (bytes != null) {
            crc.update(bytes);
        }
    }
}
