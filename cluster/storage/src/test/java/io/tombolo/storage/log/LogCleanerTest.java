package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.protocol.records.BatchCompression;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.Codec;
import io.tombolo.storage.cleaner.CleanerListener;
import io.tombolo.storage.cleaner.CleanerSettings;
import io.tombolo.storage.cleaner.CleaningEnd;
import io.tombolo.storage.cleaner.LogCleaner;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.Keyed.Found;
import io.tombolo.storage.log.Keyed.Pair;
import io.tombolo.storage.segment.Segment;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The cleaner on a log of its own, example by example. */
class LogCleanerTest {

    private static final LogName ORDERS = new LogName("orders", 0);
    private static final Path DIRECTORY = Path.of("/data/one/orders-0");
    private static final long RETENTION_MS = 60_000;

    private final LogWorld world = new LogWorld(3);
    private final SimulatedDisk disk = (SimulatedDisk) world.disk;
    private final List<CleaningEnd.Cleaned> passes = new ArrayList<>();
    private final List<Exception> failures = new ArrayList<>();
    private CleanerSettings settings = CleanerSettings.STANDARD;
    private LogDirectories directories;
    private LogCleaner cleaner;
    private PartitionLog log;

    @BeforeEach
    void openLog() {
        compaction(0.1, Duration.ZERO);
        world.settings = world.settings.withSegmentBytesMax(1000);
        directories = world.openAll(List.of(Path.of("/data/one"))).directories();
        log = world.create(directories.first(), "orders");
        startCleaner();
    }

    private void compaction(double ratio, Duration lagMin) {
        world.settings =
                world.settings.withCompaction(
                        new LogSettings.Compaction(
                                ratio,
                                lagMin,
                                Duration.ofDays(1),
                                Duration.ofMillis(RETENTION_MS)));
    }

    private void startCleaner() {
        cleaner =
                new LogCleaner(
                        directories,
                        () -> settings,
                        world.work,
                        world.loop,
                        new CleanerListener() {
                            @Override
                            public void cleaned(LogName name, CleaningEnd.Cleaned pass) {
                                passes.add(pass);
                            }

                            @Override
                            public void uncleanable(LogName name, Exception cause) {
                                failures.add(cause);
                            }
                        });
        cleaner.start();
    }

    private void append(ByteBuffer batch) {
        AppendOrigin origin =
                BatchView.of(batch).control() ? AppendOrigin.BROKER : AppendOrigin.PRODUCER;
        assertThat(log.append(batch, 0, origin)).isInstanceOf(AppendResult.Appended.class);
        log.noteHighWatermark(log.endOffset());
        world.drain();
    }

    private void put(String key, String value) {
        append(Keyed.one(world.nowMs, key, value));
    }

    /** Closes the active segment with records of a key that nothing else uses. */
    private void roll() {
        int before = log.contents().segments.size();
        while (log.contents().segments.size() == before) {
            put("filler", "f".repeat(300));
        }
    }

    private void clean() {
        world.pass(settings.backoff().toMillis());
    }

    private List<Long> offsetsOf(String key) {
        return Keyed.records(log).stream()
                .filter(found -> key.equals(found.key()))
                .map(Found::offset)
                .toList();
    }

    private void restart() {
        world.close(directories.first());
        world.forget();
        directories = world.openAll(List.of(Path.of("/data/one"))).directories();
        log = directories.first().log(ORDERS).orElseThrow();
        log.noteHighWatermark(log.endOffset());
        startCleaner();
    }

    @Test
    void ofEachKeyTheLatestRecordStaysAtItsOffset() {
        put("a", "1");
        put("b", "1");
        put("a", "2");
        roll();

        clean();

        assertThat(offsetsOf("a")).containsExactly(2L);
        assertThat(offsetsOf("b")).containsExactly(1L);
        assertThat(passes).hasSize(1);
        assertThat(passes.getFirst().freedBytes()).isPositive();
        restart();
        assertThat(offsetsOf("a")).containsExactly(2L);
        assertThat(log.startOffset()).isZero();
    }

    @Test
    void theActiveSegmentIsLeftAlone() {
        put("a", "1");
        put("a", "2");

        clean();

        assertThat(offsetsOf("a")).containsExactly(0L, 1L);
        assertThat(passes).isEmpty();
    }

