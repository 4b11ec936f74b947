package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;
import io.tombolo.environment.Offload;
import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;
import io.tombolo.storage.log.OpenResult.OpenedLog;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

class LogDirectoryTest {

    private static final Path ORDERS = LogWorld.DIRECTORY.resolve("orders-0");

    private final LogWorld world = new LogWorld(3);

    @Test
    void directoryNamesTellTopicAndPartition() {
        assertThat(LogName.parse("a.b-c_d-12")).contains(new LogName("a.b-c_d", 12));
        assertThat(LogName.parse("-0")).isEmpty();
        assertThat(LogName.parse("a-")).isEmpty();
        assertThat(LogName.parse("a-01")).isEmpty();
        assertThat(LogName.parse("..-0")).isEmpty();
        assertThat(LogName.parse("orders-0.0123-delete")).isEmpty();
        assertThat(new LogName("a-0", 3).directoryName()).isEqualTo("a-0-3");
        assertThat(LogName.parse("a-0-3")).contains(new LogName("a-0", 3));
    }

    @Test
    void aSecondProcessIsRefused() {
        world.opened();

        assertThat(world.open()).isInstanceOf(OpenResult.Refused.class);
    }

    @Test
    void theDirectoryOfAnotherClusterOrNodeIsRefused() {
        world.close(world.opened().directory());

        assertThat(world.open(new DirectoryIdentity("cluster-b", 7)))
                .isEqualTo(
                        new OpenResult.Refused(
                                new Refusal(
                                        "the data directory /data/one belongs to the cluster"
                                                + " cluster-a, not to cluster-b",
                                        "name another directory, or give name: and the region the"
                                                + " names they had")));
        assertThat(world.open(new DirectoryIdentity("cluster-a", 8)))
                .isEqualTo(
                        new OpenResult.Refused(
                                new Refusal(
                                        "the data directory /data/one belongs to the node 7, not"
                                                + " to 8",
                                        "ids of nodes follow the order of the regions in the file,"
                                                + " so keep that order and add regions at the"
                                                + " end")));
        assertThat(world.open()).isInstanceOf(OpenResult.Opened.class);
    }

    @Test
    void identityAndTopicIdsOutliveTheProcess() {
        LogDirectory first = world.opened().directory();
        var log = world.createWithFiles(first, "orders");
        world.close(first);

        var second = world.opened();

        assertThat(second.directory().directoryId()).isEqualTo(first.directoryId());
        assertThat(second.directory().previousBrokerEpoch()).hasValue(41);
        assertThat(second.logs().getFirst().log().topicId()).isEqualTo(log.topicId());
        assertThat(second.directory().names()).containsExactly(new LogName("orders", 0));
    }

    @Test
    void aFullDiskRefusesTheFirstRecordAndTakesItWhenThereIsRoom() {
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        disk().capacityBytes(0);

        assertThat(log.append(Batches.plain(2, 1, "a"), 1, AppendOrigin.PRODUCER))
                .isInstanceOf(AppendResult.NoRoom.class);

        assertThat(log.failure()).isEmpty();
        disk().capacityBytes(Long.MAX_VALUE);
        assertThat(log.append(Batches.plain(2, 1, "a"), 1, AppendOrigin.PRODUCER))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(world.close(directory)).isTrue();
    }

    @Test
    void aLogThatCannotBeCreatedHasEndedAndMayBeTriedAgain() throws Exception {
        LogDirectory directory = world.opened().directory();
        world.disk.createDirectories(ORDERS); // in the way, so that it is looked at
        disk().failWhen(operation -> operation.path().startsWith(ORDERS));

        var failed = (CreateResult.Failed) world.tryToCreate(directory, "orders");

        assertThat(failed.log().failure()).isPresent();
        assertThat(failed.log().read(0, 100, 0, Isolation.READ_UNCOMMITTED))
                .isInstanceOf(ReadResult.Failed.class);
        assertThat(directory.names()).isEmpty();
        disk().failWhen(_ -> false);
        PartitionLog log = world.create(directory, "orders");
        assertThat(log.append(Batches.plain(2, 1, "a"), 1, AppendOrigin.PRODUCER))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(world.close(directory)).isTrue();
    }

    @Test
    void anUncleanStopIsNoticed() {
        LogDirectory first = world.opened().directory();
        world.createWithFiles(first, "orders");
        world.forget();
        disk().losePower();

        var second = world.opened();

        assertThat(second.directory().previousBrokerEpoch()).isEmpty();
        assertThat(second.logs().getFirst().recovery().cleanStop()).isFalse();
    }

