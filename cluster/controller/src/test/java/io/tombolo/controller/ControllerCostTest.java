package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import io.tombolo.controller.command.BrokerCommand.FenceBroker;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Origin;
import io.tombolo.controller.command.LinkCommand.RaiseLeaderEpochs;
import io.tombolo.controller.command.ReplicaCommand.AlterReassignments;
import io.tombolo.controller.command.TopicCommand.CreatePartitions;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.controller.command.TopicCommand.DeleteTopics;
import io.tombolo.controller.command.TopicCommand.Growth;
import io.tombolo.controller.command.TopicCommand.TopicKey;
import io.tombolo.controller.replica.Elections;
import io.tombolo.controller.replica.SafetyRules;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataSnapshot;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.MetadataRecordCodec;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts bytes, not time: deciding and applying must not cost more in a large region. */
class ControllerCostTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aCommandCostsTheSameInARegionOf200000Partitions() {
        Region small = region(10);
        Region large = region(2_000);
        assertThat(large.image().topics().partitionCount()).isEqualTo(200_000);

        for (Command<?> command : commands()) {
            long few = bytesToDecide(small, command);
            long many = bytesToDecide(large, command);
            assertThat(many).as(command.toString()).isLessThan(few * 2 + 20_000);
        }
    }

    @Test
    void fencingABrokerLooksOnlyAtItsPartitions() {
        Region region = region(1_000);
        region.start(4);
        Uuid topic = region.create("few", 9, 4);
        assertThat(region.image().topics().partitionCount()).isEqualTo(100_009);
        BrokerRegistration broker = region.image().brokers().broker(4).orElseThrow();
        var standing =
                new BrokerRegistration.Standing(
                        true, false, List.of(), broker.standing().previousStop());
        var elections =
                new Elections(
                        region.image(),
                        region.image().brokers().with(broker.with(standing)),
                        new SafetyRules(1, false));

        List<MetadataRecord> records = elections.leaving(4);

        assertThat(records).hasSize(9);
        assertThat(elections.visitedCount()).isEqualTo(9);
        assertThat(region.image().topics().ledBy(4).of(topic).size()).isBetween(2, 3);
    }

    @Test
    void aBrokerThatReturnsLooksOnlyAtItsPartitionsWithoutLeader() {
        Region region = region(1_000);
        region.start(4);
        region.create("few", 9, 1);
        int mine = region.image().topics().replicasOn(4).size();
        region.fence(4);
        var elections =
                new Elections(region.image(), region.image().brokers(), new SafetyRules(1, false));

        elections.returning(4);

        assertThat(elections.visitedCount()).isEqualTo(mine).isPositive();
    }

    @Test
    void fencingABrokerOfFewPartitionsCostsTheSameInALargeRegion() {
        Region small = region(10);
        Region large = region(1_000);
        for (Region region : List.of(small, large)) {
            region.start(4);
            region.create("few", 9, 4);
        }

        long few = bytesToDecide(small, new FenceBroker(4, small.epochOf(4)));
        long many = bytesToDecide(large, new FenceBroker(4, large.epochOf(4)));

        assertThat(many).isLessThan(few * 2 + 20_000);
    }

    @Test
    void aChangeBearsTheSameShareOfSnapshotsInALargeRegion() {
        int few = snapshotsWhileChanging(region(10));
        int many = snapshotsWhileChanging(region(500));

        assertThat(few).isGreaterThan(10);
        assertThat(many).isLessThan(few / 10);
    }

    /** Each change of a config takes some bytes of the log. */
    private static int snapshotsWhileChanging(Region region) {
        var committed = new CommittedMetadata(new ControllerSettings.Bounds(8, 1_000_000, 20_000));
        committed.beginSnapshot();
        MetadataSnapshot.records(region.image())
                .forEachRemaining(record ->
                        committed.addSnapshot(List.of(MetadataRecordCodec.encode(record))));
        committed.restore(new OffsetAndEpoch(1_000, 1));
        var quorum = new ScriptedQuorum(nobody());
        int snapshots = 0;
        for (int change = 0; change < 50_000; change++) {
            var record =
                    new ConfigSet(ConfigResource.topic("topic-1"), "retention.ms", "" + change);
            var bytes = List.of(MetadataRecordCodec.encode(record));
            long before = quorum.snapshotEnd;
            committed.replay(new LogBatch(committed.image().place().offset() + 1, 1, false, bytes));
            committed.snapshotWhenDue(quorum);
            snapshots += quorum.snapshotEnd == before ? 0 : 1;
        }
        return snapshots;
    }

    private static ActiveController nobody() {
        var loop = new ManualLoop();
        return new ActiveController(
                new ActiveController.Place(1, loop, loop, new SeededEntropy(1)),
                Region.settings(),
                new PlainConfigs(),
                new MetadataListener() {
                    @Override
                    public void published(MetadataDelta delta) {}

                    @Override
                    public void failed(Exception cause) {}
                });
    }

    private static List<Command<?>> commands() {
        var orders = ConfigResource.topic("topic-1");
        return List.of(
                new CreateTopics(List.of(Region.topic("fresh.topic", 3, 2)), false),
                new CreatePartitions(List.of(new Growth("topic-1", 101, List.of())), false),
                new DeleteTopics(List.of(new TopicKey.ByName("topic-1"))),
                new IncrementalAlterConfigs(
                        List.of(
                                new Alteration(
                                        orders, List.of(new Change.Set("retention.ms", "1")))),
                        Origin.CLIENT,
                        false),
                new AlterReassignments(
                        Map.of(new TopicPartition("topic-1", 3), Optional.of(List.of(3, 1))), true),
                new RaiseLeaderEpochs(
                        new TreeMap<>(Map.of(new PartitionId(new Uuid(1, 1), 0), 7))));
    }

    private static long bytesToDecide(Region region, Command<?> command) {
        var start = region.image();
        for (int warmUp = 0; warmUp < 10; warmUp++) {
            region.submit(command);
            region.reset(start);
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        region.submit(command);
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(region.last().batches()).as(command.toString()).isNotEmpty();
        region.reset(start);
        return bytes;
    }

    private static Region region(int topics) {
        Region region = Region.withBrokers(1, 2, 3);
        for (int topic = 0; topic < topics; topic++) {
            region.commitTopic(
                    topic, 100, index -> BrokerIds.of(1 + index % 3, 1 + (index + 1) % 3));
        }
        return region;
    }
}
