package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulatedCrash;
import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.storage.cleaner.CleanerListener;
import io.tombolo.storage.cleaner.CleanerSettings;
import io.tombolo.storage.cleaner.LogCleaner;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.Keyed.Found;
import io.tombolo.storage.partition.LogCompaction;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A pass through a power failure at each single operation of the disk, and a cut at each turn of
 * its loop.
 */
class CompactionCrashTest {

    private static final List<Path> PATHS = List.of(Path.of("/data/one"));
    private static final LogName ORDERS = new LogName("orders", 0);

    @Test
    void theLogHoldsTheOldOrTheNewSegmentsWhereverThePowerFails() {
        Scene calm = new Scene(LogCompaction.Caution.FULL);
        List<Found> before = Keyed.records(calm.log);
        long operations = calm.clean(Long.MAX_VALUE);
        List<Found> after = Keyed.records(calm.log);
        assertThat(operations).as("operations of the disk").isGreaterThan(30);
        assertThat(after.size()).isLessThan(before.size());
        var seen = new HashSet<Integer>();
        for (long failing = 1; failing <= operations; failing++) {
            var scene = new Scene(LogCompaction.Caution.FULL);
            scene.clean(failing);
            scene.losePower();
            scene.open();

            assertThat(scene.log.failure()).as("failing at %d", failing).isEmpty();
            List<Found> found = Keyed.records(scene.log);
            seen.add(found.size());
            assertThat(before).as("nothing new, failing at %d", failing).containsAll(found);
            assertThat(found).as("nothing lost, failing at %d", failing).containsAll(after);
            assertThat(scene.log.endOffset()).isEqualTo(calm.log.endOffset());
            assertThat(aborted(scene.log)).as("failing at %d", failing).isEqualTo(1);
            assertThat(scene.leftovers()).as("failing at %d", failing).isEmpty();

            scene.clean(Long.MAX_VALUE);
            assertThat(Keyed.records(scene.log)).as("cleaned in the end").isEqualTo(after);
        }
        assertThat(seen).as("old and new").contains(before.size(), after.size());
    }

    private static int aborted(PartitionLog log) {
        var slice =
                (ReadResult.Slice)
                        Batches.read(log, 0, 100_000, log.endOffset(), Isolation.READ_COMMITTED);
        return slice.abortedTransactions().size();
    }

    @Test
    void whateverIsCutOffWhileSegmentsAreSwappedStaysAway() {
        assertThat(whatComesBack(LogCompaction.Caution.FULL)).isEmpty();
    }

    @Test
    void aCutThatDoesNotMindASwapIsNoticed() {
        assertThat(whatComesBack(new LogCompaction.Caution(false, true, true))).isNotEmpty();
    }

    /** Cuts the log after each turn of a pass, and loses the power then. */
    private static Set<Long> whatComesBack(LogCompaction.Caution caution) {
        var back = new HashSet<Long>();
        boolean more = true;
        for (int turns = 0; more; turns++) {
            var scene = new Scene(caution);
            more = scene.turn(turns);
            scene.log.truncateTo(5);
            long end = scene.log.endOffset();
            scene.losePower();
            scene.open();
            assertThat(scene.log.failure()).as("cut after %d turns", turns).isEmpty();
            for (long offset = end; offset < scene.log.endOffset(); offset++) {
                back.add(offset);
            }
        }
        return back;
    }

    /** A log with three segments to be compacted into fewer. */
    private static final class Scene {

        private final LogWorld world = new LogWorld(11);
        private final SimulatedDisk disk = (SimulatedDisk) world.disk;
        private LogDirectories directories;
        private PartitionLog log;

        Scene(LogCompaction.Caution caution) {
            world.settings =
                    world.settings
                            .withSegmentBytesMax(1200)
                            .withCompaction(
                                    new LogSettings.Compaction(
                                            0,
                                            Duration.ZERO,
                                            Duration.ofDays(1),
                                            Duration.ofDays(1)));
            directories = world.openAll(PATHS).directories();
            log = world.create(directories.first(), "orders");
            log.contents().caution = caution;
            append(Batches.transactional(5, 0, 0, 2, 1));
            append(Batches.marker(false, 5, 0, 1));
            for (int number = 0; number < 30; number++) {
                append(Keyed.one(number, "k" + number % 7, "v".repeat(30) + number));
            }
            log.noteHighWatermark(log.endOffset());
            log.flush();
            world.drain();
            directories.checkpoint(world.loop, _ -> {});
            world.drain();
        }

        private void append(ByteBuffer batch) {
            assertThat(log.append(batch, 0, AppendOrigin.BROKER))
                    .isInstanceOf(AppendResult.Appended.class);
            world.drain();
        }

        private void startCleaner() {
            new LogCleaner(
                            directories,
                            () -> CleanerSettings.STANDARD,
                            world.work,
                            world.loop,
                            CleanerListener.NONE)
                    .start();
        }

        /** Compacts; returns how many operations of the disk that took. */
        long clean(long failing) {
            startCleaner();
            long before = disk.operationCount();
            if (failing < Long.MAX_VALUE) {
                disk.losePowerWhen(operation -> operation.number() >= before + failing);
            }
            try {
                world.pass(CleanerSettings.STANDARD.backoff().toMillis());
                world.pass(world.settings.fileDeleteDelay().toMillis());
            } catch (SimulatedCrash crash) {
                // as was asked for
            }
            return disk.operationCount() - before;
        }

        /** Whether there was as much to do. */
        boolean turn(int turns) {
            startCleaner();
            world.nowMs += CleanerSettings.STANDARD.backoff().toMillis();
            var due = List.copyOf(world.loop.timers);
            world.loop.timers.clear();
            due.forEach(timer -> world.loop.tasks.add(timer.task()));
            boolean more = true;
            for (int turn = 0; turn < turns && more; turn++) {
                more = world.loop.runOne() || world.work.runOne();
            }
            return more;
        }

        void losePower() {
            disk.losePowerWhen(_ -> false);
            disk.losePower();
            world.forget();
        }

        void open() {
            directories = world.openAll(PATHS).directories();
            log = directories.first().log(ORDERS).orElseThrow();
            log.noteHighWatermark(log.endOffset());
        }

        List<String> leftovers() {
            try {
                return new ArrayList<>(disk.list(Path.of("/data/one/orders-0")))
                        .stream()
                                .filter(file ->
                                        file.endsWith(".swap")
                                                || file.endsWith(".cleaned")
                                                || file.endsWith(".deleted"))
                                .toList();
            } catch (IOException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
