package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.storage.directory.DirectoriesResult;
import io.tombolo.storage.directory.DirectoryPaths;
import io.tombolo.storage.directory.LogDirectories;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

class LogDirectoriesTest {

    private static final Path ONE = Path.of("/data/one");
    private static final Path TWO = Path.of("/data/two");
    private static final Path FAST = Path.of("/fast");
    private static final List<Path> BOTH = List.of(ONE, TWO);
    private static final DirectoryPaths APART = new DirectoryPaths(BOTH, FAST);
    private static final UUID ORDERS_ID = new UUID(1, "orders".hashCode());
    private static final LogName ORDERS = new LogName("orders", 0);

    private final LogWorld world = new LogWorld(7);
    private final SimulatedDisk disk = (SimulatedDisk) world.disk;

    @Test
    void eachDirectoryHasItsOwnIdAndLock() {
        LogDirectories opened = world.openAll(BOTH).directories();

        assertThat(opened.ids()).hasSize(2).doesNotHaveDuplicates();
        assertThat(opened.offlineIds()).isEmpty();
        assertThat(disk.exists(ONE.resolve(".lock"))).isTrue();
        assertThat(disk.exists(TWO.resolve("meta.properties"))).isTrue();
    }

    @Test
    void newLogsGoWhereTheFewestAre() {
        LogDirectories opened = world.openAll(BOTH).directories();
        for (int number = 0; number < 6; number++) {
            world.create(opened.forNewLog().orElseThrow(), "topic" + number);
        }

        assertThat(opened.all()).allSatisfy(it -> assertThat(it.logCount()).isEqualTo(3));
    }

    @Test
    void aDirectoryThatCannotBeOpenedIsOfflineUnderItsId() {
        List<UUID> ids = world.openAll(BOTH).directories().ids();
        crash();
        disk.failWhen(operation -> operation.path().startsWith(TWO));

        LogDirectories opened = world.openAll(BOTH).directories();

        assertThat(opened.all()).extracting(LogDirectory::path).containsExactly(ONE);
        assertThat(opened.ids()).isEqualTo(ids);
        assertThat(opened.offlineIds()).containsExactly(ids.get(1));
    }

    @Test
    void nothingOpensWithoutTheDirectoryOfTheMetadataLog() {
        disk.failWhen(operation -> operation.path().startsWith(ONE));

        assertThat(open(BOTH)).isInstanceOf(DirectoriesResult.Failed.class);
        assertThat(world.openAll(new DirectoryPaths(BOTH, TWO)).directories().all())
                .extracting(LogDirectory::path)
                .containsExactly(TWO);
    }

    @Test
    void theMetadataLogsOwnDirectoryHasALockAndAnIdAndTakesNoLogs() {
        LogDirectories opened = world.openAll(APART).directories();

        assertThat(disk.exists(FAST.resolve(".lock"))).isTrue();
        assertThat(opened.metadata().path()).isEqualTo(FAST);
        assertThat(opened.all()).extracting(LogDirectory::path).containsExactly(ONE, TWO);
        assertThat(opened.ids()).hasSize(2).doesNotContain(opened.metadata().directoryId());
        assertThat(opened.forNewLog()).isPresent().get().isNotEqualTo(opened.metadata());
        UUID id = opened.metadata().directoryId();
        close(opened);
        assertThat(world.openAll(APART).directories().metadata().directoryId()).isEqualTo(id);
    }

    @Test
    void besideTheMetadataLogAnyDirectoryOfLogsMayFailAndNotAll() {
        List<UUID> ids = world.openAll(APART).directories().ids();
        crash();
        disk.failWhen(operation -> operation.path().startsWith(ONE));

        assertThat(world.openAll(APART).directories().offlineIds()).containsExactly(ids.get(0));
        crash();
        disk.failWhen(operation -> operation.path().startsWith(Path.of("/data")));
        assertThat(world.tryToOpen(APART)).isInstanceOf(DirectoriesResult.Failed.class);
        disk.failWhen(operation -> operation.path().startsWith(FAST));
        assertThat(world.tryToOpen(APART)).isInstanceOf(DirectoriesResult.Failed.class);
        disk.failWhen(_ -> false);
        assertThat(world.openAll(APART).directories().all()).hasSize(2);
    }

