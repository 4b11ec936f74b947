package io.tombolo.cli.failback;

import io.tombolo.cli.failback.SetAside.Lost;
import io.tombolo.cli.kafka.KafkaFailures;
import io.tombolo.cli.kafka.KafkaRegion;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Writes what was set aside of a topic into that topic, where it is owned now: key, value, headers
 * and timestamp as they were, in the order and the partition in which they were, at new offsets. A
 * header of ours says which record it was, so nothing is written twice however often it is run.
 * Mutable; blocking.
 */
final class Replay {

    /** {@code EPOCH/PARTITION/OFFSET} of the record that was set aside. */
    static final String REPLAYED = "tombolo.replayed";

    private static final Duration POLL = Duration.ofMillis(200);
    private static final int UNANSWERED_MAX = 1_000;

    /**
     * What becomes of the records of a topic.
     *
     * @param doneBefore written by an earlier run
     * @param uncommitted of transactions that were not known to be committed: left out
     * @param superseded whose key the topic has taken since: left out, if that was asked for
     */
    record Counts(long written, long doneBefore, long uncommitted, long superseded) {}

    private final KafkaRegion owner;
    private final SetAside aside;
    private final boolean unlessKeyIsThere;
    private final boolean dryRun;
    private final Map<Integer, Since> since = new HashMap<>();
    private final Set<ByteBuffer> lostKeys = new HashSet<>();
    private long wanted;
    private long doneBefore;
    private long uncommitted;
    private long superseded;

    /** What a partition has taken since the regions parted. */
    private record Since(Set<String> replayed, Set<ByteBuffer> keys) {}

    /**
     * @param unlessKeyIsThere leaves out records whose key the topic has taken since
     */
    Replay(KafkaRegion owner, SetAside aside, boolean unlessKeyIsThere, boolean dryRun) {
        this.owner = owner;
        this.aside = aside;
        this.unlessKeyIsThere = unlessKeyIsThere;
        this.dryRun = dryRun;
    }

    /** Reads twice what was set aside, so that only keys and places of it are held in memory. */
    Counts run() {
        var first = new TreeMap<Integer, Long>();
        aside.forEach(one -> {
            first.merge(one.partition(), one.offset(), Math::min);
            if (unlessKeyIsThere && one.key() != null) {
                lostKeys.add(ByteBuffer.wrap(one.key()));
            }
        });
        first.forEach((partition, from) -> since.put(partition, since(partition, from)));
        if (dryRun) {
            aside.forEach(one -> isWanted(one));
        } else {
            write();
        }
        return new Counts(wanted, doneBefore, uncommitted, superseded);
    }

    /** Counts it, too. */
    private boolean isWanted(Lost one) {
        Since there = sinceOf(one.partition());
        if (there.replayed().contains(mark(one))) {
            doneBefore++;
        } else if (!one.committed()) {
            uncommitted++;
        } else if (unlessKeyIsThere && hasKey(there, one)) {
            superseded++;
        } else {
            wanted++;
            return true;
        }
        return false;
    }

    private Since sinceOf(int partition) {
        return Optional.ofNullable(since.get(partition))
                .orElseGet(() -> new Since(Set.of(), Set.of()));
    }

    private static boolean hasKey(Since there, Lost one) {
        byte[] key = one.key();
        return key != null && there.keys().contains(ByteBuffer.wrap(key));
    }

    private String mark(Lost one) {
        return "%d/%d/%d".formatted(aside.ownershipEpoch(), one.partition(), one.offset());
    }

    /** Reads from where the first lost record stood: below it both regions have the same. */
    private Since since(int partition, long from) {
        var settings = new HashMap<>(owner.settings());
        settings.put("auto.offset.reset", "earliest");
        settings.put("isolation.level", "read_committed");
        var deserializer = new ByteArrayDeserializer();
        var found = new Since(new HashSet<>(), new HashSet<>());
        var there = new TopicPartition(aside.topic(), partition);
        try (var consumer = new KafkaConsumer<>(settings, deserializer, deserializer)) {
            consumer.assign(List.of(there));
            long end = consumer.endOffsets(List.of(there)).getOrDefault(there, 0L);
            consumer.seek(there, Math.min(from, end));
            long heard = System.nanoTime();
            for (long at = consumer.position(there); at < end; ) {
                consumer.poll(POLL).records(there).forEach(record -> note(record, found));
                long now = consumer.position(there);
                heard = now > at ? System.nanoTime() : heard;
                at = now;
                if (System.nanoTime() - heard > TimeUnit.MILLISECONDS.toNanos(owner.timeoutMs())) {
                    throw new TimeoutException("no record of " + there + " behind offset " + at);
                }
            }
        } catch (KafkaException refused) {
            throw KafkaFailures.of(refused, owner.topic(aside.topic()));
        }
        return found;
    }

    private void note(ConsumerRecord<byte[], byte[]> record, Since found) {
        Header mark = record.headers().lastHeader(REPLAYED);
        if (mark != null) {
            found.replayed().add(new String(mark.value(), StandardCharsets.US_ASCII));
        } else if (record.key() != null && lostKeys.contains(ByteBuffer.wrap(record.key()))) {
            found.keys().add(ByteBuffer.wrap(record.key()));
        }
    }

    private void write() {
        var settings = new HashMap<>(owner.settings());
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.put("max.request.size", Export.RECORD_BYTES_MAX);
        var serializer = new ByteArraySerializer();
        var open = new ArrayDeque<Future<?>>();
        try (var producer = new KafkaProducer<>(settings, serializer, serializer)) {
            aside.forEach(one -> {
                if (isWanted(one)) {
                    open.add(producer.send(record(one)));
                    answered(open, UNANSWERED_MAX);
                }
            });
            producer.flush();
            answered(open, 0);
        } catch (KafkaException refused) {
            throw KafkaFailures.of(refused, owner.topic(aside.topic()));
        }
    }

    /** Waits until no more than so many are open. */
    private void answered(ArrayDeque<Future<?>> open, int most) {
        try {
            while (open.size() > most) {
                open.remove().get();
            }
        } catch (ExecutionException refused) {
            throw KafkaFailures.of(refused.getCause(), owner.topic(aside.topic()));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private ProducerRecord<byte[], byte[]> record(Lost one) {
        var record =
                new ProducerRecord<>(
                        aside.topic(),
                        one.partition(),
                        one.timestampMs() < 0 ? null : one.timestampMs(),
                        one.key(),
                        one.value(),
                        one.headers());
        record.headers().add(REPLAYED, mark(one).getBytes(StandardCharsets.US_ASCII));
        return record;
    }
}
