package io.tombolo.cli.demo;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Compares the copy with its source: every record as a consumer sees it, every batch as it lies on
 * disk.
 *
 * @param recordCount records read in both regions
 * @param recordsDiffering with another offset, time stamp, key, value, header or leader epoch
 * @param batchCount batches on disk of the copy
 * @param batchesDiffering with other bytes or another CRC than at the source, or a wrong CRC
 * @param batchBytes size of the batches compared
 */
record Comparison(
        long recordCount,
        long recordsDiffering,
        long batchCount,
        long batchesDiffering,
        long batchBytes) {

    private static final Duration READ_MAX = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(100);

    boolean equal() {
        return recordCount > 0 && recordsDiffering == 0 && batchCount > 0 && batchesDiffering == 0;
    }

    /** Compares everything that the copy holds at this moment. */
    static Comparison of(DemoSite site) {
        Map<TopicPartition, Long> ends = ends(site.bootstrap("us"));
        Map<String, ConsumerRecord<String, String>> source = read(site.bootstrap("eu"), ends);
        Map<String, ConsumerRecord<String, String>> copy = read(site.bootstrap("us"), ends);
        long differing =
                copy.entrySet().stream()
                                .filter(entry ->
                                        !same(source.get(entry.getKey()), entry.getValue()))
                                .count()
                        + source.keySet().stream()
                                .filter(place -> !copy.containsKey(place))
                                .count();
        long batches = 0;
        long batchesDiffering = 0;
        long bytes = 0;
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            int partition = end.getKey().partition();
            var there = SegmentBatches.before(site.partition("eu", partition), end.getValue());
            var here = SegmentBatches.before(site.partition("us", partition), end.getValue());
            batches += here.size();
            batchesDiffering += differing(there, here);
            bytes += here.stream().mapToLong(batch -> batch.bytes().limit()).sum();
        }
        return new Comparison(copy.size(), differing, batches, batchesDiffering, bytes);
    }

    /** Every record of the topic in a region, by {@code partition@offset}. */
    static Map<String, ConsumerRecord<String, String>> all(String bootstrap) {
        return read(bootstrap, ends(bootstrap));
    }

    private static long differing(
            List<SegmentBatches.Batch> there, List<SegmentBatches.Batch> here) {
        long differing = Math.abs(there.size() - here.size());
        for (int index = 0; index < Math.min(there.size(), here.size()); index++) {
            var one = there.get(index);
            var other = here.get(index);
            boolean same =
                    one.crc() == other.crc() && other.intact() && one.bytes().equals(other.bytes());
            differing += same ? 0 : 1;
        }
        return differing;
    }

    private static boolean same(
            @org.jspecify.annotations.Nullable ConsumerRecord<String, String> one,
            ConsumerRecord<String, String> other) {
        return one != null
                && one.offset() == other.offset()
                && one.timestamp() == other.timestamp()
                && one.timestampType() == other.timestampType()
                && one.key().equals(other.key())
                && one.value().equals(other.value())
                && one.leaderEpoch().equals(other.leaderEpoch())
                && Arrays.equals(one.headers().toArray(), other.headers().toArray());
    }

    private static Map<TopicPartition, Long> ends(String bootstrap) {
        try (var consumer = consumer(bootstrap)) {
            return consumer.endOffsets(
                    IntStream.range(0, DemoSite.PARTITION_COUNT)
                            .mapToObj(number -> new TopicPartition(DemoSite.TOPIC, number))
                            .toList());
        }
    }

    private static Map<String, ConsumerRecord<String, String>> read(
            String bootstrap, Map<TopicPartition, Long> ends) {
        var records = new HashMap<String, ConsumerRecord<String, String>>();
        try (var consumer = consumer(bootstrap)) {
            consumer.assign(ends.keySet());
            consumer.seekToBeginning(ends.keySet());
            long deadline = System.nanoTime() + READ_MAX.toNanos();
            while (System.nanoTime() < deadline
                    && ends.entrySet().stream()
                            .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
                    Long end = ends.get(new TopicPartition(record.topic(), record.partition()));
                    if (end != null && record.offset() < end) {
                        records.put(record.partition() + "@" + record.offset(), record);
                    }
                }
            }
        }
        return records;
    }

    private static KafkaConsumer<String, String> consumer(String bootstrap) {
        Map<String, Object> settings = GroupMember.settings(bootstrap);
        settings.remove("group.id");
        settings.put("client.id", "demo-reader");
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }
}
