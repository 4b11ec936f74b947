package io.tombolo.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.simulated.SimulatedCrash;
import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.raft.core.ElectionState;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RecoveredLog;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

class RaftLogTest {

    private static final Path DIRECTORY = Path.of("/logs/__cluster_metadata-0");
    private static final ReplicaKey SELF = new ReplicaKey(1, new UUID(3, 4));
    private static final VoterSet VOTERS = VoterSet.ofKeys(SELF);
    private static final OffsetAndEpoch SNAPSHOT = new OffsetAndEpoch(50, 7);

    private static final UUID KEPT = new UUID(7, 7);

    private final List<UUID> drawn = new ArrayList<>(List.of(new UUID(8, 8), new UUID(9, 9)));
    private SimulatedDisk disk = newDisk(1);

    private static SimulatedDisk newDisk(long seed) {
        var created = new SimulatedDisk(new SimulatedEntropy(seed));
        created.mount(DIRECTORY.getParent());
        return created;
    }

    @BeforeEach
    void freshDisk() {
        disk = newDisk(1);
    }

    private RaftLog open() throws IOException {
        return new RaftLog(disk, DIRECTORY, 300);
    }

    /** Two records per batch; the epoch rises with every fifth batch. */
    private static List<LogBatch> batches(int count) {
        var made = new ArrayList<LogBatch>();
        for (int index = 0; index < count; index++) {
            var records = List.of(("a" + index).getBytes(), new byte[70]);
            made.add(new LogBatch(2L * index, 1 + index / 5, false, records));
        }
        return made;
    }

    private static List<String> shown(List<LogBatch> batches) {
        return batches.stream().map(LogBatch::toString).toList();
    }

    @Test
    void batchesComeBackAsTheyWereAcrossSegmentsAndRestarts() throws IOException {
        try (RaftLog log = open()) {
            log.append(batches(12));
            log.force();
        }

        try (RaftLog log = open()) {
            assertThat(log.recovered().endOffset()).isEqualTo(24);
            assertThat(log.recovered().epochStarts()).isEqualTo(Map.of(1, 0L, 2, 10L, 3, 20L));
            List<LogBatch> found = log.read(0, 24, 1 << 20);
            assertThat(shown(found)).isEqualTo(shown(batches(12)));
            assertThat(found.get(3).records().getFirst()).isEqualTo("a3".getBytes());
            assertThat(log.read(6, 24, 1)).hasSize(1);
            assertThat(log.read(6, 10, 1 << 20)).hasSize(2);
        }
        assertThat(disk.list(DIRECTORY)).contains("00000000000000000000.log").hasSizeGreaterThan(3);
    }

    @Test
    void aPowerFailureKeepsWhatWasForcedAndNoTornBatch() throws IOException {
        for (long seed = 1; seed <= 60; seed++) {
            disk = newDisk(seed);
            RaftLog log = open();
            log.append(batches(12).subList(0, 7));
            log.force();
            log.append(batches(12).subList(7, 12));

            disk.losePower();

            try (RaftLog reopened = open()) {
                long end = reopened.recovered().endOffset();
                assertThat(end).isBetween(14L, 24L);
                assertThat(shown(reopened.read(0, end, 1 << 20)))
                        .isEqualTo(shown(batches((int) end / 2)));
            }
        }
    }

    @Test
    void aTruncatedEndStaysAwayAndTheLogGoesOnThere() throws IOException {
        RaftLog log = open();
        log.append(batches(12));
        log.force();

        log.truncate(8);
        disk.losePower();

        try (RaftLog reopened = open()) {
            assertThat(reopened.recovered().endOffset()).isEqualTo(8);
            assertThat(reopened.recovered().epochStarts()).isEqualTo(Map.of(1, 0L));
            reopened.append(List.of(new LogBatch(8, 9, false, List.of(new byte[1]))));
            assertThat(reopened.read(8, 9, 10).getFirst().epoch()).isEqualTo(9);
        }
    }

