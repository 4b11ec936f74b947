package io.tombolo.chaos;

import io.tombolo.chaos.Reading.Seen;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** A stock consumer of a group, which commits what it has read after every poll. */
final class Member {

    private static final Duration POLL = Duration.ofMillis(200);

    private final String name;
    private final String topic;
    private final Map<String, Object> settings;
    private final Recorder recorder;
    private final Map<Integer, List<Seen>> seen = new TreeMap<>();
    private final Map<Integer, Long> committed = new ConcurrentHashMap<>();

    Member(String name, String bootstrap, String topic, Recorder recorder) {
        this.name = name;
        this.topic = topic;
        this.recorder = recorder;
        settings = Reader.settings(bootstrap);
        settings.put("group.id", groupOf(topic));
        settings.put("session.timeout.ms", 6_000);
        settings.put("heartbeat.interval.ms", 500);
        settings.put("client.id", name);
    }

    static String groupOf(String topic) {
        return topic + "-group";
    }

    void run(AtomicBoolean stopping) {
        try (var consumer = Reader.consumer(settings)) {
            consumer.subscribe(List.of(topic), new Changes(consumer));
            while (!stopping.get()) {
                consumer.poll(POLL)
                        .forEach(record ->
                                seen.computeIfAbsent(record.partition(), _ -> new ArrayList<>())
                                        .add(Reader.seen(record)));
                commit(consumer);
            }
            end(seen.keySet());
        }
    }

    /** What this member has last committed, by partition. */
    Map<Integer, Long> committed() {
        return committed;
    }

    private void commit(KafkaConsumer<String, String> consumer) {
        var offsets = new java.util.HashMap<TopicPartition, OffsetAndMetadata>();
        seen.forEach((partition, values) -> {
            long next = values.isEmpty() ? -1 : values.getLast().offset() + 1;
            if (next > committed.getOrDefault(partition, -1L)) {
                offsets.put(new TopicPartition(topic, partition), new OffsetAndMetadata(next));
            }
        });
        if (offsets.isEmpty()) {
            return;
        }
        long begun = recorder.tick();
        try {
            consumer.commitSync(offsets);
        } catch (RetriableException | CommitFailedException | RebalanceInProgressException notNow) {
            return; // tried again after the next poll, or by the next owner
        }
        long ended = recorder.tick();
        offsets.forEach((place, offset) -> {
            committed.put(place.partition(), offset.offset());
            recorder.add(
                    new GroupStep(
                            GroupStep.Kind.COMMIT,
                            place.partition(),
                            offset.offset(),
                            begun,
                            ended));
        });
    }

    /** What was read in one go is a reading of its own: the next owner may begin further back. */
    private void end(Collection<Integer> partitions) {
        for (int partition : List.copyOf(partitions)) {
            List<Seen> values = seen.remove(partition);
            committed.remove(partition);
            if (values != null && !values.isEmpty()) {
                recorder.add(new Reading(name, partition, false, values));
            }
        }
    }

    /** Follows what this member owns. */
    private final class Changes implements ConsumerRebalanceListener {

        private final KafkaConsumer<String, String> consumer;

        Changes(KafkaConsumer<String, String> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> places) {
            commit(consumer);
            end(places.stream().map(TopicPartition::partition).toList());
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> places) {
            end(places.stream().map(TopicPartition::partition).toList());
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> places) {
            long begun = recorder.tick();
            Map<TopicPartition, OffsetAndMetadata> offsets;
            try {
                offsets = consumer.committed(new HashSet<>(places));
            } catch (RetriableException notNow) {
                return;
            }
            long ended = recorder.tick();
            offsets.forEach((place, offset) ->
                    recorder.add(
                            new GroupStep(
                                    GroupStep.Kind.LOOKUP,
                                    place.partition(),
                                    offset == null ? -1 : offset.offset(),
                                    begun,
                                    ended)));
        }
    }
}
