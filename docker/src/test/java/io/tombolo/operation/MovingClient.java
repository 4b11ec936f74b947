package io.tombolo.operation;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * A program of stock Java clients that nobody touches: each writes or reads until the process is
 * killed, and prints what was acknowledged and read. Runs with the client of any release, so
 * nothing of this build is used.
 */
final class MovingClient {

    private static final int BURST = 4;

    /** Between bursts, so that several clients fit on one machine. */
    private static final long PAUSE_NANOS = 20_000_000;

    private final String bootstrap;
    private final String prefix;

    private MovingClient(String bootstrap, String prefix) {
        this.bootstrap = bootstrap;
        this.prefix = prefix;
    }

    /** {@code BOOTSTRAP PREFIX ROLE...}; topics and groups are named by prefix and role. */
    public static void main(String[] arguments) {
        var client = new MovingClient(arguments[0], arguments[1]);
        for (String role : List.of(arguments).subList(2, arguments.length)) {
            new Thread(() -> client.play(role)).start();
        }
    }

    private void play(String role) {
        try {
            switch (role) {
                case "plain" -> write(role, Map.of("enable.idempotence", "false"));
                case "idempotent" -> write(role, Map.of("enable.idempotence", "true"));
                case "transactional" -> transact(role);
                default -> read(role);
            }
        } catch (RuntimeException | InterruptedException end) {
            say(role, "ended", end.toString());
        }
    }

    private void write(String role, Map<String, Object> settings) throws InterruptedException {
        try (var producer = producer(role, settings)) {
            for (int number = 0; ; number += BURST) {
                for (Sent one : burst(producer, role, number)) {
                    acknowledged(role, one);
                }
            }
        }
    }

    private void transact(String role) throws InterruptedException {
        int number = 0;
        while (true) {
            try (var producer = producer(role, Map.of("transactional.id", prefix + "-" + role))) {
                producer.initTransactions();
                say(role, "began", "");
                while (true) {
                    number += BURST;
                    if (!committed(producer, role, number)) {
                        break;
                    }
                }
            }
        }
    }

    /** Whether the same producer may begin the next transaction. */
    private boolean committed(KafkaProducer<String, String> producer, String role, int number)
            throws InterruptedException {
        try {
            producer.beginTransaction();
            List<Sent> sent = burst(producer, role, number);
            producer.commitTransaction();
            for (Sent one : sent) {
                acknowledged(role, one);
            }
            return true;
        } catch (KafkaException failed) {
            say(role, "aborting", failed.toString());
        }
        try {
            producer.abortTransaction();
            return true;
        } catch (KafkaException failed) {
            say(role, "anew", failed.toString());
            return false;
        }
    }

    private record Sent(String value, Future<RecordMetadata> answer) {}

    private List<Sent> burst(KafkaProducer<String, String> producer, String role, int number) {
        var sent = new ArrayList<Sent>();
        for (int index = number; index < number + BURST; index++) {
            String value = role + index;
            sent.add(
                    new Sent(
                            value,
                            producer.send(
                                    new ProducerRecord<>(
                                            prefix + "-" + role, index % 2, "k", value))));
        }
        producer.flush();
        LockSupport.parkNanos(PAUSE_NANOS);
        return sent;
    }

    private void acknowledged(String role, Sent sent) throws InterruptedException {
        try {
            RecordMetadata at = sent.answer().get();
            say(role, "acked", at.partition() + " " + at.offset() + " " + sent.value());
        } catch (java.util.concurrent.ExecutionException failed) {
            say(role, "failed", sent.value() + " " + failed.getCause());
        }
    }

    private void read(String role) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("client.id", prefix + "-" + role);
        settings.put("group.id", prefix + "-" + role);
        settings.put("group.protocol", role);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        var text = new StringDeserializer();
        try (var consumer = new KafkaConsumer<>(settings, text, text)) {
            consumer.subscribe(List.of(prefix + "-idempotent"));
            while (true) {
                try {
                    var records = consumer.poll(Duration.ofMillis(100));
                    for (ConsumerRecord<String, String> record : records) {
                        say(
                                role,
                                "read",
                                record.partition() + " " + record.offset() + " " + record.value());
                    }
                    if (!records.isEmpty()) {
                        consumer.commitSync();
                    }
                } catch (org.apache.kafka.common.errors.RetriableException
                        | org.apache.kafka.clients.consumer.CommitFailedException again) {
                    say(role, "again", again.toString());
                }
            }
        }
    }

    private KafkaProducer<String, String> producer(String role, Map<String, Object> changes) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("client.id", prefix + "-" + role);
        settings.put("acks", "all");
        settings.putAll(changes);
        var text = new StringSerializer();
        return new KafkaProducer<>(settings, text, text);
    }

    private static void say(String role, String what, String more) {
        String line = role + " " + what + " " + more.replace('\n', ' ');
        synchronized (System.out) {
            System.out.println(line);
        }
    }
}
