package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Payload;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.environment.simulated.fault.FaultKind;
import io.tombolo.environment.simulated.fault.FaultSchedule;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.protocol.records.RecordReader;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Produce;
import io.tombolo.replication.ProduceOutcome;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Three whole brokers and a client that never asks twice, through kills, pauses and every trouble
 * of the network; in the end all is healed. What was acknowledged is then in every replica, and all
 * replicas are one. Power stays on: two machines that lose it at once lose what neither disk has.
 */
class TormentedRegionSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 12);
    private static final Duration TORMENT = Duration.ofSeconds(60);
    private static final Duration GAP = Duration.ofSeconds(3);
    private static final Duration PACE = Duration.ofMillis(50);
    private static final long TIMEOUT_NANOS = Duration.ofSeconds(10).toNanos();
    private static final String TOPIC = "orders";
    private static final Set<FaultKind> KINDS =
            EnumSet.of(
                    FaultKind.KILL,
                    FaultKind.PAUSE,
                    FaultKind.CUT,
                    FaultKind.PARTITION,
                    FaultKind.RESET,
                    FaultKind.DELAY,
                    FaultKind.SLOW_DISK,
                    FaultKind.LOST_ANSWERS);

    @Test
    void acknowledgedRecordsAreInEveryReplicaOnceAllIsHealed() {
        long first = Long.getLong("seed", 1);
        long last = Long.getLong("seed") == null ? first + SEEDS - 1 : first;
        int acknowledged = 0;
        int leaderEpochs = 0;
        for (long seed = first; seed <= last; seed++) {
            try {
                var history = new History(seed);
                history.live();
                acknowledged += history.acknowledged.size();
                leaderEpochs += history.leaderEpoch();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
        assertThat(acknowledged).isGreaterThan(100 * (int) (last - first + 1));
        assertThat(leaderEpochs).as("changes of leader").isGreaterThan((int) (last - first));
    }

    /** The life of one region. */
    private static final class History {

        private final SimulatedRegion region;
        private final Simulator simulator;
        private final Set<Long> acknowledged = new TreeSet<>();
        private final FaultSchedule faults;
        private long lastValue;
        private boolean over;

        History(long seed) {
            region = new SimulatedRegion(seed);
            simulator = region.simulator;
            ReplicatedTopic.create(region, TOPIC, 1);
            faults =
                    FaultSchedule.drawn(
                            simulator.entropy("faults"),
                            KINDS,
                            SimulatedRegion.ALL.stream().map(SimulatedRegion::host).toList(),
                            TORMENT,
                            GAP);
        }

        void live() {
            faults.playOn(simulator);
            produceLater();
            simulator.runFor(TORMENT);
            over = true;
            heal();
            region.run(
                    "all run again", () -> SimulatedRegion.ALL.stream().allMatch(region::serves));
            region.run(
                    "all are in sync after\n" + faults,
                    () ->
                            ReplicatedTopic.registration(region, 1, TOPIC)
                                    .filter(found -> found.isr().size() == 3)
                                    .isPresent());
            region.run("all logs are one after\n" + faults, this::settled);
            List<List<String>> logs =
                    SimulatedRegion.ALL.stream().map(number -> contents(number)).toList();
            assertThat(logs).as("replicas after\n" + faults).containsOnly(logs.getFirst());
            List<String> values =
                    logs.getFirst().stream()
                            .map(record -> record.substring(record.lastIndexOf(' ') + 1))
                            .toList();
            assertThat(values)
                    .as("what was acknowledged after\n" + faults)
                    .containsAll(acknowledged.stream().map(String::valueOf).toList())
                    .doesNotHaveDuplicates();
        }

        int leaderEpoch() {
            return ReplicatedTopic.registration(region, 1, TOPIC).orElseThrow().leaderEpoch();
        }

        private void heal() {
            simulator.network().healAll();
            for (int number : SimulatedRegion.ALL) {
                SimulatedNode node = simulator.node(SimulatedRegion.host(number));
                if (!node.running()) {
                    region.restart(number);
                } else if (node.paused()) {
                    node.resume();
                }
                node.normalDisk();
            }
        }

        private void produceLater() {
            simulator.after(
                    PACE,
                    "produce",
                    () -> {
                        if (!over) {
                            SimulatedRegion.ALL.forEach(this::produceTo);
                            produceLater();
                        }
                    });
        }

        /** Whoever believes that it leads gets a record of its own. */
        private void produceTo(int number) {
            SimulatedNode node = simulator.node(SimulatedRegion.host(number));
            if (!node.running() || node.paused() || !region.serves(number)) {
                return;
            }
            ReplicatedTopic.find(region, number, TOPIC)
                    .filter(partition -> partition.leadership().isPresent())
                    .ifPresent(partition -> {
                        long value = ++lastValue;
                        region.core(number)
                                .shards()
                                .ownerOf(partition.id())
                                .loop()
                                .execute(() -> produce(partition, value));
                    });
        }

        private void produce(Partition partition, long value) {
            var batch =
                    new BatchBuilder(BatchSpec.PLAIN)
                            .append(1_000, null, ByteBuffer.allocate(8).putLong(0, value))
                            .build();
            partition.produce(
                    new Produce(batch, (short) -1, TIMEOUT_NANOS, (short) 11),
                    (ProduceOutcome outcome) -> {
                        if (outcome.error() == Errors.NONE) {
                            acknowledged.add(value);
                        }
                    });
        }

        private boolean settled() {
            var ends = new TreeSet<Long>();
            for (int number : SimulatedRegion.ALL) {
                Optional<Partition> hosted = ReplicatedTopic.find(region, number, TOPIC);
                ends.add(hosted.map(each -> each.log().endOffset()).orElse(-1L));
                ends.add(hosted.map(Partition::highWatermark).orElse(-2L));
            }
            return ends.size() == 1;
        }

        /** Offset, leader epoch and value of each record. */
        private List<String> contents(int number) {
            var log = ReplicatedTopic.partition(region, number, TOPIC).log();
            var records = new ArrayList<String>();
            long offset = log.startOffset();
            while (offset < log.endOffset()) {
                ReadResult read =
                        log.read(offset, 1 << 20, log.endOffset(), Isolation.READ_UNCOMMITTED);
                var slice =
                        (ReadResult.Slice)
                                (read instanceof ReadResult.Cold(var cold) ? cold.call() : read);
                slice.parts().forEach(part -> add(records, (Payload.Memory) part));
                offset = slice.nextOffset();
            }
            return records;
        }

        private static void add(List<String> records, Payload.Memory part) {
            var walk = new BatchWalk(part.bytes().duplicate());
            var reader = new RecordReader(1 << 20);
            while (walk.next()) {
                reader.open(walk.batch());
                while (reader.next()) {
                    records.add(
                            "%d %d %d"
                                    .formatted(
                                            reader.offset(),
                                            walk.batch().partitionLeaderEpoch(),
                                            reader.value().getLong(reader.value().position())));
                }
            }
            part.release();
        }
    }
}