    @Test
    void aTruncationWithinABatchIsRefused() throws IOException {
        try (RaftLog log = open()) {
            log.append(batches(3));

            assertThatThrownBy(() -> log.truncate(3)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void damageInAnEarlierSegmentIsNotTakenForATornEnd() throws IOException {
        try (RaftLog log = open()) {
            log.append(batches(12));
            log.force();
        }
        disk.flipBit(DIRECTORY.resolve("00000000000000000000.log"), 70, 3);

        assertThatThrownBy(this::open).hasMessageContaining("damaged at position 0");
    }

    @Test
    void anElectionStateSurvivesAsKafkaWouldWriteIt() throws IOException {
        RaftLog log = open();
        assertThat(log.election()).isEqualTo(ElectionState.NEW);
        var state = new ElectionState(5, SELF, -1);

        log.persist(state);
        disk.losePower();

        assertThat(new String(disk.readAll(DIRECTORY.resolve("quorum-state"))))
                .isEqualTo(
                        "{\"leaderId\":-1,\"leaderEpoch\":5,\"votedId\":1,"
                            + "\"votedDirectoryId\":\"AAAAAAAAAAMAAAAAAAAABA\",\"data_version\":1}");
        try (RaftLog reopened = open()) {
            assertThat(reopened.election()).isEqualTo(state);
        }
    }

    @Test
    void aSnapshotLetsTheLogBelowItGo() throws IOException {
        try (RaftLog log = open()) {
            log.append(batches(12));
            log.force();
            log.writeSnapshot(
                    new OffsetAndEpoch(16, 2),
                    VOTERS,
                    List.of(List.of("state".getBytes())).iterator());

            long start = log.trim(new OffsetAndEpoch(16, 2));

            assertThat(start).isBetween(10L, 16L);
        }
        assertThat(disk.list(DIRECTORY)).contains("00000000000000000016-0000000002.checkpoint");
        try (RaftLog log = open()) {
            assertThat(log.recovered().snapshot()).isEqualTo(new OffsetAndEpoch(16, 2));
            assertThat(log.recovered().endOffset()).isEqualTo(24);
            assertThat(
                            log.readSnapshotSlice(new OffsetAndEpoch(16, 2), 0, 1000)
                                    .orElseThrow()
                                    .batches())
                    .singleElement()
                    .satisfies(batch -> assertThat(batch.getFirst()).isEqualTo("state".getBytes()));
        }
    }

    @Test
    void aFetchedSnapshotIsInstalledWholeOrNotAtAllWhereverThePowerFails() throws IOException {
        int installed = 0;
        int untouched = 0;
        byte[] bytes = snapshotBytes();
        for (int failing = 1; failing <= 60; failing++) {
            disk = newDisk(failing);
            RaftLog log = open();
            log.append(batches(30));
            log.force();
            long begin = disk.operationCount();
            long limit = begin + failing;
            disk.losePowerWhen(operation -> operation.number() == limit);
            try {
                log.writeSnapshotPiece(SNAPSHOT, 0, java.util.Arrays.copyOf(bytes, 100));
                log.writeSnapshotPiece(
                        SNAPSHOT, 100, java.util.Arrays.copyOfRange(bytes, 100, bytes.length));
                assertThat(log.installSnapshot(SNAPSHOT)).contains(VOTERS);
            } catch (SimulatedCrash expected) {
                assertThat(expected).hasMessageContaining("power");
            }
            disk.losePower();

            try (RaftLog reopened = open()) {
                RecoveredLog found = reopened.recovered();
                if (found.snapshot().equals(SNAPSHOT)) {
                    installed++;
                    assertThat(found.startOffset()).isEqualTo(50);
                    assertThat(found.endOffset()).isEqualTo(50);
                    assertThat(reopened.readSnapshotSlice(SNAPSHOT, 0, 1000)).isPresent();
                } else {
                    untouched++;
                    assertThat(found.snapshot()).isEqualTo(OffsetAndEpoch.ZERO);
                    assertThat(found.endOffset()).isEqualTo(60);
                }
            }
        }
        assertThat(installed).isPositive();
        assertThat(untouched).isPositive();
    }

    @Test
    void aSnapshotIsReadInSlicesOfWholeBatches() throws IOException {
        var written = new ArrayList<List<byte[]>>();
        for (int size = 1; size < 400; size += 7) {
            written.add(List.of(new byte[size], new byte[2]));
        }
        try (RaftLog log = open()) {
            log.writeSnapshot(SNAPSHOT, VOTERS, written.iterator());

            var read = new ArrayList<List<byte[]>>();
            var slice = log.readSnapshotSlice(SNAPSHOT, 0, 600).orElseThrow();
            int slices = 1;
            for (; !slice.last(); slices++) {
                assertThat(slice.batches()).hasSizeBetween(0, 8);
                read.addAll(slice.batches());
                slice = log.readSnapshotSlice(SNAPSHOT, slice.nextPosition(), 600).orElseThrow();
            }
            read.addAll(slice.batches());

            assertThat(slices).isGreaterThan(20);
            assertThat(read).usingRecursiveComparison().isEqualTo(written);
        }
    }

    @Test
    void aSnapshotThatIsNotWholeIsNotInstalled() throws IOException {
        try (RaftLog log = open()) {
            log.append(batches(3));
            byte[] bytes = snapshotBytes();
            log.writeSnapshotPiece(SNAPSHOT, 0, java.util.Arrays.copyOf(bytes, bytes.length - 70));

            assertThat(log.installSnapshot(SNAPSHOT)).isEmpty();

            assertThat(log.read(0, 6, 1 << 20)).hasSize(3);
        }
    }

    private static byte[] snapshotBytes() throws IOException {
        SimulatedDisk elsewhere = newDisk(99);
        try (var log = new RaftLog(elsewhere, DIRECTORY, 1000)) {
            log.writeSnapshot(
                    SNAPSHOT, VOTERS, List.of(List.of(new byte[90], new byte[10])).iterator());
            return log.readSnapshotPiece(SNAPSHOT, 0, 1 << 20).orElseThrow().bytes();
        }
    }

    @Test
    void aDirectoryInUseIsRefused() throws IOException {
        try (RaftLog log = open()) {
            assertThat(log.recovered().endOffset()).isZero();

            assertThatThrownBy(this::open).isInstanceOf(IOException.class);
        }
    }

    private UUID settled() throws IOException {
        try (RaftLog log = open()) {
            return log.settleKey("eu", new ReplicaKey(1, KEPT), drawn::removeFirst).directoryId();
        }
    }

    @Test
    void aLogThatBeginsDrawsAnIdAndKeepsIt() throws IOException {
        UUID first = drawn.getFirst();

        assertThat(settled()).isEqualTo(first);
        assertThat(settled()).isEqualTo(first);
    }

    @Test
    void aLogThatIsGoneHasLostItsId() throws IOException {
        UUID first = settled();
        for (String file : disk.list(DIRECTORY)) {
            if (file.endsWith(".log")) {
                disk.delete(DIRECTORY.resolve(file));
            }
        }

        UUID second = settled();

        assertThat(second).isNotEqualTo(first);
        assertThat(settled()).isEqualTo(second);
    }

    @Test
    void aLogWithoutAnIdBesideItKeepsThatOfItsDataDirectory() throws IOException {
        try (RaftLog log = open()) {
            log.append(batches(1));
            log.force();
        }

        assertThat(settled()).isEqualTo(KEPT);
    }
}
