package io.tombolo.chaos;

import io.tombolo.chaos.Reading.Seen;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** A stock consumer without a group that reads all partitions from their start. */
final class Reader {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long WHOLE_SECONDS_MAX = 90;

    private final String name;
    private final List<TopicPartition> places;
    private final Map<String, Object> settings;
    private final Map<Integer, List<Seen>> seen = new TreeMap<>();
    private final AtomicLong count = new AtomicLong();

    Reader(String name, String bootstrap, String topic, int partitions, boolean committedOnly) {
        this.name = name;
        places =
                IntStream.range(0, partitions)
                        .mapToObj(partition -> new TopicPartition(topic, partition))
                        .toList();
        places.forEach(place -> seen.put(place.partition(), new ArrayList<>()));
        settings = settings(bootstrap);
        settings.put("isolation.level", committedOnly ? "read_committed" : "read_uncommitted");
    }

    /** What all consumers of chaos have in common. */
    static Map<String, Object> settings(String bootstrap) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        settings.put("fetch.max.wait.ms", "200");
        settings.put("metadata.max.age.ms", 2_000);
        settings.put("request.timeout.ms", 3_000);
        settings.put("default.api.timeout.ms", 5_000);
        settings.put("reconnect.backoff.max.ms", 200);
        settings.put("retry.backoff.max.ms", 200);
        settings.put("socket.connection.setup.timeout.ms", 1_500);
        return settings;
    }

    static KafkaConsumer<String, String> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    static Seen seen(ConsumerRecord<String, String> record) {
        return new Seen(record.offset(), Value.parse(record.value()));
    }

    /** Reads until it is told to stop; what it saw is then recorded. */
    void run(AtomicBoolean stopping, Recorder recorder) {
        try (var consumer = consumer(settings)) {
            consumer.assign(places);
            while (!stopping.get()) {
                take(consumer);
            }
        }
        boolean committedOnly = settings.get("isolation.level").equals("read_committed");
        seen.forEach((partition, values) ->
                recorder.add(new Reading(name, partition, committedOnly, values)));
    }

    /** Reads everything that is there now. */
    Map<Integer, List<Seen>> whole() {
        settings.put("default.api.timeout.ms", 30_000);
        long deadline = System.nanoTime() + Duration.ofSeconds(WHOLE_SECONDS_MAX).toNanos();
        try (var consumer = consumer(settings)) {
            consumer.assign(places);
            Map<TopicPartition, Long> ends = consumer.endOffsets(places);
            while (places.stream().anyMatch(at -> consumer.position(at) < ends.get(at))) {
                take(consumer);
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("not readable to its end: " + ends);
                }
            }
        }
        return seen;
    }

    private void take(KafkaConsumer<String, String> consumer) {
        for (var record : consumer.poll(POLL)) {
            seen.get(record.partition()).add(seen(record));
            count.incrementAndGet();
        }
    }

    /** How many records it has seen. */
    long count() {
        return count.get();
    }
}
