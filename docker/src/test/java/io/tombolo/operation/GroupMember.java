package io.tombolo.operation;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.serialization.StringDeserializer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stock consumer with a thread of its own that commits what it has read; {@link #main} is the
 * same as a process, which can be killed.
 */
final class GroupMember implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<String, String> consumer;
    private final Set<String> read = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean closing;

    GroupMember(String bootstrap, String protocol, String topic) {
        consumer = consumer(bootstrap, protocol, topic);
        thread = Thread.ofPlatform().start(this::work);
    }

    /** Reads for the group of that protocol until it is killed; says so once it has partitions. */
    public static void main(String[] arguments) throws Exception {
        Path ready = Path.of(arguments[3]);
        try (var consumer = consumer(arguments[0], arguments[1], arguments[2])) {
            while (true) {
                consumer.poll(POLL);
                if (!consumer.assignment().isEmpty() && Files.notExists(ready)) {
                    Files.writeString(ready, "ready");
                }
            }
        }
    }

    private static KafkaConsumer<String, String> consumer(
            String bootstrap, String protocol, String topic) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrap);
        config.put("group.id", protocol);
        config.put("group.protocol", protocol);
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", "false");
        config.put("reconnect.backoff.max.ms", "200");
        if (protocol.equals("classic")) {
            config.put("session.timeout.ms", "4000");
            config.put("heartbeat.interval.ms", "500");
        }
        var consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of(topic));
        return consumer;
    }

    private void work() {
        try (consumer) {
            while (!closing) {
                consumer.poll(POLL).forEach(record -> read.add(record.value()));
                commit();
            }
        }
    }

    /** Who is in a rebalance, or hears of no coordinator, commits later. */
    private void commit() {
        try {
            consumer.commitSync(Duration.ofSeconds(5));
        } catch (CommitFailedException
                | RebalanceInProgressException
                | RetriableException
                | StaleMemberEpochException later) {
            // What it has read may be read twice.
        }
    }

    /** What it has read so far. */
    Set<String> read() {
        return read;
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
