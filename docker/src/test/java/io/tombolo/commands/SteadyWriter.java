package io.tombolo.commands;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Writes records that do not get smaller by compression, some hundred kilobytes a second. */
final class SteadyWriter implements AutoCloseable {

    private static final int RECORD_BYTES = 8_000;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread;
    private volatile boolean stopped;

    /**
     * @param kafkaPort of the first of three brokers
     */
    SteadyWriter(int kafkaPort, String topic) {
        String bootstrap = "127.0.0.1:%d,127.0.0.1:%d".formatted(kafkaPort, kafkaPort + 1);
        producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrap, "acks", "all"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        thread = Thread.ofVirtual().start(() -> write(topic));
    }

    private void write(String topic) {
        var random = new Random(1);
        while (!stopped) {
            var value = new byte[RECORD_BYTES];
            random.nextBytes(value);
            producer.send(new ProducerRecord<>(topic, value));
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** What has not been acknowledged by now need not be. */
    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
        producer.close(Duration.ZERO);
    }
}