    @Test
    void logsInTheMetadataLogsOwnDirectoryAreNotIgnored() {
        LogDirectories opened = world.openAll(List.of(FAST)).directories();
        world.createWithFiles(opened.first(), "orders");
        close(opened);

        assertThat(world.tryToOpen(APART))
                .isInstanceOfSatisfying(
                        DirectoriesResult.Refused.class,
                        it ->
                                assertThat(it.refusal().reason())
                                        .contains(FAST.toString(), "orders-0"));
        var both = new DirectoryPaths(List.of(ONE, FAST), FAST);
        assertThat(world.openAll(both).directories().find(ORDERS, ORDERS_ID)).isPresent();
    }

    @Test
    void anotherBrokersDirectoryIsRefusedAndTheOthersAreGivenUp() {
        var theirs = new AtomicReference<OpenResult>();
        LogDirectory.open(
                TWO,
                new DirectoryIdentity("cluster-a", 8),
                world.environment(),
                _ -> world.placement(),
                world.loop,
                theirs::set);
        world.drain();
        crash();

        assertThat(open(BOTH)).isInstanceOf(DirectoriesResult.Refused.class);
        assertThat(world.openAll(List.of(ONE)).directories().all()).hasSize(1);
    }

    @Test
    void anEmptyMountPointIsNotTakenForTheDirectory() throws Exception {
        world.openAll(BOTH);
        crash();
        disk.move(TWO, Path.of("/data/elsewhere"));

        LogDirectories opened = world.openAll(BOTH).directories();

        assertThat(opened.unopened())
                .singleElement()
                .satisfies(it -> assertThat(it.cause()).hasMessageContaining("mounted"));
        assertThat(disk.exists(TWO)).isFalse();
    }

    @Test
    void aStopIsCleanOnlyIfAllDirectoriesSaySo() {
        var opened = world.openAll(BOTH).directories();
        close(opened);
        assertThat(world.openAll(BOTH).directories().previousBrokerEpoch()).hasValue(41);

        crash();
        assertThat(world.openAll(BOTH).directories().previousBrokerEpoch()).isEmpty();
    }

    @Test
    void aNewDirectoryDoesNotSpoilACleanStop() {
        close(world.openAll(List.of(ONE)).directories());

        assertThat(world.openAll(BOTH).directories().previousBrokerEpoch()).hasValue(41);
    }

    @Test
    void aDirectoryThatFailsEndsItsLogsAndNoOthers() {
        LogDirectories opened = world.openAll(BOTH).directories();
        PartitionLog first = world.create(opened.all().get(0), "a");
        PartitionLog second = world.create(opened.all().get(1), "b");
        PartitionLog quiet = world.create(opened.all().get(1), "c");
        var offline = new ArrayList<Path>();
        opened.onOffline(world.loop, it -> offline.add(it.path()));
        disk.failWhen(operation -> operation.path().startsWith(TWO));

        second.append(Batches.plain(1, world.nowMs, "v"), 0, AppendOrigin.PRODUCER);
        world.drain();

        assertThat(offline).containsExactly(TWO);
        assertThat(quiet.failure()).isPresent();
        assertThat(first.failure()).isEmpty();
        assertThat(opened.offlineIds()).containsExactly(opened.ids().get(1));
        assertThat(opened.forNewLog()).map(LogDirectory::path).contains(ONE);
    }

    @Test
    void ofTwoLogsOfATopicTheOneThatGoesFurtherStays() throws Exception {
        LogDirectories opened = world.openAll(BOTH).directories();
        PartitionLog shorter = world.create(opened.all().get(0), "orders");
        PartitionLog longer = world.create(opened.all().get(1), "orders");
        append(shorter, 1);
        append(longer, 2);
        close(opened);

        DirectoriesResult.Opened again = world.openAll(BOTH);

        LogDirectories.Located found =
                again.directories().find(ORDERS, longer.topicId().orElseThrow()).orElseThrow();
        assertThat(found.directory().path()).isEqualTo(TWO);
        assertThat(found.log().endOffset()).isEqualTo(2);
        assertThat(disk.exists(ONE.resolve("orders-0"))).isFalse();
        assertThat(again.remarks())
                .singleElement()
                .asString()
                .contains("two directories", "is removed");
        assertThat(strays(ONE)).isEmpty();
    }

