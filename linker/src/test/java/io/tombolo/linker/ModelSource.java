package io.tombolo.linker;

import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The truth of a source cluster: what its logs hold, and everything they ever held. Its brokers
 * ({@link ModelSourceBroker}) serve it over the real wire format.
 */
final class ModelSource {

    /** A batch that was in a log at some time, by which it can be recognised. */
    record Key(Uuid topicId, int partition, long baseOffset, int leaderEpoch, int life) {}

    /** A batch and the one before it when it was appended. */
    record Batch(
            Key key,
            long nextOffset,
            long firstTimestampMs,
            ByteBuffer bytes,
            @Nullable Key before) {

        /** The offset of its first record that is not older, or that after its last one. */
        long offsetAt(long timestampMs) {
            return Math.clamp(
                    key.baseOffset + timestampMs - firstTimestampMs, key.baseOffset, nextOffset);
        }
    }

    /** One partition. */
    static final class Part {
        final List<Batch> batches = new ArrayList<>();
        final TreeMap<Integer, Long> epochStarts = new TreeMap<>();
        long start;
        long end;
        int leader;
        int leaderEpoch;
        boolean everTruncated;

        /** How often it was set back to what it had before. */
        int life;

        @Nullable Key last;

        Part(int leader) {
            this.leader = leader;
            epochStarts.put(0, 0L);
        }

        /** As Kafka answers ListOffsets for a time. */
        long offsetAt(long timestampMs) {
            return batches.stream()
                    .filter(batch -> batch.offsetAt(timestampMs) < batch.nextOffset)
                    .mapToLong(batch -> batch.offsetAt(timestampMs))
                    .findFirst()
                    .orElse(-1);
        }

        /** As Kafka answers OffsetForLeaderEpoch; null when it knows no such epoch. */
        long @Nullable [] endOfEpoch(int epoch) {
            if (epochStarts.isEmpty() || epoch > epochStarts.lastKey()) {
                return null;
            }
            if (epoch == epochStarts.lastKey()) {
                return new long[] {epoch, end};
            }
            long endOffset = epochStarts.higherEntry(epoch).getValue();
            Integer floor = epochStarts.floorKey(epoch);
            return new long[] {floor == null ? epoch : floor, endOffset};
        }
    }

    /** One topic. */
    static final class Topic {
        final String name;
        final Uuid id;
        final List<Part> parts = new ArrayList<>();

        Topic(String name, Uuid id) {
            this.name = name;
            this.id = id;
        }
    }

    final TreeMap<String, Topic> topics = new TreeMap<>();
    final Map<Key, Batch> history = new HashMap<>();
    final TreeMap<String, TreeMap<String, Long>> groups = new TreeMap<>();
    final TreeMap<Integer, String> brokerHosts = new TreeMap<>();
    String retentionMs = "60000";

    /** As Kafka numbers them: 1 set on the topic, 4 by its brokers' file, 5 nowhere. */
    byte retentionOrigin = 1;

    /** Of all its topics, and nothing but Kafka's default. */
    String deleteRetentionMs = "86400000";

    /** Of all its topics, and by default. */
    String cleanupPolicy = "delete";

    /** What set it, in Kafka's numbers: 1 the topic, 4 the broker's file, 5 Kafka's default. */
    byte cleanupOrigin = 5;

    /** Brokers that have not heard lately of topics: what they tell that there is. */
    final Map<Integer, List<Topic>> stale = new HashMap<>();

    /** Whether it refuses to describe configurations. */
    boolean configsDenied;

    boolean corruptNext;
    boolean replayNext;
    private long idCount;
    private long recordCount;

    Topic create(String name, int partitionCount) {
        var topic = new Topic(name, new Uuid(77, ++idCount));
        topics.put(name, topic);
        grow(topic, partitionCount);
        return topic;
    }

    void grow(Topic topic, int partitionCount) {
        while (topic.parts.size() < partitionCount) {
            topic.parts.add(new Part(1 + topic.parts.size() % Math.max(1, brokerHosts.size())));
        }
    }

    void produce(Topic topic, int partition, int records) {
        Part part = topic.parts.get(partition);
        long firstTimestampMs = 1_001 + recordCount;
        var builder = new BatchBuilder(BatchSpec.PLAIN.at(part.end, part.leaderEpoch));
        for (int i = 0; i < records; i++) {
            byte[] value =
                    (topic.id + "/" + partition + "/" + ++recordCount)
                            .getBytes(StandardCharsets.UTF_8);
            builder.append(1_000 + recordCount, null, ByteBuffer.wrap(value));
        }
        var key = new Key(topic.id, partition, part.end, part.leaderEpoch, part.life);
        var batch =
                new Batch(key, part.end + records, firstTimestampMs, builder.build(), part.last);
        part.last = key;
        part.batches.add(batch);
        part.end = batch.nextOffset;
        history.put(key, batch);
    }

    void electLeader(Part part) {
        part.leader = part.leader % Math.max(1, brokerHosts.size()) + 1;
        raiseEpoch(part, 1);
    }

    void raiseEpoch(Part part, int by) {
        part.leaderEpoch += by;
        part.epochStarts.put(part.leaderEpoch, part.end);
    }

    /** An unclean election: the last batches are gone. */
    void truncate(Part part, int batchCount) {
        for (int i = 0; i < batchCount && !part.batches.isEmpty(); i++) {
            Batch gone = part.batches.removeLast();
            part.end = gone.key.baseOffset;
            part.last = gone.before;
            part.everTruncated = true;
        }
        part.epochStarts.values().removeIf(start -> start > part.end);
        electLeader(part);
    }

    /**
     * Its old disk is back: the last batches never were, and others are written in their place, in
     * the same leader epoch.
     */
    void setBack(Topic topic, int partition, int batchCount) {
        Part part = topic.parts.get(partition);
        long epochStart = part.epochStarts.lastEntry().getValue();
        long before = part.end;
        for (int i = 0; i < batchCount; i++) {
            if (!part.batches.isEmpty() && part.batches.getLast().key.baseOffset >= epochStart) {
                Batch gone = part.batches.removeLast();
                part.end = gone.key.baseOffset;
                part.last = gone.before;
            }
        }
        if (part.end < before) {
            part.everTruncated = true;
            part.life++;
            while (part.end <= before) {
                produce(topic, partition, 7);
            }
        }
    }

    /** Retention at a batch boundary. */
    void deleteBefore(Part part, int batchCount) {
        for (int i = 0; i < batchCount && !part.batches.isEmpty(); i++) {
            part.start = part.batches.removeFirst().nextOffset;
        }
        Integer floor = null;
        for (var entry : part.epochStarts.entrySet()) {
            if (entry.getValue() <= part.start) {
                floor = entry.getKey();
            }
        }
        if (floor != null) {
            part.epochStarts.headMap(floor).clear();
            part.epochStarts.put(floor, Math.max(part.start, part.epochStarts.get(floor)));
        }
    }

    void commit(String group, String topic, int partition, long offset) {
        groups.computeIfAbsent(group, _ -> new TreeMap<>())
                .put(new TopicPartition(topic, partition).toString(), offset);
    }
}