    @Test
    void nothingAboveTheHighWatermarkIsTouched() {
        put("a", "1");
        put("a", "2");
        roll();
        log.noteHighWatermark(1);

        clean();

        assertThat(offsetsOf("a")).containsExactly(0L, 1L);
        log.noteHighWatermark(log.endOffset());
        clean();
        assertThat(offsetsOf("a")).containsExactly(1L);
    }

    @Test
    void nothingAboveAnOpenTransactionIsTouched() {
        append(transactional(7, 0, "a", "open"));
        put("b", "1");
        put("b", "2");
        roll();

        clean();

        assertThat(offsetsOf("b")).hasSize(2);
        append(Batches.marker(true, 7, 0, world.nowMs));
        log.flush();
        world.drain();
        clean();
        assertThat(offsetsOf("b")).containsExactly(2L);
    }

    @Test
    void recordsBelowTheMinimumLagAreNotTouched() {
        compaction(0.1, Duration.ofMinutes(5));
        log.changeSettings(world.settings);
        put("a", "1");
        put("a", "2");
        roll();

        clean();
        assertThat(offsetsOf("a")).hasSize(2);

        world.nowMs += Duration.ofMinutes(6).toMillis();
        clean();
        assertThat(offsetsOf("a")).containsExactly(1L);
    }

    @Test
    void aLogThatIsMostlyCleanWaitsForMoreDirtUnlessItIsOverdue() {
        compaction(0.9, Duration.ZERO);
        log.changeSettings(world.settings);
        for (int number = 0; number < 40; number++) {
            put("k" + number, "v".repeat(200));
        }
        roll();
        clean();
        assertThat(passes).hasSize(1);
        put("k1", "again");
        roll();

        clean();
        assertThat(passes).hasSize(1);

        world.nowMs += Duration.ofDays(2).toMillis();
        clean();
        assertThat(passes).hasSize(2);
        assertThat(offsetsOf("k1")).hasSize(1);
    }

    @Test
    void aTombstoneStaysForAWhileAfterItWasFirstCleaned() {
        put("a", "1");
        append(Keyed.one(world.nowMs, "a", null));
        roll();
        world.nowMs += 10 * RETENTION_MS; // its own age says nothing

        clean();
        assertThat(offsetsOf("a")).containsExactly(1L);
        BatchView marked = Keyed.batches(log, 0).getFirst();
        assertThat(marked.deleteHorizon()).isTrue();
        assertThat(marked.baseTimestampMs()).isEqualTo(world.nowMs + RETENTION_MS);
        assertThat(Keyed.records(marked).getFirst().timestampMs()).isEqualTo(1_000_000);

        world.nowMs += RETENTION_MS / 2;
        roll();
        clean();
        assertThat(offsetsOf("a")).containsExactly(1L);

        world.nowMs += RETENTION_MS;
        roll();
        clean();
        assertThat(offsetsOf("a")).isEmpty();
    }

    @Test
    void abortedRecordsGoAndTheirMarkerFollowsLater() {
        append(transactional(7, 0, "a", "aborted"));
        append(Batches.marker(false, 7, 0, world.nowMs));
        append(Batches.idempotent(7, 1, 0, 1, world.nowMs)); // its last sequence lies above
        roll();

        clean();
        assertThat(offsetsOf("a")).isEmpty();
        assertThat(markers()).containsExactly(1L);

        roll();
        clean(); // nothing is in front of it any more: it begins to age
        assertThat(markers()).containsExactly(1L);

        world.nowMs += RETENTION_MS + 1;
        roll();
        clean();
        assertThat(markers()).isEmpty();
    }

    @Test
    void theMarkerOfATransactionStaysWithItsRecords() {
        append(transactional(7, 0, "a", "committed"));
        append(Batches.marker(true, 7, 0, world.nowMs));
        for (int round = 0; round < 3; round++) {
            roll();
            world.nowMs += 2 * RETENTION_MS;
            clean();
        }

        assertThat(offsetsOf("a")).containsExactly(0L);
        assertThat(markers()).containsExactly(1L);
    }

    @Test
    void theLastSequenceOfAProducerIsKnownWithoutItsRecords() throws Exception {
        append(
                Keyed.batch(
                        BatchSpec.PLAIN.from(9, (short) 2, 0, false),
                        world.nowMs,
                        List.of(new Pair("a", "1"), new Pair("a", "2"))));
        put("a", "3");
        roll();
        clean();
        assertThat(offsetsOf("a")).containsExactly(2L);
        world.close(directories.first());
        for (String file : disk.list(DIRECTORY)) {
            if (file.endsWith(".snapshot")) {
                disk.delete(DIRECTORY.resolve(file));
            }
        }
        restart();

        assertThat(log.producers())
                .singleElement()
                .satisfies(producer -> {
                    assertThat(producer.producerId()).isEqualTo(9);
                    assertThat(producer.lastSequence()).isEqualTo(1);
                });
    }

