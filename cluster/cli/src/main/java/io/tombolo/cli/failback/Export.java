package io.tombolo.cli.failback;

import io.tombolo.cli.kafka.KafkaFailures;
import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.output.Tree;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Copies what only one region has of a topic to {@code __divergent.TOPIC} there, partition by
 * partition: key, value, headers and timestamp as they were, and headers of its own that say where
 * the record stood. Records of transactions are copied whether these were committed or not. A copy
 * that was interrupted goes on behind the last record that it wrote.
 */
final class Export {

    static final String PREFIX = "__divergent.";
    static final String OFFSET = "tombolo.offset";
    static final String PARTITION = "tombolo.partition";
    private static final String LEADER_EPOCH = "tombolo.leader.epoch";
    static final String TIMESTAMP = "tombolo.timestamp";
    static final String OWNERSHIP_EPOCH = "tombolo.ownership.epoch";

    /** On records of transactions of which no commit was there when they were copied. */
    static final String UNCOMMITTED = "tombolo.uncommitted";

    static final int RECORD_BYTES_MAX = 100 << 20;
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaRegion region;
    private final String topic;
    private final long ownershipEpoch;
    private final int partitionCount;
    private boolean made;

    Export(KafkaRegion region, Tree topic) {
        this.region = region;
        this.topic = topic.at("topic").text();
        this.ownershipEpoch = topic.at("ownershipEpoch").number(0);
        this.partitionCount = topic.at("partitions").items().size();
    }

    /** The topic that is copied to. */
    String target() {
        return PREFIX + topic;
    }

    /** Copies one partition; when this returns, all its replicas in sync have it on their disks. */
    void copy(Tree partition) {
        int number = (int) partition.at("partition").number(-1);
        if (!made) {
            make();
            made = true;
        }
        var deserializer = new ByteArrayDeserializer();
        var serializer = new ByteArraySerializer();
        try (var consumer = new KafkaConsumer<>(reading(), deserializer, deserializer);
                var producer = new KafkaProducer<>(writing(), serializer, serializer)) {
            long from = Math.max(partition.at("fromOffset").number(0), copied(consumer, number));
            long to = Math.min(partition.at("toOffset").number(0), end(consumer, number));
            var source = new TopicPartition(topic, number);
            try (var committed = new CommittedReader(reading(), source, from, region.timeoutMs())) {
                copy(new Ends(consumer, committed, producer), source, from, to);
            }
        } catch (ExecutionException refused) {
            throw KafkaFailures.of(refused.getCause(), region.topic(target()));
        } catch (KafkaException refused) {
            throw KafkaFailures.of(refused, region.topic(target()));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** Who reads everything, who reads what is committed, and who writes. */
    private record Ends(
            KafkaConsumer<byte[], byte[]> consumer,
            CommittedReader committed,
            KafkaProducer<byte[], byte[]> producer) {}

    private void copy(Ends ends, TopicPartition source, long from, long to)
            throws ExecutionException, InterruptedException {
        KafkaConsumer<byte[], byte[]> consumer = ends.consumer();
        consumer.assign(List.of(source));
        consumer.seek(source, from);
        long heard = System.nanoTime();
        for (long at = from; at < to; at = consumer.position(source)) {
            Future<?> last = null;
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < to) {
                    boolean committed = ends.committed().has(record.offset());
                    last = ends.producer().send(marked(record, committed));
                }
            }
            ends.producer().flush();
            if (last != null) {
                last.get();
            }
            heard = consumer.position(source) > at ? System.nanoTime() : heard;
            if (System.nanoTime() - heard > TimeUnit.MILLISECONDS.toNanos(region.timeoutMs())) {
                throw new TimeoutException("no record of " + source + " behind offset " + at);
            }
        }
    }

    private ProducerRecord<byte[], byte[]> marked(
            ConsumerRecord<byte[], byte[]> record, boolean committed) {
        var copy =
                new ProducerRecord<>(
                        target(),
                        record.partition(),
                        record.timestamp() < 0 ? null : record.timestamp(),
                        record.key(),
                        record.value(),
                        record.headers());
        copy.headers()
                .add(OFFSET, bytes(record.offset()))
                .add(PARTITION, bytes(record.partition()))
                .add(LEADER_EPOCH, bytes(record.leaderEpoch().orElse(-1)))
                .add(TIMESTAMP, bytes(record.timestamp()))
                .add(OWNERSHIP_EPOCH, bytes(ownershipEpoch));
        if (!committed) {
            copy.headers().add(UNCOMMITTED, bytes(1));
        }
        return copy;
    }

    /** There is less than was reported when every replica in sync has lost its power since then. */
    private long end(KafkaConsumer<byte[], byte[]> consumer, int number) {
        var source = new TopicPartition(topic, number);
        return consumer.endOffsets(List.of(source)).getOrDefault(source, 0L);
    }

    /** Behind the last record that was copied for this failback; 0 when none was. */
    private long copied(KafkaConsumer<byte[], byte[]> consumer, int number) {
        var target = new TopicPartition(target(), number);
        consumer.assign(List.of(target));
        long end = consumer.endOffsets(List.of(target)).getOrDefault(target, 0L);
        if (end == 0) {
            return 0;
        }
        consumer.seek(target, end - 1);
        Optional<ConsumerRecord<byte[], byte[]>> last = Optional.empty();
        while (last.isEmpty() && consumer.position(target) < end) {
            last = consumer.poll(POLL).records(target).stream().findFirst();
        }
        return last.filter(record -> number(record, OWNERSHIP_EPOCH) == ownershipEpoch)
                .map(record -> number(record, OFFSET) + 1)
                .orElse(0L);
    }

    /** The value of a header of ours, −1 when it is not there. */
    static long number(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null
                ? -1
                : Long.parseLong(new String(header.value(), StandardCharsets.US_ASCII));
    }

    private static byte[] bytes(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private void make() {
        var wanted =
                new NewTopic(target(), Optional.of(partitionCount), Optional.empty())
                        .configs(
                                Map.of(
                                        "retention.ms",
                                        "-1",
                                        "flush.messages",
                                        "1",
                                        "max.message.bytes",
                                        String.valueOf(RECORD_BYTES_MAX)));
        try (Admin admin = region.admin()) {
            boolean fresh =
                    region.find(
                                    admin.createTopics(List.of(wanted)).topicId(target()),
                                    TopicExistsException.class,
                                    region.topic(target()))
                            .isPresent();
            if (!fresh) {
                grow(admin);
            }
        }
    }

    private void grow(Admin admin) {
        var known =
                KafkaRegion.entry(
                        region.await(
                                admin.describeTopics(List.of(target())).allTopicNames(),
                                region.topic(target())),
                        target());
        if (known.partitions().size() < partitionCount) {
            region.await(
                    admin.createPartitions(
                                    Map.of(target(), NewPartitions.increaseTo(partitionCount)))
                            .all(),
                    region.topic(target()));
        }
    }

    private Map<String, Object> reading() {
        var settings = new HashMap<>(region.settings());
        settings.put("auto.offset.reset", "none");
        settings.put("isolation.level", "read_uncommitted");
        settings.put("max.partition.fetch.bytes", 4 << 20);
        return settings;
    }

    private Map<String, Object> writing() {
        var settings = new HashMap<>(region.settings());
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.put("compression.type", "lz4");
        settings.put("max.request.size", RECORD_BYTES_MAX);
        settings.put("linger.ms", 5);
        return settings;
    }
}