    @Test
    void aLogInADirectoryThatWasAwayIsSetAsideAndNeverRemoved() throws Exception {
        LogDirectories opened = world.openAll(BOTH).directories();
        append(world.create(opened.all().get(1), "orders"), 2);
        close(opened);
        LogDirectories without = world.openAll(List.of(ONE)).directories();
        append(world.create(without.first(), "orders"), 3);
        close(without);

        DirectoriesResult.Opened again = world.openAll(BOTH);

        world.pass(world.settings.fileDeleteDelay().toMillis());
        assertThat(again.directories().find(ORDERS, ORDERS_ID))
                .hasValueSatisfying(it -> assertThat(it.directory().path()).isEqualTo(ONE));
        assertThat(again.remarks()).singleElement().asString().contains("orders-0", "-stray");
        assertThat(strays(TWO)).hasSize(1);
        assertThat(disk.list(TWO.resolve(strays(TWO).getFirst())))
                .anyMatch(file -> file.endsWith(".log"));
        close(again.directories());
        assertThat(world.openAll(BOTH).remarks()).isEmpty();
        assertThat(strays(TWO)).hasSize(1);
    }

    @Test
    void ofTwoLogsThatPartedTheOneThatEndsIsSetAside() throws Exception {
        LogDirectories opened = world.openAll(BOTH).directories();
        PartitionLog older = world.create(opened.all().get(0), "orders");
        PartitionLog newer = world.create(opened.all().get(1), "orders");
        append(older, 2);
        newer.append(Batches.plain(1, world.nowMs, "v"), 1, AppendOrigin.PRODUCER);
        close(opened);

        DirectoriesResult.Opened again = world.openAll(BOTH);

        assertThat(orders(again.directories()).endOffset()).isEqualTo(1);
        assertThat(again.remarks()).singleElement().asString().contains("-stray");
        assertThat(strays(ONE)).hasSize(1);
    }

    @Test
    void aHighWatermarkIsFoundAgainAndIsNeverAboveTheEnd() {
        LogDirectories opened = world.openAll(BOTH).directories();
        PartitionLog log = world.create(opened.all().get(1), "orders");
        append(log, 3);
        log.noteHighWatermark(2);
        opened.checkpoint(world.loop, _ -> {});
        world.drain();
        crash();

        PartitionLog again = orders(world.openAll(BOTH).directories());

        assertThat(again.checkpointedHighWatermark()).isBetween(0L, again.endOffset());
        assertThat(again.checkpointedHighWatermark()).isEqualTo(Math.min(2, again.endOffset()));
    }

    @Test
    void aDamagedCheckpointIsToldAndWrittenAnew() throws Exception {
        LogDirectories opened = world.openAll(BOTH).directories();
        PartitionLog log = world.create(opened.all().get(1), "orders");
        append(log, 3);
        log.noteHighWatermark(3);
        close(opened);
        Path file = TWO.resolve("replication-offset-checkpoint");
        disk.writeAtomically(file, "0\n1\nrubbish".getBytes(StandardCharsets.UTF_8));

        DirectoriesResult.Opened again = world.openAll(BOTH);

        assertThat(again.remarks()).singleElement().asString().contains(file.toString());
        assertThat(orders(again.directories()).checkpointedHighWatermark()).isZero();
        orders(again.directories()).noteHighWatermark(3);
        close(again.directories());
        DirectoriesResult.Opened third = world.openAll(BOTH);
        assertThat(third.remarks()).isEmpty();
        assertThat(orders(third.directories()).checkpointedHighWatermark()).isEqualTo(3);
    }

    private PartitionLog orders(LogDirectories opened) {
        return opened.find(ORDERS, new UUID(1, "orders".hashCode())).orElseThrow().log();
    }

    private List<String> strays(Path directory) throws IOException {
        return disk.list(directory).stream().filter(it -> it.endsWith("-stray")).toList();
    }

    private void append(PartitionLog log, int records) {
        for (int number = 0; number < records; number++) {
            log.append(Batches.plain(1, world.nowMs, "v"), 0, AppendOrigin.PRODUCER);
        }
    }

    private void close(LogDirectories opened) {
        var answer = new AtomicReference<Optional<Boolean>>(Optional.empty());
        opened.close(41, world.loop, clean -> answer.set(Optional.of(clean)));
        world.drain();
        assertThat(answer.get()).contains(true);
        world.forget();
    }

    private void crash() {
        disk.losePower();
        world.forget();
    }

    private DirectoriesResult open(List<Path> paths) {
        return world.tryToOpen(DirectoryPaths.of(paths));
    }
}
