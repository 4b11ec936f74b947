package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tombolo.environment.FileDisk;
import io.tombolo.storage.log.OpenResult.OpenedLog;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.OffsetIndex;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.TimeIndex;
import org.apache.kafka.storage.internals.log.TransactionIndex;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Apache Kafka's own classes read what we wrote, and we read what they wrote. */
class KafkaJudgeTest {

    private static final int INDEX_BYTES_MAX = 10 << 20;

    @TempDir private Path temporary;

    private final KafkaScheduler scheduler = new KafkaScheduler(1);
    private LogWorld world;
    private Path partition;

    @BeforeEach
    void prepare() {
        scheduler.startup();
        world = new LogWorld(new FileDisk(), 1);
        world.directory = temporary;
        world.settings = smallSegments();
        partition = temporary.resolve("orders-0");
    }

    @AfterEach
    void stop() throws InterruptedException {
        scheduler.shutdown();
    }

    private static LogSettings smallSegments() {
        LogSettings s = LogSettings.STANDARD;
        return new LogSettings(
                20_000,
                s.segmentAgeMax(),
                Duration.ZERO,
                s.indexBytesMax(),
                300,
                s.messageBytesMax(),
                s.timestamps(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true,
                s.flush(),
                Duration.ZERO,
                s.producerIdExpiration());
    }

    /** A few segments with plain, idempotent and transactional batches, closed properly. */
    private PartitionLog writeOurs() {
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        for (int round = 0; round < 100; round++) {
            long now = Time.SYSTEM.milliseconds() + round;
            log.append(
                    Batches.plain(2, now, "x".repeat(200)), 1 + round / 40, AppendOrigin.PRODUCER);
            log.append(
                    Batches.idempotent(11, 0, round * 3, 3, now),
                    1 + round / 40,
                    AppendOrigin.PRODUCER);
            log.append(
                    Batches.transactional(12, 0, round, 1, now),
                    1 + round / 40,
                    AppendOrigin.PRODUCER);
            log.append(
                    Batches.marker(round % 3 != 0, 12, 0, now),
                    1 + round / 40,
                    AppendOrigin.BROKER);
        }
        world.drain();
        assertThat(world.close(directory)).isTrue();
        return log;
    }

    @Test
    void itsLogOpensOurFilesAndFindsTheSameInThem() throws Exception {
        PartitionLog ours = writeOurs();

        try (UnifiedLog theirs = kafkaLog(0)) {
            assertThat(theirs.logEndOffset()).isEqualTo(ours.endOffset()).isEqualTo(700);
            assertThat(theirs.logSegments()).hasSizeGreaterThan(2);
            assertThat(theirs.leaderEpochCache().latestEpoch()).hasValue(3);
            assertThat(theirs.endOffsetForEpoch(1).orElseThrow().offset()).isEqualTo(280);
            assertThat(theirs.activeProducersWithLastSequence())
                    .isEqualTo(Map.of(11L, 299, 12L, 99));
            var batches = new ArrayList<Long>();
            for (LogSegment segment : theirs.logSegments()) {
                segment.log()
                        .batches()
                        .forEach(batch -> {
                            batch.ensureValid();
                            batches.add(batch.baseOffset());
                        });
            }
            assertThat(batches).hasSize(400);
        }
    }

    /** What its DumpLogSegments checks with --index-sanity-check and --verify-index-only. */
    @Test
    void itsIndexesAgreeWithOurBatches() throws Exception {
        writeOurs();
        int offsetEntries = 0;
        int timeEntries = 0;
        int aborted = 0;

        for (Path file : files(".log")) {
            long base = Long.parseLong(file.getFileName().toString().replace(".log", ""));
            FileRecords records = FileRecords.open(file.toFile(), false);
            offsetEntries += verifyOffsets(sibling(file, ".index"), base, records);
            timeEntries += verifyTimes(file, base, records);
            if (sibling(file, ".txnindex").exists()) {
                var index = new TransactionIndex(base, sibling(file, ".txnindex"));
                index.sanityCheck();
                aborted += index.allAbortedTxns().size();
                index.close();
            }
            records.close();
        }

        assertThat(offsetEntries).isGreaterThan(50);
        assertThat(timeEntries).isGreaterThan(50);
        assertThat(aborted).isEqualTo(34);
        for (Path file : files(".snapshot")) {
            assertThat(ProducerStateManager.readSnapshot(file.toFile())).isNotNull();
        }
    }

    private static int verifyOffsets(File file, long base, FileRecords records) throws IOException {
        var index = new OffsetIndex(file, base, INDEX_BYTES_MAX, false);
        index.sanityCheck();
        for (int entry = 0; entry < index.entries(); entry++) {
            var found = index.entry(entry);
            var batch = records.batchesFrom(found.position()).iterator().next();
            assertThat(batch.lastOffset()).isEqualTo(found.offset());
        }
        int count = index.entries();
        index.close();
        return count;
    }

    private static int verifyTimes(Path log, long base, FileRecords records) throws IOException {
        var offsets = new OffsetIndex(sibling(log, ".index"), base, INDEX_BYTES_MAX, false);
        var times = new TimeIndex(sibling(log, ".timeindex"), base, INDEX_BYTES_MAX, false);
        times.sanityCheck();
        for (int entry = 0; entry < times.entries(); entry++) {
            var found = times.entry(entry);
            long timestamp = -1;
            int position = offsets.lookup(found.offset()).position();
            for (var batch : records.batchesFrom(position)) {
                if (batch.lastOffset() >= found.offset()) {
                    timestamp = batch.maxTimestamp();
                    break;
                }
            }
            assertThat(timestamp).isEqualTo(found.timestamp());
        }
        int count = times.entries();
        offsets.close();
        times.close();
        return count;
    }

    @Test
    void weOpenItsFilesAfterACleanStopWithoutAnyRepair() throws Exception {
        writeTheirs();
        long end = 600;
        checkpointFile("recovery-point-offset-checkpoint", end);
        Files.writeString(
                temporary.resolve(".kafka_cleanshutdown"), "{\"version\":0,\"brokerEpoch\":5}");

        OpenedLog opened = world.opened().logs().getFirst();

        assertThat(opened.recovery().repairs()).isEmpty();
        assertThat(opened.recovery().uneventful()).isTrue();
        judgeTheirs(opened.log());
    }

    @Test
    void weOpenItsFilesAfterAnUncleanStop() throws Exception {
        writeTheirs();

        OpenedLog opened = world.opened().logs().getFirst();

        assertThat(opened.recovery().truncatedToOffset()).isEmpty();
        judgeTheirs(opened.log());
    }

    private void judgeTheirs(PartitionLog log) {
        assertThat(log.failure()).isEmpty();
        assertThat(log.endOffset()).isEqualTo(600);
        assertThat(Batches.all(log, 0)).hasSize(400);
        assertThat(log.latestEpoch()).hasValue(2);
        assertThat(log.endOffsetForEpoch(1)).contains(new EpochEnd(1, 300));
        assertThat(log.producers())
                .extracting(ProducerView::producerId, ProducerView::lastSequence)
                .containsExactly(tuple(21L, 199), tuple(22L, 99));
        var slice = (ReadResult.Slice) Batches.read(log, 0, 900, 600, Isolation.READ_COMMITTED);
        assertThat(slice.abortedTransactions()).as(slice.toString()).hasSize(1);
        assertThat(log.lastStableOffset(600)).isEqualTo(600);
    }

    private void writeTheirs() throws Exception {
        try (UnifiedLog theirs = kafkaLog(0)) {
            for (int round = 0; round < 100; round++) {
                int epoch = 1 + round / 50;
                long now = Time.SYSTEM.milliseconds() + round;
                var record = new SimpleRecord(now, "v".repeat(150).getBytes());
                theirs.appendAsLeader(
                        MemoryRecords.withRecords(Compression.gzip().build(), record, record),
                        epoch);
                theirs.appendAsLeader(
                        MemoryRecords.withIdempotentRecords(
                                Compression.NONE, 21, (short) 0, round * 2, record, record),
                        epoch);
                theirs.appendAsLeader(
                        MemoryRecords.withTransactionalRecords(
                                Compression.NONE, 22, (short) 0, round, record),
                        epoch);
                theirs.appendAsLeader(
                        MemoryRecords.withEndTransactionMarker(
                                22,
                                (short) 0,
                                new EndTransactionMarker(
                                        round % 2 == 0
                                                ? ControlRecordType.ABORT
                                                : ControlRecordType.COMMIT,
                                        7)),
                        epoch,
                        org.apache.kafka.storage.internals.log.AppendOrigin.COORDINATOR,
                        RequestLocal.noCaching(),
                        VerificationGuard.SENTINEL,
                        (short) 1);
            }
        }
        // It still flushes in the background what it has closed.
        scheduler.shutdown();
    }

    private UnifiedLog kafkaLog(long recoveryPoint) throws IOException {
        Files.createDirectories(partition);
        var config =
                new LogConfig(
                        Map.of(
                                "internal.segment.bytes", 20_000,
                                "index.interval.bytes", 300,
                                "segment.index.bytes", 100_000));
        return UnifiedLog.create(
                partition.toFile(),
                config,
                0,
                recoveryPoint,
                scheduler,
                new BrokerTopicStats(),
                Time.SYSTEM,
                900_000,
                new ProducerStateManagerConfig(86_400_000, false),
                600_000,
                new LogDirFailureChannel(1),
                true,
                Optional.empty());
    }

    private void checkpointFile(String name, long offset) throws IOException {
        Files.writeString(temporary.resolve(name), "0\n1\norders 0 " + offset + "\n");
    }

    private List<Path> files(String suffix) throws IOException {
        try (var all = Files.list(partition)) {
            return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private static File sibling(Path log, String suffix) {
        return log.resolveSibling(log.getFileName().toString().replace(".log", suffix)).toFile();
    }
}
