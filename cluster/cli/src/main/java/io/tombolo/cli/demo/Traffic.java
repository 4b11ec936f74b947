package io.tombolo.cli.demo;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Records at a fixed rate from Kafka's own producer: idempotent, acks=all, lz4. Remembers every
 * acknowledgement.
 */
final class Traffic implements AutoCloseable {

    /** An acknowledged record. */
    record Ack(int partition, long offset, String value, long nanos) {}

    private final String name;
    private final KafkaProducer<String, String> producer;
    private final ConcurrentLinkedQueue<Ack> acks = new ConcurrentLinkedQueue<>();
    private final AtomicLong refusedCount = new AtomicLong();
    private volatile String lastRefusal = "";
    private volatile boolean stopped;
    private Optional<Thread> thread = Optional.empty();

    /**
     * @param name begins every value, so that values are never equal by chance
     * @param region the one of the demo that is written to, and no other cluster
     */
    Traffic(String name, DemoSite site, String region) {
        this.name = name;
        this.producer =
                new KafkaProducer<>(
                        settings(site.bootstrap(region)),
                        new StringSerializer(),
                        new OwnCluster(site.clusterId(region)));
    }

    private static Map<String, Object> settings(String bootstrap) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("client.id", "demo-producer");
        settings.put("enable.idempotence", true);
        settings.put("acks", "all");
        settings.put("compression.type", "lz4");
        settings.put("linger.ms", 5);
        settings.put("reconnect.backoff.ms", 20);
        settings.put("reconnect.backoff.max.ms", 100);
        settings.put("retry.backoff.ms", 20);
        settings.put("retry.backoff.max.ms", 100);
        settings.put("request.timeout.ms", 3_000);
        settings.put("delivery.timeout.ms", 5_000);
        settings.put("max.block.ms", 5_000);
        settings.put("enable.metrics.push", false);
        settings.put("metric.reporters", List.of());
        return settings;
    }

    /** Writes one record and waits for its acknowledgement. */
    Ack write(int partition, String value) {
        try {
            RecordMetadata answer =
                    producer.send(new ProducerRecord<>(DemoSite.TOPIC, partition, "demo", value))
                            .get();
            return new Ack(answer.partition(), answer.offset(), value, System.nanoTime());
        } catch (java.util.concurrent.ExecutionException refused) {
            throw new KafkaException(refused.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** Writes records evenly to all partitions until told to stop. */
    void flow(int perSecond) {
        var worker = new Thread(() -> run(1_000_000_000L / perSecond), "traffic " + name);
        worker.setDaemon(true);
        thread = Optional.of(worker);
        worker.start();
    }

    private void run(long gapNanos) {
        long next = System.nanoTime();
        for (long number = 0; !stopped; number++) {
            send(number);
            next += gapNanos;
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
        }
    }

    private void send(long number) {
        String value = "%s %06d".formatted(name, number);
        int partition = (int) (number % DemoSite.PARTITION_COUNT);
        var record = new ProducerRecord<>(DemoSite.TOPIC, partition, "key-" + number % 10, value);
        record.headers()
                .add(
                        "number",
                        Long.toString(number).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        try {
            producer.send(record, (answer, failure) -> answered(value, answer, failure));
        } catch (KafkaException | IllegalStateException closed) {
            refused(closed);
        }
    }

    private void answered(
            String value,
            @org.jspecify.annotations.Nullable RecordMetadata answer,
            @org.jspecify.annotations.Nullable Exception failure) {
        if (failure != null || answer == null) {
            refused(failure == null ? new IllegalStateException("no answer") : failure);
            return;
        }
        acks.add(new Ack(answer.partition(), answer.offset(), value, System.nanoTime()));
    }

    /** No answer is no refusal. */
    private void refused(Exception failure) {
        if (!stopped && !(failure instanceof TimeoutException)) {
            refusedCount.incrementAndGet();
            lastRefusal = String.valueOf(failure.getMessage());
        }
    }

    /** What was acknowledged so far, in the order of the acknowledgements. */
    List<Ack> acks() {
        return List.copyOf(acks);
    }

    long refusedCount() {
        return refusedCount.get();
    }

    /** What the broker said when it refused last; empty when it never did. */
    String lastRefusal() {
        return lastRefusal;
    }

    /** Stops at once: what is not acknowledged by now counts as never written. */
    @Override
    public void close() {
        stopped = true;
        thread.ifPresent(Thread::interrupt);
        producer.close(Duration.ZERO);
    }
}
