package io.tombolo.cli.failback;

import io.tombolo.cli.kafka.KafkaFailures;
import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.output.Tree;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What one failback set aside of one topic, in the region that came back.
 *
 * @param ownershipEpoch of the failback; what earlier ones set aside is in the same topic
 */
record SetAside(KafkaRegion region, String topic, long ownershipEpoch) {

    /** What headers of ours begin with. */
    static final String OURS = "tombolo.";

    private static final Duration POLL = Duration.ofMillis(200);

    /**
     * One record as it was.
     *
     * @param committed false when it belongs to a transaction that was not known to be committed
     */
    record Lost(
            int partition,
            long offset,
            long timestampMs,
            boolean committed,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {

        /** As a line of a file; bytes that are not UTF-8 are in base 64. */
        Tree tree(String topic) {
            Tree.Fields tree =
                    Tree.fields()
                            .with("topic", topic)
                            .with("partition", partition)
                            .with("offset", offset)
                            .with("timestampMs", timestampMs)
                            .with("committed", committed);
            return with(with(tree, "key", key), "value", value)
                    .with(
                            "headers",
                            Tree.list(
                                    headers,
                                    header ->
                                            with(
                                                    Tree.fields().with("name", header.key()),
                                                    "value",
                                                    header.value())));
        }

        private static Tree.Fields with(Tree.Fields tree, String name, byte @Nullable [] bytes) {
            if (bytes == null) {
                return tree.with(name, Tree.NOTHING);
            }
            try {
                return tree.with(
                        name,
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString());
            } catch (CharacterCodingException binary) {
                return tree.with(name + "Base64", Base64.getEncoder().encodeToString(bytes));
            }
        }
    }

    /** The topic that they are in. */
    String place() {
        return Export.PREFIX + topic;
    }

    /** Reads all of them, partition by partition and in their order. */
    void forEach(Consumer<Lost> action) {
        var settings = new java.util.HashMap<>(region.settings());
        settings.put("auto.offset.reset", "none");
        var deserializer = new ByteArrayDeserializer();
        try (var consumer = new KafkaConsumer<>(settings, deserializer, deserializer)) {
            var partitions = new ArrayList<TopicPartition>();
            consumer.partitionsFor(place())
                    .forEach(one -> partitions.add(new TopicPartition(place(), one.partition())));
            for (TopicPartition partition : partitions) {
                forEach(consumer, partition, action);
            }
        } catch (KafkaException refused) {
            throw KafkaFailures.of(refused, region.topic(place()));
        }
    }

    private void forEach(
            KafkaConsumer<byte[], byte[]> consumer,
            TopicPartition partition,
            Consumer<Lost> action) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long heard = System.nanoTime();
        for (long at = consumer.position(partition); at < end; ) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < end
                        && Export.number(record, Export.OWNERSHIP_EPOCH) == ownershipEpoch) {
                    action.accept(lost(record));
                }
            }
            long now = consumer.position(partition);
            heard = now > at ? System.nanoTime() : heard;
            at = now;
            if (System.nanoTime() - heard > TimeUnit.MILLISECONDS.toNanos(region.timeoutMs())) {
                throw new TimeoutException("no record of " + partition + " behind offset " + at);
            }
        }
    }

    private static Lost lost(ConsumerRecord<byte[], byte[]> record) {
        var headers = new ArrayList<Header>();
        for (Header header : record.headers()) {
            if (!header.key().startsWith(OURS)) {
                headers.add(header);
            }
        }
        return new Lost(
                (int) Export.number(record, Export.PARTITION),
                Export.number(record, Export.OFFSET),
                Export.number(record, Export.TIMESTAMP),
                record.headers().lastHeader(Export.UNCOMMITTED) == null,
                record.key(),
                record.value(),
                headers);
    }

    /** What the regions of a link report, topic by topic. */
    static List<SetAside> reported(
            List<Tree> views, java.util.function.Function<String, KafkaRegion> regions) {
        var all = new ArrayList<SetAside>();
        for (Tree view : views) {
            for (Tree topic : view.at("topics").items()) {
                boolean any =
                        topic.at("partitions").items().stream()
                                .anyMatch(one -> !one.at("exportedTo").text().isEmpty());
                if (any) {
                    all.add(
                            new SetAside(
                                    regions.apply(view.at("region").text()),
                                    topic.at("topic").text(),
                                    topic.at("ownershipEpoch").number(0)));
                }
            }
        }
        return all;
    }
}