    @Test
    void smallSegmentsBecomeOneAndOffsetsStay() {
        for (int round = 0; round < 6; round++) {
            put("a", "v".repeat(50));
            put("k" + round, "v");
            roll();
        }
        assertThat(log.contents().segments).hasSizeGreaterThan(6);
        long end = log.endOffset();

        clean();
        roll();
        clean(); // only what is small by now fits together

        assertThat(log.contents().segments).hasSizeLessThan(6);
        assertThat(log.endOffset()).isGreaterThanOrEqualTo(end);
        List<Segment> segments = log.contents().segments;
        for (int index = 1; index < segments.size(); index++) {
            assertThat(segments.get(index).baseOffset())
                    .isEqualTo(segments.get(index - 1).endOffset());
        }
        restart();
        assertThat(log.failure()).isEmpty();
        assertThat(Keyed.records(log)).extracting(Found::key).contains("k0", "k5");
    }

    @Test
    void aBatchThatStaysWholeStaysByteForByte() {
        var lz4 = BatchSpec.PLAIN.compressed(BatchCompression.of(Codec.LZ4));
        append(Keyed.batch(lz4, 5, List.of(new Pair("a", "1"), new Pair("b", "1"))));
        append(Keyed.batch(lz4, 6, List.of(new Pair("c", "1"), new Pair("d", "1"))));
        byte[] whole = Batches.all(log, 0).getFirst();
        put("c", "2");
        roll();

        clean();

        List<byte[]> left = Batches.all(log, 0);
        assertThat(left.getFirst()).isEqualTo(whole);
        BatchView rewritten = BatchView.of(ByteBuffer.wrap(left.get(1)));
        assertThat(rewritten.codec()).isEqualTo(Codec.LZ4);
        assertThat(rewritten.baseOffset()).isEqualTo(2);
        assertThat(rewritten.lastOffset()).isEqualTo(3);
        assertThat(Keyed.records(rewritten)).containsExactly(new Found(3, "d", "1", 6));
    }

    @Test
    void severalPassesDoWhatTheMemoryIsTooSmallFor() {
        settings =
                new CleanerSettings(
                        1, 24 * 20, 0.9, 4096, Double.MAX_VALUE, Duration.ofSeconds(15), 1 << 20);
        for (int round = 0; round < 3; round++) {
            for (int key = 0; key < 100; key++) {
                put("k" + key, "v" + round);
            }
        }
        roll();
        long closed = log.contents().active().baseOffset();

        clean();

        assertThat(passes).hasSizeGreaterThan(5);
        assertThat(Keyed.records(log).stream().filter(found -> found.offset() < closed))
                .extracting(Found::key)
                .doesNotHaveDuplicates();
    }

    @Test
    void aSlowBudgetStretchesAPassOverTime() {
        settings =
                new CleanerSettings(1, 1 << 20, 0.9, 4096, 1000, Duration.ofSeconds(15), 1 << 20);
        put("a", "1");
        put("a", "2");
        roll();

        clean();
        assertThat(passes).isEmpty();

        for (int naps = 0; naps < 200 && passes.isEmpty(); naps++) {
            world.pass(100);
        }
        assertThat(passes).hasSize(1);
        assertThat(world.nowMs).isGreaterThan(1_000_000 + 15_000 + 1_000);
    }

    @Test
    void asManyLogsAreCompactedAtATimeAsThereAreThreads() {
        settings =
                new CleanerSettings(2, 1 << 20, 0.9, 4096, 1000, Duration.ofSeconds(15), 1 << 20);
        for (String topic : List.of("payments", "stock", "orders")) {
            log =
                    directories
                            .first()
                            .log(new LogName(topic, 0))
                            .orElseGet(() -> world.create(directories.first(), topic));
            put("a", "1");
            put("a", "2");
            roll();
        }

        clean();
        assertThat(cleaner.standing().passCount()).isEqualTo(2);

        for (int naps = 0; naps < 600 && passes.size() < 3; naps++) {
            assertThat(cleaner.standing().passCount()).isBetween(1, 2);
            world.pass(100);
        }
        assertThat(passes).hasSize(3);
        for (LogName name : directories.first().names()) {
            log = directories.first().log(name).orElseThrow();
            assertThat(offsetsOf("a")).as("%s", name).containsExactly(1L);
        }
    }

