package io.tombolo.chaos;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** A stock producer that numbers what it sends to each partition. */
final class Writer {

    private static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    /**
     * Longer than any round waits: a producer that gives a batch up begins a new epoch, and sends
     * again in it whatever else it has under way, be it in the log or not.
     */
    private static final int DELIVERY_MS_MAX = 300_000;

    private static final int BLOCK_MS_MAX = 60_000;

    private final String name;
    private final String topic;
    private final int partitions;
    private final Map<String, Object> settings;
    private final Recorder recorder;

    /**
     * @param changes producer settings that differ from idempotent with acks=all
     */
    Writer(
            String name,
            String bootstrap,
            String topic,
            int partitions,
            Map<String, Object> changes,
            Recorder recorder) {
        this.name = name;
        this.topic = topic;
        this.partitions = partitions;
        this.recorder = recorder;
        settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("acks", "all");
        settings.put("linger.ms", 5);
        settings.put("delivery.timeout.ms", DELIVERY_MS_MAX);
        settings.put("request.timeout.ms", 3_000);
        settings.put("max.block.ms", BLOCK_MS_MAX);
        settings.put("metadata.max.age.ms", 2_000);
        settings.put("reconnect.backoff.max.ms", 200);
        settings.put("retry.backoff.max.ms", 200);
        settings.put("socket.connection.setup.timeout.ms", 1_500);
        settings.putAll(changes);
    }

    /** Sends to all partitions in turn; after a fatal error a new producer goes on. */
    void run(AtomicBoolean stopping) {
        for (int incarnation = 0; !stopping.get(); incarnation++) {
            try (var producer = producer()) {
                send(producer, name + "." + incarnation, stopping);
            }
        }
    }

    private KafkaProducer<String, String> producer() {
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    private void send(
            KafkaProducer<String, String> producer, String incarnation, AtomicBoolean stopping) {
        for (long number = 0; !stopping.get(); number++) {
            for (int partition = 0; partition < partitions; partition++) {
                Value value = new Value(incarnation, partition, number);
                try {
                    send(producer, value);
                } catch (KafkaException fatal) {
                    System.out.println("a new producer after " + fatal);
                    return;
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        producer.flush();
    }

    private void send(KafkaProducer<String, String> producer, Value value) {
        var record = new ProducerRecord<String, String>(topic, value.partition(), null, value + "");
        producer.send(
                record,
                (metadata, error) -> {
                    if (error != null) {
                        System.out.println(value + " is not answered: " + error);
                    }
                    recorder.add(
                            error == null && metadata.hasOffset()
                                    ? Sent.acknowledged(value, metadata.offset())
                                    : Sent.unanswered(value));
                });
    }
}
