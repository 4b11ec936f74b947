package io.tombolo.cli.demo;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The one member of a consumer group: reads, and commits after every batch of records. */
final class GroupMember implements AutoCloseable {

    static final String GROUP = "demo-billing";

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration CLOSE_MAX = Duration.ofMillis(500);

    /** A record that the group has processed. */
    record Seen(int partition, long offset, String value, long nanos) {}

    private final KafkaConsumer<String, String> consumer;
    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "group member");
    private volatile boolean stopped;

    GroupMember(String bootstrap) {
        this.consumer =
                new KafkaConsumer<>(
                        settings(bootstrap), new StringDeserializer(), new StringDeserializer());
        thread.setDaemon(true);
    }

    /** Settings of every consumer of the demo. */
    static Map<String, Object> settings(String bootstrap) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("group.id", GROUP);
        settings.put("client.id", "demo-consumer");
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        settings.put("check.crcs", true);
        settings.put("fetch.max.wait.ms", 100);
        settings.put("request.timeout.ms", 5_000);
        settings.put("default.api.timeout.ms", 5_000);
        settings.put("enable.metrics.push", false);
        settings.put("metric.reporters", List.of());
        return settings;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try (consumer) {
            consumer.subscribe(List.of(DemoSite.TOPIC));
            while (!stopped) {
                var records = consumer.poll(POLL);
                long now = System.nanoTime();
                for (ConsumerRecord<String, String> record : records) {
                    seen.add(new Seen(record.partition(), record.offset(), record.value(), now));
                }
                if (!records.isEmpty()) {
                    consumer.commitAsync();
                }
            }
        } catch (WakeupException | org.apache.kafka.common.errors.InterruptException stop) {
            // Told to stop; the consumer is closed on the way out.
        } catch (KafkaException lost) {
            // Its region is gone; what was seen until then counts.
        }
    }

    /** What was processed so far. */
    List<Seen> seen() {
        return List.copyOf(seen);
    }

    @Override
    public void close() {
        stopped = true;
        consumer.wakeup();
        try {
            thread.join(CLOSE_MAX);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
