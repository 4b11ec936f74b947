package io.tombolo.cli.failback;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Tells which records of a partition a reader of what is committed is given; asked in the order of
 * their offsets. Behind the first record of a transaction that is still open such a reader is given
 * nothing. Mutable; blocking.
 */
final class CommittedReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final long timeoutMs;
    private final TreeSet<Long> ahead = new TreeSet<>();
    private final long end;

    CommittedReader(
            Map<String, Object> settings, TopicPartition partition, long from, long timeoutMs) {
        var committed = new HashMap<>(settings);
        committed.put("isolation.level", "read_committed");
        var deserializer = new ByteArrayDeserializer();
        this.consumer = new KafkaConsumer<>(committed, deserializer, deserializer);
        this.partition = partition;
        this.timeoutMs = timeoutMs;
        consumer.assign(List.of(partition));
        this.end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        consumer.seek(partition, Math.min(from, end));
    }

    /** Whether the record at an offset is committed, or needs no commit. */
    boolean has(long offset) {
        long start = System.nanoTime();
        while (consumer.position(partition) <= offset && consumer.position(partition) < end) {
            consumer.poll(POLL).records(partition).forEach(record -> ahead.add(record.offset()));
            if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(timeoutMs)) {
                throw new TimeoutException("no record of " + partition + " up to offset " + offset);
            }
        }
        ahead.headSet(offset).clear();
        return ahead.contains(offset);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
