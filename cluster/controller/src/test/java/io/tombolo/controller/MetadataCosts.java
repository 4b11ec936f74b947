package io.tombolo.controller;

import com.sun.management.ThreadMXBean;

import io.tombolo.controller.command.BrokerCommand.FenceBroker;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.Member;
import io.tombolo.controller.command.ReplicaCommand.Proposal;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MetadataSnapshot;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.MetadataRecordCodec;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.raft.core.OffsetAndEpoch;

import org.apache.kafka.common.Uuid;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Prints what metadata cost by their size: CPU time and bytes allocated, of one thread. Not a test;
 * docker/BENCHMARKS.md tells how it is run and keeps the figures.
 */
final class MetadataCosts {

    private static final int PARTITIONS_PER_TOPIC = 100;
    private static final int BROKERS = 9;
    private static final int REPLICAS = 3;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final int partitionCount;
    private final Region region = new Region(1);

    private MetadataCosts(int partitionCount) {
        this.partitionCount = partitionCount;
    }

    /**
     * @param args numbers of partitions
     */
    public static void main(String[] args) {
        new MetadataCosts(1_000).measure(); // for the compiler
        for (String count : args) {
            IO.println(
                    "%n%s partitions, %d replicas, %d brokers".formatted(count, REPLICAS, BROKERS));
            new MetadataCosts(Integer.parseInt(count)).measure();
        }
    }

    private void measure() {
        long heapBefore = heapBytes();
        fill();
        long heap = heapBytes() - heapBefore;
        print("image in the heap, bytes per partition", heap / partitionCount);
        List<List<byte[]>> snapshot = snapshots();
        print(
                "snapshot, bytes per partition",
                snapshot.stream().flatMap(List::stream).mapToLong(bytes -> bytes.length).sum()
                        / partitionCount);
        once("load the snapshot", () -> loaded(snapshot));
        MetadataImage image = region.image();
        once(
                "compare with the empty image",
                () -> MetadataDelta.between(MetadataImage.EMPTY, image));
        changes(image);
        commands(image);
        takeover(snapshot);
    }

    private void fill() {
        for (int broker = 1; broker <= BROKERS; broker++) {
            region.start(broker);
        }
        for (int topic = 0; topic < partitionCount / PARTITIONS_PER_TOPIC; topic++) {
            int first = topic;
            region.commitTopic(topic, PARTITIONS_PER_TOPIC, index -> replicas(first + index));
        }
    }

    private static BrokerIds replicas(int number) {
        return BrokerIds.of(
                1 + number % BROKERS, 1 + (number + 1) % BROKERS, 1 + (number + 2) % BROKERS);
    }

    private List<List<byte[]>> snapshots() {
        var batches = new ArrayList<List<byte[]>>();
        once(
                "write a snapshot",
                () -> {
                    batches.clear();
                    Iterator<List<byte[]>> all =
                            RecordBatches.encoding(
                                    MetadataSnapshot.records(region.image()), 1 << 20);
                    all.forEachRemaining(batches::add);
                    return batches;
                });
        return batches;
    }

    private MetadataImage loaded(List<List<byte[]>> snapshot) {
        var reader = new MetadataSnapshot.Reader();
        snapshot.forEach(
                batch -> batch.forEach(bytes -> reader.add(MetadataRecordCodec.decode(bytes))));
        return reader.finish(region.image().place());
    }

    private void changes(MetadataImage image) {
        var created = new Uuid(9, 9);
        apply(
                "apply: a topic is created",
                image,
                List.of(
                        new TopicCreated("fresh", created),
                        new PartitionCreated(
                                created,
                                0,
                                PartitionRegistration.created(replicas(0), List.of()))));
        apply("apply: an ISR shrinks", image, changed(new PartitionChange.InSync(BrokerIds.of(6))));
        apply(
                "apply: a leader changes",
                image,
                changed(new PartitionChange.Leader(7), new PartitionChange.LeaderEpoch(1)));
        apply(
                "apply: a config is set",
                image,
                List.of(new ConfigSet(ConfigResource.topic("topic-1"), "retention.ms", "1")));
    }

