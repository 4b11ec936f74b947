import org.HdrHistogram.ConcurrentHistogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Records at a fixed rate with acks=all while the driver disturbs the cluster: the longest time
 * between two acknowledgements of each partition, and afterwards what of the acknowledged records
 * is there. {@code target} chooses the leader that the driver is told of: {@code controller},
 * {@code notcontroller} or any.
 */
final class Disturbed {
    private static final int PARTITIONS = 3;
    private static final double WARM_SECONDS = 3;

    private final Load.Options options;
    private final BitSet acknowledged = new BitSet();
    private final LongAdder errors = new LongAdder();
    private final ConcurrentHistogram beforeNanos = new ConcurrentHistogram(600_000_000_000L, 3);
    private final ConcurrentHistogram afterNanos = new ConcurrentHistogram(600_000_000_000L, 3);
    private final long[] lastAckNanos = new long[PARTITIONS];
    private final long[] gapNanos = new long[PARTITIONS];
    private volatile boolean disturbed;
    private volatile long endNanos = Long.MAX_VALUE;

    private Disturbed(Load.Options options) {
        this.options = options;
    }

    static void run(Load.Options options) throws Exception {
        new Disturbed(options).measure();
    }

    private void measure() throws Exception {
        TopicPartitionInfo victim;
        try (Admin admin =
                Clients.admin(options.text("admin_bootstrap", options.bootstrap()))) {
            victim =
                    choose(
                            admin,
                            Topics.create(
                                    admin,
                                    options.topic(),
                                    PARTITIONS,
                                    options.integer("replicas", 3)));
        }
        long startNanos = System.nanoTime() + 200_000_000L;
        long disturbNanos = startNanos + (long) (options.number("before", 8) * 1e9);
        Thread driver =
                Thread.ofPlatform().start(() -> disturb(disturbNanos, victim.leader().id()));
        int sent = produce(startNanos);
        driver.join();
        var found = new BitSet();
        long duplicates = read(found);
        BitSet lost = (BitSet) acknowledged.clone();
        lost.andNot(found);
        long others = 0;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            others = Math.max(others, partition == victim.partition() ? 0 : gapNanos[partition]);
        }
        var result =
                new Load.Result()
                        .add("gap_ms", gapNanos[victim.partition()] / 1e6)
                        .add("other_gap_ms", others / 1e6)
                        .add("records", sent)
                        .add("acknowledged", acknowledged.cardinality())
                        .add("errors", errors.sum())
                        .add("lost", lost.cardinality())
                        .add("duplicates", duplicates);
        Window.percentiles(result, "ack_before", beforeNanos);
        Window.percentiles(result, "ack_after", afterNanos);
        result.print();
    }

    private TopicPartitionInfo choose(Admin admin, TopicDescription topic) throws Exception {
        int controller = admin.describeMetadataQuorum().quorumInfo().get().leaderId();
        String target = options.text("target", "any");
        return topic.partitions().stream()
                .filter(partition ->
                        target.equals("any")
                                || target.equals("controller")
                                        == (partition.leader().id() == controller))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no leader is " + target));
    }

    private void disturb(long atNanos, int node) {
        Window.sleepMs((atNanos - System.nanoTime()) / 1_000_000);
        Window.mark("disturb " + node);
        disturbed = true;
        try {
            Window.awaitDriver();
        } catch (java.io.IOException gone) {
            throw new IllegalStateException(gone);
        }
        endNanos = System.nanoTime() + (long) (options.number("after", 20) * 1e9);
    }

    private int produce(long startNanos) {
        double spacingNanos = 1e9 / options.integer("rate", 2000);
        byte[] value = Clients.values(options.integer("size", 200))[0];
        try (var producer = Clients.producer(options)) {
            for (int index = 0; ; index++) {
                long dueNanos = startNanos + (long) (index * spacingNanos);
                if (dueNanos >= endNanos) {
                    return index;
                }
                for (long wait; (wait = dueNanos - System.nanoTime()) > 0; ) {
                    LockSupport.parkNanos(wait);
                }
                byte[] numbered = value.clone();
                ByteBuffer.wrap(numbered).putInt(index);
                int number = index;
                boolean counted = dueNanos > startNanos + WARM_SECONDS * 1e9;
                producer.send(
                        new ProducerRecord<>(options.topic(), index % PARTITIONS, null, numbered),
                        (_, failure) -> answered(number, dueNanos, counted, failure != null));
            }
        }
    }

    /** Runs on the one thread of the producer that calls back. */
    private void answered(int number, long dueNanos, boolean counted, boolean failed) {
        if (failed) {
            errors.increment();
            return;
        }
        long now = System.nanoTime();
        int partition = number % PARTITIONS;
        acknowledged.set(number);
        if (counted) {
            if (lastAckNanos[partition] != 0) {
                gapNanos[partition] = Math.max(gapNanos[partition], now - lastAckNanos[partition]);
            }
            lastAckNanos[partition] = now;
            (disturbed ? afterNanos : beforeNanos).recordValue(Math.max(0, now - dueNanos));
        }
    }

    /** Notes which records are there and returns how many are there more than once. */
    private long read(BitSet found) {
        long duplicates = 0;
        try (var consumer = Clients.consumer(options.bootstrap())) {
            List<TopicPartition> partitions = Clients.assignAll(consumer, options.topic());
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (System.nanoTime() < deadline
                    && partitions.stream()
                            .anyMatch(each -> consumer.position(each) < ends.get(each))) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    int number = ByteBuffer.wrap(record.value()).getInt();
                    duplicates += found.get(number) ? 1 : 0;
                    found.set(number);
                }
            }
        }
        return duplicates;
    }
}
