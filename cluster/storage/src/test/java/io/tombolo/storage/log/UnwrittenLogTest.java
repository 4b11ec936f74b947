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

/** A log has no files before its first record. */
class UnwrittenLogTest {

    private static final LogName NAME = new LogName("orders", 0);
    private static final UUID TOPIC = new UUID(1, "orders".hashCode());
    private static final Path ORDERS = LogWorld.DIRECTORY.resolve("orders-0");
    private static final List<Path> BOTH = List.of(LogWorld.DIRECTORY, Path.of("/data/two"));

    private final LogWorld world = new LogWorld(31);
    private final SimulatedDisk disk = (SimulatedDisk) world.disk;

    @Test
    void theFirstRecordMakesTheFiles() {
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        log.flush();
        world.drain();
        assertThat(disk.exists(ORDERS)).isFalse();

        append(log);

        assertThat(disk.exists(ORDERS.resolve("00000000000000000000.log"))).isTrue();
        assertThat(world.close(directory)).isTrue();
        PartitionLog again = world.opened().logs().getFirst().log();
        assertThat(again.topicId()).contains(TOPIC);
        assertThat(again.endOffset()).isEqualTo(1);
    }

    @Test
    void aDiskThatFailsInTheMiddleOfTheBeginningLeavesSomethingToGoOnWith() {
        int failures = 0;
        for (int failing = 1; failing == failures + 1; failing++) {
            failures += failedOnce(failing) ? 1 : 0;
        }
        assertThat(failures).as("operations that can fail").isGreaterThan(3);
    }

    /** Whether there was an operation to fail. */
    private static boolean failedOnce(int failing) {
        var world = new LogWorld(31);
        var disk = (SimulatedDisk) world.disk;
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        long before = disk.operationCount();
        disk.failWhen(it -> it.path().startsWith(ORDERS) && it.number() == before + failing);
        AppendResult result = log.append(record(), 0, AppendOrigin.PRODUCER);
        boolean failed = !(result instanceof AppendResult.Appended);
        if (failed) {
            var reopened = new AtomicReference<PartitionLog>();
            directory.reopenLog(NAME, world.placement(), Long.MAX_VALUE, reopened::set);
            world.drain();
            append(reopened.get());
        }
        world.close(directory);
        PartitionLog again = world.opened().logs().getFirst().log();
        assertThat(again.topicId()).as("failing at %d", failing).contains(TOPIC);
        assertThat(again.endOffset()).as("failing at %d", failing).isEqualTo(1);
        return failed;
    }

    @Test
    void aPowerFailureNeverTakesARecordThatWasDurable() {
        long operations = recordsLeft(Long.MAX_VALUE);
        assertThat(operations).as("operations of the disk").isGreaterThan(8);
        for (long failing = 1; failing <= operations; failing++) {
            recordsLeft(failing);
        }
    }

    /** Appends, with a power failure at one operation; returns how many that took. */
    private static long recordsLeft(long failing) {
        var world = new LogWorld(31);
        var disk = (SimulatedDisk) world.disk;
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        long before = disk.operationCount();
        if (failing < Long.MAX_VALUE) {
            disk.losePowerWhen(it -> it.number() >= before + failing);
        }
        try {
            append(log);
            log.flush();
            world.drain();
        } catch (SimulatedCrash crash) {
            assertThat(failing).isLessThan(Long.MAX_VALUE);
        }
        long operations = disk.operationCount() - before;
        long durableOffset = log.durableOffset();
        disk.losePowerWhen(_ -> false);
        disk.losePower();
        world.forget();
        Optional<PartitionLog> left =
                world.openAll(List.of(LogWorld.DIRECTORY))
                        .directories()
                        .find(NAME, TOPIC)
                        .map(LogDirectories.Located::log)
                        .filter(it -> it.failure().isEmpty());
        assertThat(left.map(PartitionLog::endOffset).orElse(0L))
                .as("failing at %d", failing)
                .isGreaterThanOrEqualTo(durableOffset);
        return operations;
    }

    @Test
    void theLastProperStopTellsWhereALogWithoutRecordsIs() {
        LogDirectories opened = world.openAll(BOTH).directories();
        LogDirectory first = opened.all().getFirst();
        world.create(first, "orders");
        world.create(first, "deleted");
        append(world.create(first, "written"));
        world.checkpoint(first);
        world.delete(first, new LogName("deleted", 0));
        close(opened);

        LogDirectories again = world.openAll(BOTH).directories();

        UUID place = again.all().getFirst().directoryId();
        assertThat(again.withUnwritten(NAME, place)).contains(again.all().getFirst());
        assertThat(again.withUnwritten(NAME, again.all().getLast().directoryId())).isEmpty();
        assertThat(again.withUnwritten(new LogName("deleted", 0), place)).isEmpty();
        assertThat(again.withUnwritten(new LogName("written", 0), place)).isEmpty();
        assertThat(again.holdLogs()).isTrue();
    }

    @Test
    void afterAnUncleanStopNobodyKnowsWhereALogWithoutFilesWas() {
        LogDirectories opened = world.openAll(BOTH).directories();
        LogDirectory first = opened.all().getFirst();
        world.create(first, "orders");
        world.checkpoint(first);
        disk.losePower();
        world.forget();

        LogDirectories again = world.openAll(BOTH).directories();

        assertThat(again.withUnwritten(NAME, again.all().getFirst().directoryId())).isEmpty();
    }

    @Test
    void aLogThatMovedAwayIsNotWhereItWasWithoutRecords() {
        LogDirectories opened = world.openAll(BOTH).directories();
        LogDirectory first = opened.all().getFirst();
        LogDirectory second = opened.all().getLast();
        PartitionLog log = world.create(first, "orders");
        world.checkpoint(first);
        second.createFuture(
                NAME,
                Optional.of(TOPIC),
                world.placement(),
                _ -> first.move(NAME, second, LogMove.Pace.UNLIMITED, _ -> {}));
        world.drain();
        append(log);
        close(opened);

        LogDirectories again = world.openAll(BOTH).directories();

        assertThat(again.withUnwritten(NAME, first.directoryId())).isEmpty();
        assertThat(again.find(NAME, TOPIC).orElseThrow().directory().directoryId())
                .isEqualTo(second.directoryId());
    }

    private void close(LogDirectories opened) {
        opened.close(41, world.loop, _ -> {});
        world.drain();
    }

    private static void append(PartitionLog log) {
        assertThat(log.append(record(), 0, AppendOrigin.PRODUCER))
                .isInstanceOf(AppendResult.Appended.class);
    }

    private static ByteBuffer record() {
        return Batches.plain(1, 1, "a");
    }
}
