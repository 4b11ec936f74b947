package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.DiskFile;
import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.storage.directory.DirectoriesResult;
import io.tombolo.storage.directory.DirectoryPaths;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;
import io.tombolo.storage.segment.PropertyFile;

import org.junit.jupiter.api.Test;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

class BelongingTest {

    private static final Path ONE = Path.of("/data/one");
    private static final Path TWO = Path.of("/data/two");
    private static final Path THEIRS = Path.of("/theirs/one");
    private static final Path FAST = Path.of("/fast");
    private static final List<Path> BOTH = List.of(ONE, TWO);

    private final LogWorld world = new LogWorld(7);
    private final SimulatedDisk disk = (SimulatedDisk) world.disk;

    @Test
    void directoriesThatWereBegunTogetherHaveTheSameMarkAndTheOthersAnother() throws Exception {
        run(BOTH);
        run(List.of(THEIRS));

        assertThat(mark(ONE)).isNotEmpty().isEqualTo(mark(TWO)).isNotEqualTo(mark(THEIRS));
    }

    @Test
    void theDirectoryOfAnotherInstallationWithTheSameNamesIsRefusedUntouched() throws Exception {
        run(BOTH, "ours");
        run(List.of(THEIRS), "orders");
        List<String> before = disk.list(THEIRS);
        String mark = mark(THEIRS);

        assertThat(refusal(DirectoryPaths.of(List.of(ONE, THEIRS))))
                .contains(ONE.toString(), THEIRS.toString(), "installation", "orders-0");

        assertThat(disk.list(THEIRS)).isEqualTo(before).contains("orders-0");
        assertThat(mark(THEIRS)).isEqualTo(mark);
        assertThat(world.openAll(List.of(THEIRS)).directories().holdLogs()).isTrue();
    }

    @Test
    void anEmptyDirectoryBecomesOneOfThem() throws Exception {
        run(List.of(ONE), "orders");
        run(BOTH);

        assertThat(mark(TWO)).isNotEmpty().isEqualTo(mark(ONE));
    }

    @Test
    void thePlaceOfALostDirectoryIsTakenByAnEmptyOne() throws Exception {
        run(BOTH, "orders");
        String mark = mark(TWO);
        disk.move(ONE, Path.of("/lost"));

        run(BOTH);

        assertThat(mark(ONE)).isEqualTo(mark);
    }

    @Test
    void directoriesThatRanTogetherWithoutAMarkGetOne() throws Exception {
        run(BOTH, "a", "b");
        unmark(ONE);
        unmark(TWO);

        run(BOTH);

        assertThat(mark(ONE)).isNotEmpty().isEqualTo(mark(TWO));
    }

    @Test
    void oneThatWasAwayWhenTheOthersGotTheirMarkIsKnownByItsId() throws Exception {
        run(BOTH, "a", "b");
        unmark(TWO);

        run(BOTH);

        assertThat(mark(TWO)).isNotEmpty().isEqualTo(mark(ONE));
    }

    @Test
    void logsWithoutAMarkThatNeverRanWithTheOthersAreRefused() throws Exception {
        run(List.of(ONE), "ours");
        run(List.of(THEIRS), "orders");
        unmark(ONE);
        unmark(THEIRS);

        assertThat(refusal(DirectoryPaths.of(List.of(ONE, THEIRS))))
                .contains(THEIRS.toString(), "missing");
    }

    @Test
    void whatToTypeNamesPathsAsAShellTakesThem() throws Exception {
        Path spaced = Path.of("/data 1/one");
        run(List.of(spaced, TWO), "orders");
        writeMetadata(spaced, "records");

        assertThat(world.tryToOpen(DirectoryPaths.of(List.of(TWO, spaced))))
                .isInstanceOfSatisfying(
                        DirectoriesResult.Refused.class,
                        it ->
                                assertThat(it.refusal().fix())
                                        .endsWith("mv '/data 1/one/metadata' /data/two/metadata"));
    }

    @Test
    void aMetadataLogInAnotherDirectoryThanExpectedIsRefused() throws Exception {
        run(BOTH, "orders");
        writeMetadata(ONE, "records");

        assertThat(refusal(DirectoryPaths.of(List.of(TWO, ONE))))
                .contains("is in /data/one/metadata", "expected in /data/two/metadata");
        assertThat(refusal(new DirectoryPaths(BOTH, FAST)))
                .contains("is in /data/one/metadata", "expected in /fast/metadata");
        assertThat(disk.exists(FAST)).isFalse();
        run(BOTH);
        disk.createDirectories(FAST);
        disk.move(ONE.resolve("metadata"), FAST.resolve("metadata"));
        assertThat(world.tryToOpen(new DirectoryPaths(BOTH, FAST)))
                .isInstanceOf(DirectoriesResult.Opened.class);
    }

    @Test
    void whatAStartThatCameToNothingLeftIsNoMetadataLog() throws Exception {
        run(BOTH);
        writeMetadata(TWO, "");

        assertThat(world.tryToOpen(DirectoryPaths.of(BOTH)))
                .isInstanceOf(DirectoriesResult.Opened.class);
    }