    @Test
    void aSegmentInWhichNothingChangesIsNotWrittenAnew() {
        for (int key = 0; key < 4; key++) {
            put("k" + key, "v".repeat(200));
        }
        roll();
        clean();
        long written = passes.getLast().writtenBytes();
        roll();
        clean();

        assertThat(written).isZero();
        assertThat(passes).hasSize(2);
    }

    @Test
    void aLogThatCannotBeCleanedIsToldOfOnceAndLeftAlone() {
        put("a", "1");
        put("a", "2");
        roll();
        disk.failWhen(operation -> operation.path().toString().endsWith(".log.cleaned"));

        clean();
        clean();
        clean();

        assertThat(failures).hasSize(1);
        assertThat(cleaner.standing().uncleanable()).containsExactly(ORDERS);
        assertThat(log.failure()).isEmpty();
        disk.failNever();
        clean();
        assertThat(passes).isEmpty();
        world.pass(Duration.ofMinutes(11).toMillis());
        clean();
        assertThat(passes).hasSize(1);
        assertThat(cleaner.standing().uncleanable()).isEmpty();
    }

    @Test
    void damageIsToldAndNotWrittenAnewWithAChecksumOfItsOwn() {
        put("a", "1");
        put("b", "1");
        put("a", "2");
        roll();
        var damage = new ArrayList<LogDamage>();
        log.onDamage(damage::add);
        disk.flipBit(DIRECTORY.resolve("00000000000000000000.log"), 68, 3);

        clean();

        assertThat(damage).hasSize(1);
        assertThat(damage.getFirst().fromOffset()).isZero();
        assertThat(failures).hasSize(1);
    }

    @Test
    void aCutGivesAPassUpAndTheLogIsCleanedAgainFromThere() {
        for (int round = 0; round < 4; round++) {
            put("a", "v".repeat(100));
            roll();
        }
        clean();
        assertThat(log.contents().checkpoints.cleanedTo(ORDERS)).isGreaterThan(3);

        log.truncateTo(3);

        assertThat(log.contents().checkpoints.cleanedTo(ORDERS)).isLessThanOrEqualTo(3);
    }

    @Test
    void howFarALogIsCleanedSurvivesARestart() throws Exception {
        put("a", "1");
        put("a", "2");
        roll();
        clean();
        long cleaned = log.contents().checkpoints.cleanedTo(ORDERS);

        restart();

        assertThat(log.contents().checkpoints.cleanedTo(ORDERS)).isEqualTo(cleaned);
        assertThat(new String(disk.readAll(Path.of("/data/one/cleaner-offset-checkpoint"))))
                .isEqualTo("0\n1\norders 0 " + cleaned + "\n");
    }

    @Test
    void noFileOfAPassIsLeftBehind() throws Exception {
        put("a", "1");
        put("a", "2");
        roll();
        clean();
        world.pass(world.settings.fileDeleteDelay().toMillis());

        assertThat(disk.list(DIRECTORY))
                .noneMatch(file -> file.endsWith(".cleaned"))
                .noneMatch(file -> file.endsWith(".swap"))
                .noneMatch(file -> file.endsWith(".deleted"));
    }

    @Test
    void itStopsOnceNoPassIsUnderWay() {
        put("a", "1");
        put("a", "2");
        roll();
        world.nowMs += settings.backoff().toMillis();
        var stopped = new ArrayList<String>();
        disk.failWhen(operation -> operation.kind() == DiskOperation.Kind.LOCK); // none of ours

        cleaner.stop(() -> stopped.add("stopped"));
        world.drain();
        clean();

        assertThat(stopped).containsExactly("stopped");
        assertThat(passes).isEmpty();
    }

    private static ByteBuffer transactional(long id, int sequence, String key, String value) {
        return Keyed.batch(
                BatchSpec.PLAIN.from(id, (short) 0, sequence, true),
                1_000_000,
                List.of(new Pair(key, value)));
    }

    private List<Long> markers() {
        return Keyed.batches(log, 0).stream()
                .filter(BatchView::control)
                .map(BatchView::baseOffset)
                .toList();
    }
}
