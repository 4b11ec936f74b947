package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Payload;
import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.protocol.records.BatchView;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Files that are not what was written to them: found, told, never given, and cut on demand. */
class LogDamageTest extends OpenLog {

    private static final int BATCHES = 10;

    private final List<LogDamage> told = new ArrayList<>();
    private int batchBytes;

    @Test
    void whatWasAlteredIsNotGivenAndItsOffsetsAreTold() {
        fillAndStartAgain();
        flip(4);

        assertThat(read(4)).isInstanceOf(ReadResult.Failed.class);
        assertThat(told).singleElement().satisfies(it -> assertDamaged(it, 4, 5));
        assertThat(read(5)).isInstanceOf(ReadResult.Slice.class);
        assertThat(log.failure()).isEmpty();
        assertThat(append(Batches.plain(1, 1, "more"), 0))
                .isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void whatLiesBeforeTheDamageIsGivenHoweverMuchIsAskedFor() {
        fillAndStartAgain();
        flip(4);

        assertThat(called(log.read(1, 1 << 20, BATCHES, Isolation.READ_UNCOMMITTED)))
                .isInstanceOfSatisfying(
                        ReadResult.Slice.class,
                        slice -> {
                            assertThat(slice.firstOffset()).isEqualTo(1);
                            assertThat(slice.nextOffset()).isEqualTo(4);
                        });
        assertThat(told).singleElement().satisfies(it -> assertDamaged(it, 4, 5));
    }

    @Test
    void whatThisProcessWroteIsCheckedOnDemand() {
        fill();
        log.onDamage(told::add);
        flip(3);

        ReadResult unchecked = log.read(3, batchBytes, BATCHES, Isolation.READ_UNCOMMITTED);
        assertThat(unchecked).isInstanceOf(ReadResult.Slice.class);
        ((ReadResult.Slice) unchecked).parts().forEach(Payload::release);

        assertThat(called(log.readChecked(3, batchBytes, BATCHES, Isolation.READ_UNCOMMITTED)))
                .isInstanceOf(ReadResult.Failed.class);
        assertThat(told).singleElement().satisfies(it -> assertDamaged(it, 3, 4));
    }

    @Test
    void aSegmentThatCannotBeReadIsDamagedFromItsBeginning() {
        fillAndStartAgain();
        simulated()
                .failWhen(operation ->
                        operation.kind() == DiskOperation.Kind.READ
                                && operation.path().equals(segment()));

        assertThat(read(4)).isInstanceOf(ReadResult.Failed.class);

        assertThat(told).singleElement().satisfies(it -> assertDamaged(it, 0, BATCHES));
    }

    @Test
    void aFileThatCannotBeOpenedIsNoDamage() {
        fillAndStartAgain();
        log.contents().segments.forEach(segment -> segment.cool());
        simulated().failWhen(operation -> operation.kind() == DiskOperation.Kind.OPEN);

        assertThat(read(4)).isInstanceOf(ReadResult.Failed.class);

        assertThat(told).isEmpty();
    }

    @Test
    void aLogThatIsReopenedEndsBeforeItsDamageAndCanBeFilledAgain() {
        fillAndStartAgain();
        ByteBuffer lost = readAll(4);
        flip(4);
        read(4);
        log.fail(told.getFirst());

        PartitionLog again = reopened(told.getFirst().fromOffset());

        assertThat(again.failure()).isEmpty();
        assertThat(again.endOffset()).isEqualTo(4);
        assertThat(again.appendAsFollower(lost, 4)).isInstanceOf(AppendResult.Appended.class);
        assertThat(again.endOffset()).isEqualTo(BATCHES);
        log = again;
        assertThat(called(again.readChecked(4, 1 << 20, BATCHES, Isolation.READ_UNCOMMITTED)))
                .isInstanceOf(ReadResult.Slice.class);
        world.drain();
        assertThat(world.close(directory)).as("a clean stop").isTrue();
    }

    @Test
    void aLogThatOnlyCouldNotBeWrittenKeepsAllItHad() {
        fill();
        simulated().capacityBytes(1);
        assertThat(append(Batches.plain(1, 1, "b".repeat(5000)), 0))
                .isInstanceOf(AppendResult.NoRoom.class);
        log.fail(new IOException("given up for want of room"));
        assertThat(reopened(Long.MAX_VALUE).failure()).as("the disk is full").isPresent();
        simulated().capacityBytes(Long.MAX_VALUE);

        PartitionLog again = reopened(Long.MAX_VALUE);

        assertThat(again.failure()).isEmpty();
        assertThat(again.endOffset()).isEqualTo(BATCHES);
    }

    @Test
    void afterAForceThatFailedOnlyWhatWasForcedBeforeIsBelieved() {
        fill();
        log.flush();
        world.drain();
        append(Batches.plain(1, 1, "late"), 0);
        simulated().failWhen(operation -> operation.kind() == DiskOperation.Kind.FORCE);
        log.flush();
        world.drain();
        simulated().failNever();

        assertThat(log.failure())
                .get()
                .satisfies(it -> assertDamaged((LogDamage) it, BATCHES, BATCHES + 1));
        assertThat(reopened(BATCHES).endOffset()).isEqualTo(BATCHES);
    }

    @Test
    void damageFoundAtTheStartSaysWhereItBegins() {
        fill();
        assertThat(world.close(directory)).isTrue();
        flip(BATCHES - 1); // so that the last entry of the index does not fit either
        simulated().flipBit(segment(), (BATCHES - 1) * (long) batchBytes + 16, 4);
        startAgain();

        assertThat(log.failure())
                .get()
                .isInstanceOf(LogDamage.class)
                .satisfies(it -> assertThat(((LogDamage) it).fromOffset()).isEqualTo(BATCHES - 1));
        assertThat(reopened(BATCHES - 1).endOffset()).isEqualTo(BATCHES - 1);
    }

    @Test
    void aLogThatIsSetAsideIsNoLogAnyMoreAndKeepsItsFiles() throws Exception {
        fill();
        directory.setAside(log.name(), world.loop, _ -> {});
        world.drain();

        assertThat(directory.names()).isEmpty();
        assertThat(simulated().list(directory.path()))
                .filteredOn(name -> name.endsWith("-stray"))
                .singleElement()
                .satisfies(name ->
                        assertThat(simulated().list(directory.path().resolve(name)))
                                .contains(segment().getFileName().toString()));
        assertThat(world.close(directory)).isTrue();
        world.forget();
        simulated().processEnded();
        assertThat(world.opened().logs()).isEmpty();
    }

    private static void assertDamaged(LogDamage damage, long from, long to) {
        assertThat(damage.fromOffset()).isEqualTo(from);
        assertThat(damage.toOffset()).isEqualTo(to);
    }

    @Test
    void aLogWithoutASegmentIsDamagedFromItsStart() throws Exception {
        fill();
        assertThat(world.close(directory)).isTrue();
        simulated().delete(segment());

        startAgain();

        assertThat(log.failure())
                .get()
                .isInstanceOfSatisfying(LogDamage.class, it -> assertDamaged(it, 0, BATCHES));
        assertThat(reopened(0).endOffset()).isZero();
    }

    @Test
    void aLogWhoseFolderIsGoneIsDamagedFromItsStart() throws Exception {
        fill();
        assertThat(world.close(directory)).isTrue();
        Path gone = log.contents().directory;
        LogDeletion.removeTree(simulated(), gone);
        open();

        log = vanished().orElseThrow();

        assertThat(log.failure())
                .get()
                .isInstanceOfSatisfying(LogDamage.class, it -> assertDamaged(it, 0, BATCHES))
                .asString()
                .contains(gone.toString());
        assertThat(vanished()).as("known by now").isEmpty();
        log = reopened(0);
        assertThat(log.failure()).isEmpty();
        assertThat(log.endOffset()).isZero();
        append(Batches.plain(1, 1, "again"), 0);
        assertThat(world.close(directory)).isTrue();
        open();
        assertThat(vanished()).isEmpty();
    }

    @Test
    void aLogThatNeverHadARecordNeedsNoFolder() {
        assertThat(world.close(directory)).isTrue();

        open();

        assertThat(vanished()).isEmpty();
    }

    @Test
    void aLogThatWasDeletedIsNotMissed() {
        fill();
        directory.deleteLog(log.name(), world.loop, _ -> {});
        world.drain();

        assertThat(vanished()).isEmpty();
    }

    @Test
    void aLogThatWasDeletedRightBeforeACrashIsNotMissed() {
        fill();
        world.close(directory);
        startAgain();
        directory.deleteLog(log.name(), world.loop, _ -> {});
        world.drain();

        open();
        assertThat(vanished()).isEmpty();
        open();
        assertThat(vanished()).isEmpty();
    }

    private Optional<PartitionLog> vanished() {
        return directory.vanished(log.name(), log.topicId().orElseThrow(), world.placement());
    }

    private void open() {
        world.forget();
        simulated().processEnded();
        directory = world.opened().directory();
    }

    private void fill() {
        for (int number = 0; number < BATCHES; number++) {
            append(Batches.plain(1, 1, "value"), 0);
        }
        batchBytes = Math.toIntExact(log.sizeBytes() / BATCHES);
    }

    private void fillAndStartAgain() {
        fill();
        assertThat(world.close(directory)).isTrue();
        startAgain();
    }

    private void startAgain() {
        open();
        log = directory.log(log.name()).orElseThrow();
        log.onDamage(told::add);
    }

    private PartitionLog reopened(long limitOffset) {
        var answer = new AtomicReference<PartitionLog>();
        directory.reopenLog(log.name(), world.placement(), limitOffset, answer::set);
        world.drain();
        return answer.get();
    }

    private Path segment() {
        return log.contents().directory.resolve("00000000000000000000.log");
    }

    /** A bit of the records of the batch at an offset. */
    private void flip(int offset) {
        long position = (long) offset * batchBytes + BatchView.HEADER_BYTES + 3;
        simulated().flipBit(segment(), position, 2);
    }

    private ReadResult read(long offset) {
        return called(log.read(offset, batchBytes, BATCHES, Isolation.READ_UNCOMMITTED));
    }

    private ReadResult called(ReadResult result) {
        ReadResult called = result instanceof ReadResult.Cold(ColdRead read) ? read.call() : result;
        if (called instanceof ReadResult.Slice slice) {
            slice.parts().forEach(Payload::release);
        }
        world.drain();
        return called;
    }
}