    @Test
    void aLogIsCreatedOnce() {
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        var again = new ArrayList<CreateResult>();

        directory.createLog(
                new LogName("orders", 0), Optional.empty(), world.placement(), again::add);
        world.drain();

        assertThat(again).containsExactly(new CreateResult.Exists(log));
    }

    @Test
    void aDeletedLogFreesItsNameAtOnceAndItsFilesLater() throws Exception {
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        log.append(Batches.plain(1, 1, "a"), 0, AppendOrigin.PRODUCER);
        var done = new ArrayList<Offload.Outcome<Boolean>>();

        directory.deleteLog(new LogName("orders", 0), world.loop, done::add);
        world.drain();

        assertThat(done).containsExactly(new Offload.Outcome.Done<>(true));
        assertThat(log.append(Batches.plain(1, 1, "a"), 0, AppendOrigin.PRODUCER))
                .isInstanceOf(AppendResult.Failed.class);
        assertThat(world.createWithFiles(directory, "orders").endOffset()).isZero();
        assertThat(deleted()).hasSize(1);
        world.pass(60_000);
        assertThat(deleted()).isEmpty();
        assertThat(world.disk.exists(ORDERS)).isTrue();
    }

    @Test
    void whatADeletionLeftIsRemovedByTheNextStart() throws Exception {
        LogDirectory directory = world.opened().directory();
        world.createWithFiles(directory, "orders");
        directory.deleteLog(new LogName("orders", 0), world.loop, outcome -> {});
        world.drain();
        assertThat(world.close(directory)).isTrue();
        world.forget();

        assertThat(world.opened().logs()).isEmpty();

        assertThat(deleted()).isEmpty();
    }

    private List<String> deleted() throws IOException {
        return world.disk.list(LogWorld.DIRECTORY).stream()
                .filter(name -> name.endsWith("-delete"))
                .toList();
    }

    @Test
    void checkpointsAreWrittenInKafkasFormat() throws Exception {
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "or.ders-x");
        fill(log, 10);
        log.flush();
        log.noteHighWatermark(7);
        log.deleteRecordsBefore(2, 7);
        world.drain();

        assertThat(world.checkpoint(directory)).isTrue();

