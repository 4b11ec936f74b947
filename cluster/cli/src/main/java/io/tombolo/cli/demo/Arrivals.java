package io.tombolo.cli.demo;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** A reader in us that notes when each record becomes readable there. */
final class Arrivals implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);

    private final KafkaConsumer<String, String> consumer;
    private final Map<String, Long> nanosByValue = new ConcurrentHashMap<>();
    private final CountDownLatch reading = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "arrivals");
    private volatile boolean stopped;

    /**
     * Delay of records between their acknowledgement in eu and their arrival at the reader.
     *
     * @param count of records seen at both ends
     */
    record Delay(long count, long medianMs, long worstMs) {}

    Arrivals(String bootstrap) {
        Map<String, Object> settings = GroupMember.settings(bootstrap);
        settings.remove("group.id");
        settings.put("client.id", "demo-arrivals");
        this.consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        thread.setDaemon(true);
    }

    /** Starts to read at the present end; returns when it does. */
    void start() {
        thread.start();
        try {
            reading.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (consumer) {
            List<TopicPartition> partitions =
                    IntStream.range(0, DemoSite.PARTITION_COUNT)
                            .mapToObj(number -> new TopicPartition(DemoSite.TOPIC, number))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            reading.countDown();
            while (!stopped) {
                var records = consumer.poll(POLL);
                long now = System.nanoTime();
                for (ConsumerRecord<String, String> record : records) {
                    nanosByValue.put(record.value(), now);
                }
            }
        } catch (WakeupException | InterruptException stop) {
            // Told to stop; the consumer is closed on the way out.
        } catch (KafkaException lost) {
            // What was seen until then counts.
        } finally {
            reading.countDown();
        }
    }

    /** The delay of those acknowledged records that were seen; a reader can be ahead of the ack. */
    Delay delay(List<Traffic.Ack> acks) {
        long[] ms =
                acks.stream()
                        .filter(ack -> nanosByValue.containsKey(ack.value()))
                        .mapToLong(ack ->
                                (nanosByValue.getOrDefault(ack.value(), ack.nanos()) - ack.nanos())
                                        / 1_000_000)
                        .sorted()
                        .toArray();
        return ms.length == 0
                ? new Delay(0, -1, -1)
                : new Delay(ms.length, ms[ms.length / 2], Arrays.stream(ms).max().orElse(-1));
    }

    @Override
    public void close() {
        stopped = true;
        consumer.wakeup();
        try {
            thread.join(Duration.ofMillis(500));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