    /** Of the partition topic-1-4, with the replicas 6, 7 and 8. */
    private static List<MetadataRecord> changed(PartitionChange... changes) {
        return List.of(new PartitionChanged(new Uuid(1, 1), 4, 1, List.of(changes)));
    }

    private static void apply(String what, MetadataImage image, List<MetadataRecord> records) {
        var place = new LogPlace(image.place().offset() + records.size(), 1);
        often(what, () -> image.apply(records, place));
    }

    private void commands(MetadataImage image) {
        decide(
                "decide and apply: CreateTopics of one topic",
                image,
                new CreateTopics(List.of(Region.topic("fresh", 1, REPLICAS)), false));
        var isr = List.of(new Member(6, region.epochOf(6)), new Member(7, region.epochOf(7)));
        decide(
                "decide and apply: AlterPartition of one partition",
                image,
                new AlterPartitions(
                        6,
                        region.epochOf(6),
                        List.of(
                                new Proposal(
                                        new PartitionId(new Uuid(1, 1), 4),
                                        0,
                                        0,
                                        isr,
                                        LeaderRecovery.RECOVERED))));
        var fence = new FenceBroker(4, region.epochOf(4));
        once(
                "decide and apply: a broker with a third of the partitions is fenced",
                () -> {
                    region.submit(fence);
                    region.reset(image);
                    return region.last();
                });
    }

    private void decide(String what, MetadataImage image, Command<?> command) {
        often(
                what,
                () -> {
                    region.submit(command);
                    region.reset(image);
                    return region.last();
                });
    }

    /** The image is in memory, as on every node of the quorum. */
    private void takeover(List<List<byte[]>> snapshot) {
        var loop = new ManualLoop();
        var controller =
                new ActiveController(
                        new ActiveController.Place(1, loop, loop, new SeededEntropy(1)),
                        Region.settings(),
                        new PlainConfigs(),
                        new MetadataListener() {
                            @Override
                            public void published(MetadataDelta delta) {}

                            @Override
                            public void failed(Exception cause) {
                                throw new IllegalStateException(cause);
                            }
                        });
        var quorum = new ScriptedQuorum(controller);
        controller.attach(quorum);
        var end = new OffsetAndEpoch(1_000, 1);
        controller.onSnapshotBegun(end);
        snapshot.forEach(controller::onSnapshotRecords);
        controller.onSnapshotEnded(end);
        once(
                "take over as controller: from elected to deciding",
                () -> {
                    quorum.lead(1, 2);
                    return controller.active();
                });
    }

    private static void once(String what, Supplier<Object> work) {
        print(what, costOf(1, work));
    }

    private static void often(String what, Supplier<Object> work) {
        costOf(2_000, work);
        print(what, costOf(2_000, work));
    }

    /** Microseconds and bytes of one of so many turns. */
    private record Cost(double micros, long bytes) {}

    private static Cost costOf(int turns, Supplier<Object> work) {
        long cpu = THREADS.getCurrentThreadCpuTime();
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        int seen = 0;
        for (int turn = 0; turn < turns; turn++) {
            seen += work.get() == null ? 0 : 1;
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - bytes;
        double micros = (THREADS.getCurrentThreadCpuTime() - cpu) / 1e3;
        return new Cost(micros / seen, allocated / seen);
    }

    private static void print(String what, Cost cost) {
        IO.println(
                String.format(
                        Locale.ROOT,
                        "  %-70s %,12.0f us %,15d bytes",
                        what,
                        cost.micros,
                        cost.bytes));
    }

    private static void print(String what, long number) {
        IO.println(String.format(Locale.ROOT, "  %-70s %,12d", what, number));
    }

    private static long heapBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
