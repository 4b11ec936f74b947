package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.FileDisk;
import io.tombolo.environment.SystemClock;
import io.tombolo.environment.SystemEntropy;
import io.tombolo.environment.ThreadOffload;
import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.network.LoopSettings;
import io.tombolo.network.NettyLoops;
import io.tombolo.network.NettyNetwork;
import io.tombolo.protocol.records.BatchVerdict;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.Reason;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A link from a real Apache Kafka broker, over real sockets, into modelled logs. */
class KafkaSourceEndToEnd {

    @TempDir Path directory;

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final ThreadOffload offload = new ThreadOffload("end-to-end", 1);
    private NettyLoops loops;
    private KafkaSource kafka;
    private Admin admin;
    private ModelRegion region;

    @BeforeEach
    void start() throws Exception {
        kafka = new KafkaSource(directory);
        loops = new NettyLoops(new LoopSettings("end-to-end", 1, 256 << 20, true), failures::add);
        var clock = new SystemClock();
        var environment =
                new Environment(
                        clock,
                        loops,
                        new NettyNetwork(loops, clock),
                        new FileDisk(),
                        offload,
                        new SystemEntropy());
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
        region =
                new ModelRegion(
                        environment,
                        List.of(new Endpoint("127.0.0.1", kafka.port())),
                        new LinkSpec.Settings(
                                true,
                                Duration.ofMillis(300),
                                true,
                                Duration.ofMillis(300),
                                new LinkSpec.Volume(8 << 20, 48L << 20, 0),
                                Duration.ZERO),
                        () -> 0,
                        () -> false);
    }

    @AfterEach
    void stop() throws Exception {
        onLoop(() -> {
            if (region.link != null) {
                region.link.close();
            }
            return true;
        });
        admin.close(Duration.ZERO);
        loops.close();
        offload.close();
        kafka.close();
        assertThat(failures).isEmpty();
    }

