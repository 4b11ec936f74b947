package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulatedCrash;
import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.storage.directory.LogDirectories;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A move between two directories through a power failure at each single operation of the disk, from
 * the making of the copy to the deletion of the old files, while records are appended.
 */
class LogMoveCrashTest {

    private static final List<Path> PATHS = List.of(Path.of("/data/one"), Path.of("/data/two"));
    private static final LogName ORDERS = new LogName("orders", 0);
    private static final UUID TOPIC = new UUID(1, "orders".hashCode());
    private static final int RECORDS_BEFORE = 12;
    private static final int RECORDS_MEANWHILE = 5;

    @Test
    void everyDurableRecordIsInOnePlaceWhereverThePowerFails() {
        long operations = new Scene(Long.MAX_VALUE).play();
        assertThat(operations).as("operations of the disk").isGreaterThan(20);
        int inOld = 0;
        int inNew = 0;
        int unfinished = 0;
        for (long failing = 1; failing <= operations; failing++) {
            var scene = new Scene(failing);
            scene.play();
            scene.losePower();
            unfinished += scene.startAgain() ? 1 : 0;
            inOld += scene.foundIn(PATHS.get(0)) ? 1 : 0;
            inNew += scene.foundIn(PATHS.get(1)) ? 1 : 0;
            scene.finish();
        }
        assertThat(inOld).as("found where it was").isPositive();
        assertThat(inNew).as("found where it went").isPositive();
        assertThat(unfinished).as("moves to go on with").isPositive();
        assertThat(inOld + inNew).isEqualTo((int) operations);
    }

    /** One life of a log, with a power failure at one operation of its move. */
    private static final class Scene {

        private final LogWorld world = new LogWorld(11);
        private final SimulatedDisk disk = (SimulatedDisk) world.disk;
        private final long failing;
        private LogDirectories directories;
        private long durableOffset;

        Scene(long failing) {
            this.failing = failing;
            world.settings = world.settings.withSegmentBytesMax(400);
            directories = world.openAll(PATHS).directories();
            PartitionLog log = world.create(directories.all().getFirst(), "orders");
            append(log, RECORDS_BEFORE);
            log.flush();
            world.drain();
            directories.checkpoint(world.loop, _ -> {});
            world.drain();
            durableOffset = log.durableOffset();
            assertThat(durableOffset).isEqualTo(RECORDS_BEFORE);
        }

        private static void append(PartitionLog log, int count) {
            for (int number = 0; number < count; number++) {
                ByteBuffer batch = Batches.plain(1, 1, "value " + log.endOffset());
                assertThat(log.append(batch, 0, AppendOrigin.PRODUCER))
                        .isInstanceOf(AppendResult.Appended.class);
            }
        }

        /** Moves; returns how many operations of the disk that took. */
        long play() {
            long before = disk.operationCount();
            if (failing < Long.MAX_VALUE) {
                disk.losePowerWhen(operation -> operation.number() >= before + failing);
            }
            try {
                begin();
                PartitionLog log = found().log();
                for (int number = 0; number < RECORDS_MEANWHILE; number++) {
                    world.loop.runOne();
                    world.work.runOne();
                    append(log, 1);
                }
                world.drain();
                durableOffset = log.durableOffset();
                world.pass(world.settings.fileDeleteDelay().toMillis());
            } catch (SimulatedCrash crash) {
                durableOffset = Math.max(durableOffset, found().log().durableOffset());
            }
            return disk.operationCount() - before;
        }

        private void begin() {
            LogDirectory to = directories.all().get(1);
            to.createFuture(
                    ORDERS,
                    Optional.of(TOPIC),
                    world.placement(),
                    _ -> move(to, new AtomicReference<>()));
        }

        private void move(LogDirectory to, AtomicReference<LogMove.Ending> ended) {
            found().directory().move(ORDERS, to, LogMove.Pace.UNLIMITED, ended::set);
        }

        private LogDirectories.Located found() {
            return directories.find(ORDERS, TOPIC).orElseThrow();
        }

        void losePower() {
            disk.losePowerWhen(_ -> false);
            disk.losePower();
            world.forget();
        }

        /** Whether there is a move to go on with. */
        boolean startAgain() {
            directories = world.openAll(PATHS).directories();
            long places =
                    directories.all().stream().filter(it -> it.log(ORDERS).isPresent()).count();
            assertThat(places).as("places, failing at %d", failing).isEqualTo(1);
            PartitionLog log = found().log();
            assertThat(log.failure()).as("failing at %d", failing).isEmpty();
            assertThat(log.endOffset())
                    .as("end, failing at %d", failing)
                    .isGreaterThanOrEqualTo(durableOffset);
            assertThat(Batches.all(log, 0)).hasSize(Math.toIntExact(log.endOffset()));
            return directories.future(ORDERS).isPresent();
        }

        boolean foundIn(Path path) {
            return found().directory().path().equals(path);
        }

        /** The move goes on and ends; then the log is in the other directory. */
        void finish() {
            directories
                    .future(ORDERS)
                    .ifPresent(copy -> {
                        var ended = new AtomicReference<LogMove.Ending>();
                        move(copy.directory(), ended);
                        world.drain();
                        assertThat(ended.get()).isInstanceOf(LogMove.Ending.Moved.class);
                        assertThat(foundIn(PATHS.get(1))).isTrue();
                    });
            append(found().log(), 1);
            assertThat(found().log().endOffset()).isGreaterThan(durableOffset);
        }
    }
}
