package io.tombolo.operation;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.PolicyViolationException;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A stock producer without idempotence that sends each value once, whatever becomes of it, and goes
 * on until it is closed; no value is sent by two writers.
 */
final class PlainWriter implements AutoCloseable {

    private static final int IN_FLIGHT_MAX = 50;
    private static final long PAUSE_NANOS = 1_000_000;

    /** Where a record is. */
    record Place(int partition, long offset) {}

    private final String topic;
    private final String name;
    private final int partitions;
    private final Map<Place, String> acknowledged = new ConcurrentHashMap<>();
    private final Set<String> unanswered = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Thread thread;

    /**
     * @param name what its values begin with
     */
    PlainWriter(Clients region, String topic, int partitions, String name) {
        this.topic = topic;
        this.partitions = partitions;
        this.name = name;
        thread = Thread.ofVirtual().start(() -> write(region));
    }

    private void write(Clients region) {
        Map<String, Object> onceOnly =
                Map.of(
                        "enable.idempotence", "false",
                        "retries", 0,
                        "delivery.timeout.ms", 3_000,
                        "request.timeout.ms", 2_000,
                        "max.block.ms", 2_000,
                        "reconnect.backoff.max.ms", 200);
        var inFlight = new Semaphore(IN_FLIGHT_MAX);
        try (var producer = region.producer(onceOnly)) {
            for (int number = 0; !stopped.get(); number++) {
                String value = name + " " + number;
                inFlight.acquireUninterruptibly();
                producer.send(
                        new ProducerRecord<>(topic, number % partitions, "k", value),
                        (answer, failure) -> {
                            note(value, answer, failure);
                            inFlight.release();
                        });
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void note(String value, RecordMetadata answer, Exception failure) {
        if (failure == null) {
            acknowledged.put(new Place(answer.partition(), answer.offset()), value);
        } else if (failure instanceof PolicyViolationException) {
            refusals.incrementAndGet();
        } else {
            unanswered.add(value);
        }
    }

    /** What was acknowledged, and where. */
    Map<Place, String> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    /** How many records were acknowledged so far. */
    int count() {
        return acknowledged.size();
    }

    /** What may have been written or not: its answer was lost. */
    Set<String> unanswered() {
        return Set.copyOf(unanswered);
    }

    /** How many records were refused, because the topic belongs to another region. */
    int refusals() {
        return refusals.get();
    }

    @Override
    public void close() throws InterruptedException {
        stopped.set(true);
        thread.join();
    }
}