    @Test
    void ofTwoMetadataLogsNoneIsChosen() throws Exception {
        run(BOTH);
        writeMetadata(ONE, "records");
        writeMetadata(TWO, "others");

        assertThat(refusal(DirectoryPaths.of(BOTH)))
                .contains("two metadata logs", "/data/one/metadata", "/data/two/metadata");
    }

    @Test
    void onlyDirectoriesThatTheLastStartHadAreKnownToTheRegion() throws Exception {
        run(List.of(ONE), "orders");
        LogDirectories opened = world.openAll(BOTH).directories();
        assertThat(opened.all()).extracting(opened::knewBefore).containsExactly(true, false);
        end();
        LogDirectories again = world.openAll(BOTH).directories();
        assertThat(again.all()).extracting(again::knewBefore).containsExactly(true, true);
        end();
        run(List.of(ONE));

        LogDirectories afterwards = world.openAll(BOTH).directories();

        assertThat(afterwards.all())
                .extracting(afterwards::knewBefore)
                .containsExactly(true, false);
    }

    @Test
    void aDirectoryThatCouldNotBeLookedAtIsNotOpenedEvenIfItCouldBeNow() throws Exception {
        run(List.of(ONE), "ours");
        run(List.of(THEIRS), "orders");
        unmark(THEIRS);
        var failed = new AtomicBoolean();
        disk.failWhen(it -> it.path().startsWith(THEIRS) && failed.compareAndSet(false, true));

        LogDirectories opened = world.openAll(List.of(ONE, THEIRS)).directories();

        assertThat(failed).isTrue();
        assertThat(opened.all()).extracting(it -> it.path()).containsExactly(ONE);
        assertThat(opened.unopened()).extracting(it -> it.path()).containsExactly(THEIRS);
        assertThat(mark(THEIRS)).isEmpty();
    }

    @Test
    void withoutAnotherNodeAMetadataLogThatCannotBeLookedForIsLostAndNotBegunAnew()
            throws Exception {
        run(new DirectoryPaths(BOTH, FAST, true), "orders");
        writeMetadata(FAST, "records");
        disk.failWhen(it -> it.path().startsWith(FAST));

        assertThat(refusal(new DirectoryPaths(BOTH, ONE, true)))
                .contains("this region has begun before", "orders");
    }

    @Test
    void aLockThatCannotBeTriedIsTakenWhenTheDirectoryIsOpenedOrItIsNot() throws Exception {
        run(BOTH, "orders");
        disk.failWhen(it -> it.kind() == DiskOperation.Kind.LOCK && it.path().startsWith(TWO));

        LogDirectories opened = world.openAll(BOTH).directories();

        assertThat(opened.all()).extracting(it -> it.path()).containsExactly(ONE);
        end();
        var held = disk.unharmed(() -> lock(TWO));
        var tried = new AtomicBoolean();
        disk.failWhen(it ->
                it.kind() == DiskOperation.Kind.LOCK
                        && it.path().startsWith(TWO)
                        && tried.compareAndSet(false, true));
        assertThat(refusal(DirectoryPaths.of(BOTH))).contains(TWO.toString());
        assertThat(tried).isTrue();
        held.close();
    }

    private Closeable lock(Path directory) {
        try {
            return disk.lock(directory.resolve(DirectoryIdentity.LOCK));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void run(DirectoryPaths paths, String topic) {
        LogDirectories opened = ((DirectoriesResult.Opened) world.tryToOpen(paths)).directories();
        world.createWithFiles(opened.forNewLog().orElseThrow(), topic);
        end();
    }

    private void run(List<Path> paths, String... topics) {
        LogDirectories opened = world.openAll(paths).directories();
        for (String topic : topics) {
            world.createWithFiles(opened.forNewLog().orElseThrow(), topic);
        }
        end();
    }

    private void end() {
        disk.losePower();
        world.forget();
    }

    private String refusal(DirectoryPaths paths) {
        if (world.tryToOpen(paths) instanceof DirectoriesResult.Refused(Refusal refusal)) {
            return refusal.reason();
        }
        throw new AssertionError("not refused");
    }

    private String mark(Path directory) throws IOException {
        return PropertyFile.decode(disk.readAll(directory.resolve(DirectoryIdentity.FILE)), "=")
                .orElseThrow()
                .getOrDefault(DirectoryIdentity.INSTALLATION, "");
    }

    private void unmark(Path directory) throws IOException {
        Path file = directory.resolve(DirectoryIdentity.FILE);
        var pairs = new LinkedHashMap<>(PropertyFile.decode(disk.readAll(file), "=").orElseThrow());
        pairs.remove(DirectoryIdentity.INSTALLATION);
        disk.writeAtomically(file, PropertyFile.encode(pairs, "="));
    }

    private void writeMetadata(Path directory, String content) throws IOException {
        Path log = directory.resolve("metadata").resolve("__cluster_metadata-0");
        disk.createDirectories(log);
        try (DiskFile file = disk.open(log.resolve("00000000000000000000.log"))) {
            file.append(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
            file.force();
        }
        disk.forceDirectory(log);
        disk.forceDirectory(log.getParent());
        disk.forceDirectory(directory);
    }
}