        assertThat(text("replication-offset-checkpoint")).isEqualTo("0\n1\nor.ders-x 0 7\n");
        assertThat(text("log-start-offset-checkpoint")).isEqualTo("0\n1\nor.ders-x 0 2\n");
        assertThat(text("recovery-point-offset-checkpoint")).startsWith("0\n1\nor.ders-x 0 ");
        world.close(directory);
        assertThat(text("recovery-point-offset-checkpoint")).isEqualTo("0\n1\nor.ders-x 0 10\n");
        PartitionLog reopened = world.opened().logs().getFirst().log();
        assertThat(reopened.checkpointedHighWatermark()).isEqualTo(7);
        assertThat(reopened.startOffset()).isEqualTo(2);
        assertThat(text(".kafka_cleanshutdown", false)).isEmpty();
    }

    @Test
    void recordsInPlaceOfTruncatedOnesAreNotTakenForCommitted() {
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        fill(log, 10);
        log.flush();
        log.noteHighWatermark(7);
        world.drain();
        assertThat(world.checkpoint(directory)).isTrue();

        log.truncateTo(3);
        fill(log, 7);
        log.flush();

        PartitionLog reopened = afterPowerLoss();
        assertThat(reopened.endOffset()).isEqualTo(10);
        assertThat(reopened.checkpointedHighWatermark()).isEqualTo(3);
    }

    @Test
    void recordsInPlaceOfLostOnesAreNotTakenForCommitted() {
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        fill(log, 2);
        log.flush();
        world.drain();
        fill(log, 8);
        log.noteHighWatermark(7);
        world.drain();
        assertThat(world.checkpoint(directory)).isTrue();

        PartitionLog shorter = afterPowerLoss();
        long left = shorter.endOffset();
        assertThat(left).isBetween(2L, 6L);
        fill(shorter, 10);
        shorter.flush();

        PartitionLog grown = afterPowerLoss();
        assertThat(grown.endOffset()).isEqualTo(left + 10);
        assertThat(grown.checkpointedHighWatermark()).isEqualTo(left);
    }

    /** The only log, once what was to be done has been done. */
    private PartitionLog afterPowerLoss() {
        world.drain();
        world.forget();
        disk().losePower();
        return world.opened().logs().getFirst().log();
    }

    private String text(String file) throws IOException {
        return text(file, true);
    }

    private String text(String file, boolean expected) throws IOException {
        Path path = LogWorld.DIRECTORY.resolve(file);
        assertThat(world.disk.exists(path)).isEqualTo(expected);
        return expected ? new String(world.disk.readAll(path), StandardCharsets.UTF_8) : "";
    }

    @Test
    void aTornTailIsCutOffOnceAndReported() throws Exception {
        PartitionLog log = crashedLog(10);
        append(ORDERS.resolve("00000000000000000000.log"), new byte[500]);

        OpenResult.Opened result = world.opened();
        OpenedLog opened = result.logs().getFirst();

        assertThat(log.endOffset()).isEqualTo(10);
        assertThat(opened.log().endOffset()).isEqualTo(10);
        assertThat(opened.recovery().truncatedToOffset()).contains(10L);
        assertThat(opened.recovery().truncatedBytes()).isEqualTo(500);
        world.close(result.directory());
        assertThat(world.opened().logs().getFirst().recovery().uneventful()).isTrue();
    }

    @Test
    void aBitFlipInTheTailCutsTheLogThere() {
        PartitionLog log = crashedLog(10);
        long bytes = log.sizeBytes() / 10;
        disk().flipBit(ORDERS.resolve("00000000000000000000.log"), bytes * 6 + 65, 3);

        OpenedLog opened = world.opened().logs().getFirst();

        assertThat(opened.log().endOffset()).isEqualTo(6);
        assertThat(opened.recovery().truncatedToOffset()).contains(6L);
    }

    @Test
    void damageBelowTheRecoveryPointIsRefusedNotCut() {
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        PartitionLog other = world.create(directory, "others");
        fill(log, 10);
        fill(other, 3);
        world.close(directory);
        disk().flipBit(ORDERS.resolve("00000000000000000000.log"), log.sizeBytes() / 10 * 6 + 8, 7);

        var opened = world.opened();

        assertThat(opened.logs().getFirst().log().failure()).isPresent();
        assertThat(opened.logs().getLast().log().failure()).isEmpty();
        assertThat(opened.logs().getLast().log().endOffset()).isEqualTo(3);
    }

    @Test
    void aMissingSegmentInTheMiddleIsRefusedAndOtherLogsGoOn() throws Exception {
        world.settings = LogSettings.STANDARD.withSegmentBytesMax(500);
        LogDirectory directory = world.opened().directory();
        fill(world.create(directory, "orders"), 20);
        fill(world.create(directory, "others"), 20);
        world.close(directory);
        List<String> logs =
                world.disk.list(ORDERS).stream().filter(name -> name.endsWith(".log")).toList();
        assertThat(logs).hasSizeGreaterThan(2);
        world.disk.delete(ORDERS.resolve(logs.get(1)));

        var opened = world.opened();

        assertThat(opened.logs().getFirst().log().failure().orElseThrow())
                .hasMessageContaining("hole");
        assertThat(opened.logs().getLast().log().failure()).isEmpty();
        assertThat(world.close(opened.directory())).isFalse();
    }

    @Test
    void leftoversAreRemovedOrFinished() throws Exception {
        world.settings = LogSettings.STANDARD.withSegmentBytesMax(500);
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        fill(log, 20);
        world.close(directory);
        byte[] first = world.disk.readAll(ORDERS.resolve("00000000000000000000.log"));
        append(ORDERS.resolve("00000000000000000000.log.swap"), first);
        append(ORDERS.resolve("00000000000000000003.log.deleted"), first);
        append(ORDERS.resolve("00000000000000000000.log.cleaned.tmp"), first);
        append(ORDERS.resolve("00000000000000000099.index"), first);

        OpenedLog opened = world.opened().logs().getFirst();

        assertThat(opened.log().failure()).isEmpty();
        assertThat(Batches.all(opened.log(), 0)).hasSize(20);
        assertThat(world.disk.list(ORDERS))
                .noneMatch(name -> name.endsWith(".swap") || name.endsWith(".deleted"))
                .noneMatch(
                        name -> name.endsWith(".tmp") || name.startsWith("00000000000000000099"));
        assertThat(opened.recovery().repairs()).anyMatch(repair -> repair.contains("swap"));
    }

    @Test
    void swapsOfAnUnfinishedRoundAreDropped() throws Exception {
        LogDirectory directory = world.opened().directory();
        fill(world.create(directory, "orders"), 5);
        world.close(directory);
        append(ORDERS.resolve("00000000000000000000.log.swap"), new byte[0]);
        append(ORDERS.resolve("00000000000000000000.log.cleaned"), new byte[0]);

        PartitionLog log = world.opened().logs().getFirst().log();

        assertThat(log.endOffset()).isEqualTo(5);
    }

    @Test
    void damagedEpochsAndSnapshotsAreRebuiltFromTheLog() throws Exception {
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        log.append(Batches.idempotent(5, 0, 0, 2, 1), 1, AppendOrigin.PRODUCER);
        log.append(Batches.idempotent(5, 0, 2, 2, 1), 4, AppendOrigin.PRODUCER);
        world.close(directory);
        world.disk.writeAtomically(
                ORDERS.resolve("leader-epoch-checkpoint"), "0\n2\n1 x\n".getBytes());
        disk().flipBit(ORDERS.resolve("00000000000000000004.snapshot"), 12, 1);

        OpenedLog opened = world.opened().logs().getFirst();

        assertThat(opened.recovery().repairs()).hasSize(2);
        assertThat(opened.log().endOffsetForEpoch(1)).contains(new EpochEnd(1, 2));
        assertThat(opened.log().producers().getFirst().lastSequence()).isEqualTo(3);
    }

    @Test
    void topicIdsAreWrittenAsKafkaWritesThem() throws Exception {
        LogDirectory directory = world.opened().directory();
        var created = new ArrayList<CreateResult>();
        directory.createLog(
                new LogName("orders", 0),
                Optional.of(new UUID(0x0102030405060708L, 0x090A0B0C0D0E0F10L)),
                world.placement(),
                created::add);
        world.drain();
        ((CreateResult.Created) created.getFirst())
                .log()
                .append(Batches.plain(1, 1, "a"), 0, AppendOrigin.PRODUCER);

        byte[] bytes = world.disk.readAll(ORDERS.resolve("partition.metadata"));

        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .isEqualTo("version: 0\ntopic_id: AQIDBAUGBwgJCgsMDQ4PEA\n");
    }

    @Test
    void aDirectoryIsNotBegunOnAFullDiskAndIsWhenThereIsRoom() {
        var disk = (SimulatedDisk) world.disk;
        for (long spareBytes : List.of(0L, 100L, 20_000L, 1L << 20)) {
            disk.fillUpTo(spareBytes);

            assertThat(world.open())
                    .isInstanceOfSatisfying(
                            OpenResult.Failed.class,
                            it ->
                                    assertThat(it.cause())
                                            .hasMessageContaining("no room")
                                            .hasMessageContaining("needed"));
        }
        disk.capacityBytes(Long.MAX_VALUE);
        disk.failWhen(operation -> operation.path().toString().contains("meta.properties"));
        assertThat(world.open()).isInstanceOf(OpenResult.Failed.class);
        disk.failNever();

        assertThat(world.opened().directory().fresh()).isTrue();
    }

    @Test
    void indexFilesThatHoldAnythingElseAreToldOnceAfterACrash() throws Exception {
        crashedLog(200);
        byte[] random = new byte[96];
        new java.util.Random(1).nextBytes(random);
        world.disk.writeAtomically(ORDERS.resolve("00000000000000000000.index"), random);

        Recovery damaged = world.opened().logs().getFirst().recovery();

        assertThat(damaged.cleanStop()).isFalse();
        assertThat(damaged.repairs())
                .filteredOn(repair -> repair.contains("rebuilt the indexes"))
                .hasSize(1);
        world.forget();
        disk().processEnded();
        assertThat(world.opened().logs().getFirst().recovery().repairs()).isEmpty();
    }

    private PartitionLog crashedLog(int batches) {
        LogDirectory directory = world.opened().directory();
        PartitionLog log = world.create(directory, "orders");
        fill(log, batches);
        world.forget();
        disk().processEnded();
        return log;
    }

    private static void fill(PartitionLog log, int batches) {
        for (int index = 0; index < batches; index++) {
            assertThat(
                            log.append(
                                    Batches.plain(1, 100 + index, "0123456789".repeat(10)),
                                    0,
                                    AppendOrigin.PRODUCER))
                    .isInstanceOf(AppendResult.Appended.class);
        }
    }

    private void append(Path path, byte[] bytes) throws IOException {
        Disk disk = world.disk;
        try (DiskFile file = disk.open(path)) {
            file.append(ByteBuffer.wrap(bytes));
            file.force();
        }
        disk.forceDirectory(path.getParent());
    }

    private SimulatedDisk disk() {
        return (SimulatedDisk) world.disk;
    }
}
