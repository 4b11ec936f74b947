package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.DiskOperation;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;

/** What is durable, and what becomes of a log whose disk fails. */
class LogFaultTest extends OpenLog {

    private static final String SEGMENT = "orders-0/00000000000000000000.log";

    @Test
    void oneFsyncMakesDurableAllThatWasAppendedBeforeIt() {
        log.changeSettings(LogSettings.STANDARD.withFlush(LogSettings.Flush.GROUP_COMMIT));
        var durable = new ArrayList<Long>();
        log.onDurable(durable::add);
        var forces = new ArrayList<DiskOperation>();
        simulated()
                .failWhen(operation -> {
                    if (operation.kind() == DiskOperation.Kind.FORCE) {
                        forces.add(operation);
                    }
                    return false;
                });

        append(Batches.plain(1, 1, "a"), 0);
        append(Batches.plain(1, 1, "b"), 0);
        append(Batches.plain(1, 1, "c"), 0);
        assertThat(log.durableOffset()).isZero();
        world.drain();

        assertThat(durable).containsExactly(1L, 3L);
        assertThat(forces).filteredOn(it -> it.path().toString().endsWith(".log")).hasSize(2);
    }

    @Test
    void aFlushComesAfterSoManyRecordsOrSoMuchTime() {
        log.changeSettings(
                LogSettings.STANDARD.withFlush(
                        new LogSettings.Flush(3, Optional.of(Duration.ofSeconds(1)), false)));

        append(Batches.plain(2, 1, "a"), 0);
        world.drain();
        assertThat(log.durableOffset()).isZero();
        world.pass(1000);
        assertThat(log.durableOffset()).isEqualTo(2);
        append(Batches.plain(3, 1, "a"), 0);
        world.drain();
        assertThat(log.durableOffset()).isEqualTo(5);
    }

    @Test
    void aFailedWriteOrFsyncEndsTheLogForGood() {
        append(Batches.plain(2, 1, "a"), 0);
        simulated().failWhen(operation -> operation.kind() == DiskOperation.Kind.FORCE);
        log.flush();
        world.drain();
        simulated().failNever();

        assertThat(append(Batches.plain(1, 1, "b"), 0)).isInstanceOf(AppendResult.Failed.class);
        assertThat(log.read(0, 1, 1, Isolation.READ_UNCOMMITTED))
                .isInstanceOf(ReadResult.Failed.class);
        assertThat(log.truncateTo(0)).isInstanceOf(ChangeResult.Failed.class);
        assertThat(log.failure()).isPresent();
        assertThat(log.durableOffset()).isZero();
        assertThat(world.close(directory)).isFalse();
    }

    @Test
    void aFaultIsToldOnceAndNeverFromWithinACall() {
        var told = new ArrayList<String>();
        log.onFailure(cause -> told.add(cause.getMessage()));
        log.fail(new IllegalStateException("first"));
        assertThat(told).isEmpty();

        log.fail(new IllegalStateException("second"));
        world.drain();

        assertThat(told).containsExactly("first");
        log.onFailure(cause -> told.add("again " + cause.getMessage()));
        world.drain();
        assertThat(told).containsExactly("first", "again first");
        assertThat(world.close(directory)).isFalse();
    }

    @Test
    void aForceThatFailsIsTold() {
        var told = new ArrayList<Exception>();
        log.onFailure(told::add);
        append(Batches.plain(2, 1, "a"), 0);
        simulated().failWhen(operation -> operation.kind() == DiskOperation.Kind.FORCE);

        log.flush();
        world.drain();

        assertThat(told).hasSize(1);
    }

    @Test
    void aLogThatIsClosedHasNoFault() {
        var told = new ArrayList<Exception>();
        log.onFailure(told::add);

        assertThat(world.close(directory)).isTrue();

        assertThat(log.failure()).isPresent();
        assertThat(told).isEmpty();
    }

    @Test
    void anAppendThatFindsNoRoomIsTakenBackAndDoneWhenThereIsSome() throws Exception {
        append(Batches.plain(2, 1, "a"), 0);
        int bytes = Math.toIntExact(log.sizeBytes());
        simulated().fillUpTo(900);
        for (int time = 0; time < 5; time++) {
            assertThat(append(Batches.plain(2, 1, "b".repeat(5000)), 0))
                    .isInstanceOf(AppendResult.NoRoom.class);
            assertThat(world.disk.readAll(directory.path().resolve(SEGMENT))).hasSize(bytes);
        }

        assertThat(log.failure()).isEmpty();
        assertThat(log.endOffset()).isEqualTo(2);
        assertThat(log.read(0, 10_000, 2, Isolation.READ_UNCOMMITTED))
                .isInstanceOf(ReadResult.Slice.class);
        simulated().capacityBytes(Long.MAX_VALUE);
        assertThat(append(Batches.plain(2, 1, "c"), 0))
                .isEqualTo(new AppendResult.Appended(2, 3, -1, 1));
        assertThat(world.close(directory)).isTrue();
        assertThat(world.opened().logs().getFirst().log().endOffset()).isEqualTo(4);
    }

    @Test
    void aSegmentThatCannotBeBegunForWantOfRoomIsBegunLater() {
        log.changeSettings(LogSettings.STANDARD.withSegmentBytesMax(400));
        append(Batches.plain(2, 1, "a".repeat(140)), 0);
        simulated().failWhen(operation -> operation.path().toString().endsWith("2.log"));
        simulated().fillUpTo(0);
        assertThat(append(Batches.plain(1, 1, "b".repeat(140)), 0))
                .isInstanceOf(AppendResult.NoRoom.class);

        simulated().failNever();
        simulated().capacityBytes(Long.MAX_VALUE);

        assertThat(append(Batches.plain(1, 1, "b".repeat(140)), 0))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(log.endOffset()).isEqualTo(3);
        assertThat(world.close(directory)).isTrue();
    }

    @Test
    void withoutRoomATornBatchThatCannotBeTakenBackIsCutOffByTheNextStart() {
        append(Batches.plain(2, 1, "a"), 0);
        simulated().capacityBytes(1);
        simulated().failWhen(operation -> operation.kind() == DiskOperation.Kind.TRUNCATE);
        assertThat(append(Batches.plain(2, 1, "b".repeat(5000)), 0))
                .isInstanceOf(AppendResult.Failed.class);
        simulated().failNever();
        simulated().capacityBytes(Long.MAX_VALUE);
        assertThat(world.close(directory)).isFalse();
        world.forget();
        simulated().processEnded();

        var opened = world.opened();

        assertThat(opened.logs().getFirst().log().endOffset()).isEqualTo(2);
    }

    @Test
    void onAFullDiskWhatIsThereCanBeReadAfterAStartAndIsDerivedWhenThereIsRoom() {
        append(Batches.plain(2, 1, "a"), 0);
        log.flush();
        world.drain();
        append(Batches.plain(1, 1, "b"), 0);
        simulated().fillUpTo(0);
        assertThat(world.close(directory)).as("a clean stop").isFalse();

        for (int start = 0; start < 2; start++) {
            world.forget();
            simulated().processEnded();
            var opened = world.opened();
            directory = opened.directory();
            log = opened.logs().getFirst().log();
            assertThat(log.failure()).isEmpty();
            assertThat(log.endOffset()).isEqualTo(3);
            assertThat(log.durableOffset()).isEqualTo(3);
        }

        simulated().capacityBytes(Long.MAX_VALUE);
        append(Batches.plain(1, 1, "c"), 0);
        assertThat(world.close(directory)).as("a clean stop").isTrue();
    }
}
