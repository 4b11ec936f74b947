package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.protocol.records.RecordHeader;
import io.tombolo.protocol.records.RecordReader;
import io.tombolo.simulation.law.Aside;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Copies what only one region has of a partition to the topic that is kept for it there, as the
 * command does that brings topics back: over the wire, one fetch after the other, and after
 * whatever went wrong behind the last record that is there.
 */
public final class SettingAside {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int BYTES_MAX = 1 << 16;

    private final Fetching source;
    private final Fetching target;
    private final Route writing;
    private final Order order;
    private final SimulatedEntropy dice;
    private final Runnable done;
    private boolean made;
    private boolean abandoned;
    private long position = -1;

    /** Where it ends: there may be less than was reported when all replicas lost their power. */
    private long limit;

    /**
     * What is copied.
     *
     * @param from first offset
     * @param to behind the last one
     * @param partitionCount of the topic
     * @param replicas of the topic that is copied to
     * @param flushed whether a record counts as written there only when disks have it
     */
    public record Order(
            Place place,
            long ownershipEpoch,
            long from,
            long to,
            int partitionCount,
            int replicas,
            boolean flushed) {}

    /**
     * @param done told once, on the loop of the client, when all is copied
     */
    public SettingAside(
            Environment environment, Site site, Order order, SimulatedEntropy dice, Runnable done) {
        this.order = order;
        this.dice = dice;
        this.done = done;
        Place aside = Aside.of(order.place());
        this.source = new Fetching(environment, site, order.place());
        this.target = new Fetching(environment, site, aside);
        this.writing = new Route(environment, site.bootstrap(), "set aside " + order.place());
    }

    /** Whoever copies dies: what is under way may still arrive. */
    public void abandon() {
        abandoned = true;
    }

    public void start() {
        later(1);
    }

    private void later(long ms) {
        writing.later(ms, this::go);
    }

    private void again() {
        writing.forget();
        position = -1;
        later(dice.between(20, 200));
    }

    private void go() {
        if (abandoned) {
            close();
            return;
        }
        if (!made) {
            make();
        } else if (position < 0) {
            findPosition();
        } else if (position >= limit) {
            close();
            done.run();
        } else {
            source.fetch(position, BYTES_MAX, this::fetched);
        }
    }

    private void close() {
        source.close();
        target.close();
        writing.close();
    }

    // --- the topic that is copied to

    private void make() {
        var topic =
                new CreatableTopic()
                        .setName(Aside.of(order.place()).topic())
                        .setNumPartitions(order.partitionCount())
                        .setReplicationFactor((short) order.replicas());
        topic.configs().add(new CreatableTopicConfig().setName("retention.ms").setValue("-1"));
        if (order.flushed()) {
            topic.configs().add(new CreatableTopicConfig().setName("flush.messages").setValue("1"));
        }
        var body = new CreateTopicsRequestData().setTimeoutMs(3000);
        body.topics().add(topic);
        writing.toAny();
        writing.call(
                ApiKeys.CREATE_TOPICS,
                7,
                body,
                CreateTopicsResponseData.class,
                PATIENCE,
                answer -> {
                    made = answer.filter(SettingAside::isThere).isPresent();
                    again();
                });
    }

    private static boolean isThere(CreateTopicsResponseData answer) {
        short code = answer.topics().iterator().next().errorCode();
        return code == Errors.NONE.code() || code == Errors.TOPIC_ALREADY_EXISTS.code();
    }

    // --- where it goes on

    private void findPosition() {
        target.end(end -> {
            if (end.isEmpty()) {
                again();
            } else if (end.get() == 0) {
                findLimit(order.from());
            } else {
                target.fetch(end.get() - 1, BYTES_MAX, this::lastFound);
            }
        });
    }

    private void findLimit(long from) {
        source.end(end -> {
            if (end.isEmpty()) {
                again();
            } else {
                limit = Math.min(order.to(), end.get());
                goOnAt(from);
            }
        });
    }

    private void lastFound(Optional<ByteBuffer> batches) {
        if (batches.isEmpty()) {
            again();
            return;
        }
        List<Aside> found = Aside.read(batches.get());
        if (found.isEmpty()) {
            again();
            return;
        }
        Aside last = found.getLast();
        findLimit(
                last.ownershipEpoch() == order.ownershipEpoch()
                        ? Math.max(order.from(), last.offset() + 1)
                        : order.from());
    }

    private void goOnAt(long offset) {
        position = offset;
        later(1);
    }

    // --- copying

    private void fetched(Optional<ByteBuffer> batches) {
        if (batches.isEmpty()) {
            again();
            return;
        }
        var records = new ArrayList<Aside>();
        var reader = new RecordReader(1 << 20);
        var walk = new BatchWalk(batches.get());
        long next = position;
        while (walk.next()) {
            reader.open(walk.batch());
            while (!walk.batch().control() && reader.next()) {
                if (reader.offset() >= position && reader.offset() < order.to()) {
                    records.add(
                            new Aside(
                                    order.ownershipEpoch(),
                                    reader.offset(),
                                    walk.batch().partitionLeaderEpoch(),
                                    text(reader.value())));
                }
            }
            next = walk.batch().nextOffset();
        }
        if (records.isEmpty()) {
            again();
        } else {
            write(records, next);
        }
    }

    private static String text(ByteBuffer value) {
        return StandardCharsets.UTF_8.decode(value.duplicate()).toString();
    }

    private void write(List<Aside> records, long next) {
        if (!writing.found()) {
            writing.toLeader(
                    Aside.of(order.place()),
                    _ -> {
                        if (writing.found()) {
                            write(records, next);
                        } else {
                            again();
                        }
                    });
            return;
        }
        var builder = new BatchBuilder(BatchSpec.PLAIN);
        for (Aside record : records) {
            var headers = new ArrayList<RecordHeader>();
            record.headers()
                    .forEach((key, value) ->
                            headers.add(
                                    new RecordHeader(
                                            key,
                                            ByteBuffer.wrap(
                                                    value.getBytes(StandardCharsets.US_ASCII)))));
            builder.append(
                    1000,
                    null,
                    ByteBuffer.wrap(record.value().getBytes(StandardCharsets.UTF_8)),
                    headers);
        }
        var partition =
                new ProduceRequestData.PartitionProduceData().setIndex(order.place().partition());
        RecordBytes.attach(partition, builder.build());
        var topic =
                new ProduceRequestData.TopicProduceData().setName(Aside.of(order.place()).topic());
        topic.partitionData().add(partition);
        var body = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(2000);
        body.topicData().add(topic);
        writing.call(
                ApiKeys.PRODUCE,
                9,
                body,
                ProduceResponseData.class,
                PATIENCE,
                answer -> written(answer, next));
    }

    private void written(Optional<ProduceResponseData> answer, long next) {
        boolean taken =
                answer.map(found ->
                                found.responses()
                                        .iterator()
                                        .next()
                                        .partitionResponses()
                                        .getFirst()
                                        .errorCode())
                        .filter(code -> code == Errors.NONE.code())
                        .isPresent();
        if (taken) {
            goOnAt(next);
        } else {
            again();
        }
    }
}