    @Test
    void aKafkaBrokerIsCopiedByteForByteThroughItsWholeLife() throws Exception {
        admin.createTopics(
                        List.of(
                                new NewTopic("orders", 3, (short) 1)
                                        .configs(Map.of("retention.ms", "600000")),
                                new NewTopic("payments", 1, (short) 1)))
                .all()
                .get(60, TimeUnit.SECONDS);
        produce("orders", 3_000, false);
        produce("payments", 200, true);
        commit("billing", "orders", 1, 17);

        onLoop(() -> {
            region.open(Safeguard.ALL);
            return true;
        });
        await(() -> ends("orders", 3) == 3_000 && end("payments", 0) > 200 && isActive());
        assertSameBytes("orders", 0);
        assertSameBytes("orders", 1);
        assertSameBytes("orders", 2);
        assertSameBytes("payments", 0);
        assertThat(region.mirrors.get("orders").configs()).containsEntry("retention.ms", "600000");
        assertThat(region.mirrors.get("orders").topicId())
                .isEqualTo(
                        admin.describeTopics(List.of("orders"))
                                .allTopicNames()
                                .get()
                                .get("orders")
                                .topicId());
        await(() -> committed("billing", "orders", 1) == 17);

        admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(4))).all().get();
        await(() -> region.mirrors.get("orders").partitionCount() == 4);

        kafka.kill();
        await(() ->
                region.status().state() == State.SOURCE_UNAVAILABLE
                        && region.status().trouble().isPresent());
        kafka.restart();
        produce("orders", 1_000, false);
        await(() -> ends("orders", 4) == 4_000 && isActive());
        assertSameBytes("orders", 0);
        assertThat(onLoop(() -> log("orders", 0).leaderEpoch)).isPositive();

        admin.deleteTopics(List.of("payments")).all().get();
        admin.createTopics(List.of(new NewTopic("payments", 1, (short) 1))).all().get();
        await(() ->
                region.status().topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .anyMatch(KafkaSourceEndToEnd::isRecreated));

        onLoop(() -> {
            region.failover(2, 5_000_000_000L);
            return true;
        });
        await(() -> region.outcome != null);
        assertThat(region.outcome.partitions()).allMatch(partition -> partition.settled());
        assertThat(region.log.offences).isEmpty();
        await(() -> region.link.timerCount() == 0);
    }

    private static boolean isRecreated(LinkStatus.PartitionStatus partition) {
        return partition.state() == State.FAILED
                && partition.trouble().orElseThrow().reason().code()
                        == Reason.Code.SOURCE_RECREATED;
    }

    // --- the source

    private void produce(String topic, int count, boolean transactional) throws Exception {
        var config = new Properties();
        config.put("bootstrap.servers", kafka.bootstrap());
        config.put("key.serializer", StringSerializer.class.getName());
        config.put("value.serializer", StringSerializer.class.getName());
        config.put("compression.type", "lz4");
        config.put("acks", "all");
        if (transactional) {
            config.put("transactional.id", "t-1");
        }
        try (var producer = new KafkaProducer<String, String>(config)) {
            if (transactional) {
                producer.initTransactions();
                producer.beginTransaction();
            }
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, "key-" + i, "value-" + i));
                if (i % 500 == 499) {
                    producer.flush();
                }
            }
            if (transactional) {
                producer.commitTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, "key", "never seen"));
                producer.flush();
                producer.abortTransaction();
            }
            producer.flush();
        }
    }

    private void commit(String group, String topic, int partition, long offset) throws Exception {
        admin.alterConsumerGroupOffsets(
                        group,
                        Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)))
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    // --- the copy

    private void assertSameBytes(String topic, int partition) throws Exception {
        ByteBuffer copy =
                onLoop(() -> {
                    var batches = log(topic, partition).batches;
                    int size = 0;
                    for (var batch : batches) {
                        size += batch.bytes().remaining();
                    }
                    var all = ByteBuffer.allocate(size);
                    batches.forEach(batch -> all.put(batch.bytes().duplicate()));
                    return all.flip();
                });
        ByteBuffer original = ByteBuffer.wrap(kafka.segment(topic, partition));
        var copied = new BatchWalk(copy);
        var there = new BatchWalk(original);
        int count = 0;
        while (copied.next()) {
            assertThat(there.next()).isTrue();
            assertThat(copied.batch().verdict()).isEqualTo(BatchVerdict.VALID);
            assertThat(copied.batch().crc()).isEqualTo(there.batch().crc());
            assertThat(copied.batch().baseOffset()).isEqualTo(there.batch().baseOffset());
            count++;
        }
        assertThat(count).isPositive();
        assertThat(copy).isEqualTo(original);
    }

    private ModelMirrorLog.Log log(String topic, int partition) {
        for (var entry : region.log.logs.entrySet()) {
            LinkPartition id = entry.getKey();
            if (id.topic().equals(topic) && id.partition() == partition) {
                return entry.getValue();
            }
        }
        return new ModelMirrorLog.Log();
    }

    private long end(String topic, int partition) {
        return log(topic, partition).end;
    }

    private long ends(String topic, int partitionCount) {
        long sum = 0;
        for (int i = 0; i < partitionCount; i++) {
            sum += end(topic, i);
        }
        return sum;
    }

    private long committed(String group, String topic, int partition) {
        var offsets = region.groups.getOrDefault(group, Map.of());
        var found = offsets.get(new TopicPartition(topic, partition));
        return found == null ? -1 : found.offset();
    }

    private boolean isActive() {
        LinkStatus status = region.status();
        return status.state() == State.ACTIVE && status.lag().records() == 0;
    }

    // --- the loop

    private <T> T onLoop(Supplier<T> question) throws Exception {
        var answer = new CompletableFuture<T>();
        loops.loop(0)
                .execute(() -> {
                    try {
                        answer.complete(question.get());
                    } catch (RuntimeException | Error failure) {
                        answer.completeExceptionally(failure);
                    }
                });
        return answer.get(20, TimeUnit.SECONDS);
    }

    /** Asks on the loop, again and again, until it is so. */
    private void await(BooleanSupplier condition) throws Exception {
        var reached = new CompletableFuture<Boolean>();
        loops.loop(0).execute(() -> poll(condition, reached));
        try {
            reached.get(120, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException late) {
            throw new AssertionError(onLoop(() -> region.status()) + kafka.output(), late);
        }
    }

    private void poll(BooleanSupplier condition, CompletableFuture<Boolean> reached) {
        if (condition.getAsBoolean()) {
            reached.complete(true);
        } else if (!reached.isDone()) {
            loops.loop(0).schedule(20_000_000, () -> poll(condition, reached));
        }
    }
}
