package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.FileDisk;
import io.tombolo.storage.directory.DirectoriesResult;
import io.tombolo.storage.directory.DirectoryPaths;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;
import io.tombolo.storage.segment.PropertyFile;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** On real files: what a start that is refused leaves, and whether its advice is of use. */
class RefusedStartTest {

    private static final boolean SOLE = true;

    private final LogWorld world = new LogWorld(new FileDisk(), 11);

    @TempDir private Path root;
    private Path one;
    private Path two;
    private Path theirs;
    private Path fast;

    @BeforeEach
    void name() {
        one = root.resolve("one");
        two = root.resolve("two");
        theirs = root.resolve("theirs");
        fast = root.resolve("fast");
    }

    @Test
    void theOnlyNodeOfARegionThatLooksForItsMetadataLogElsewhereIsToldWhereItIs() throws Exception {
        run(new DirectoryPaths(List.of(one), fast, SOLE), "orders");
        writeMetadata(fast);
        var forgotten = new DirectoryPaths(List.of(one), one, SOLE);

        Refusal refusal = refusal(forgotten);

        assertThat(refusal.reason())
                .contains("is in %s/metadata, not in %s/metadata".formatted(fast, one));
        type(refusal.fix());
        assertOpens(forgotten);
    }

    @Test
    void soIsANodeAmongOthersWhichCouldBringItBackToo() throws Exception {
        run(new DirectoryPaths(List.of(one, two), fast), "orders");
        writeMetadata(fast);
        var forgotten = DirectoryPaths.of(List.of(one, two));

        Refusal refusal = refusal(forgotten);

        type(refusal.fix());
        assertOpens(forgotten);
    }

    @Test
    void theAdviceTellsWhatAnEarlierStartLeftInTheWay() throws Exception {
        run(new DirectoryPaths(List.of(one), fast, SOLE), "orders");
        writeMetadata(fast);
        Path left = one.resolve("metadata/__cluster_metadata-0");
        Files.createDirectories(left);
        Files.createFile(left.resolve("00000000000000000000.log"));
        var forgotten = new DirectoryPaths(List.of(one), one, SOLE);

        Refusal refusal = refusal(forgotten);

        assertThat(refusal.fix()).contains("rm -r %s/metadata && mv".formatted(one));
        type(refusal.fix());
        assertOpens(forgotten);
    }

    @Test
    void theMetadataLogMovesWhereTheFileNamesAnotherPlace() throws Exception {
        run(new DirectoryPaths(List.of(one), one, SOLE), "orders");
        writeMetadata(one);
        var moved = new DirectoryPaths(List.of(one), fast, SOLE);

        Refusal refusal = refusal(moved);

        assertThat(refusal.reason()).contains("expected in " + fast.resolve("metadata"));
        type(refusal.fix());
        assertOpens(moved);
    }

    @Test
    void theOnlyNodeOfARegionDoesNotBeginItAnew() throws Exception {
        var paths = new DirectoryPaths(List.of(one), one, SOLE);
        run(paths, "orders");

        assertThat(refusal(paths).reason()).contains("has begun before", "orders-0");
        assertOpens(DirectoryPaths.of(List.of(one)));
    }

    @Test
    void aFormerPlaceOfTheMetadataLogThatIsGoneIsLostAsItsDiskIs() throws Exception {
        run(new DirectoryPaths(List.of(one), fast), "orders");

        assertThat(refusal(new DirectoryPaths(List.of(one), one, SOLE)).reason())
                .contains("has begun before");
        assertOpens(DirectoryPaths.of(List.of(one)));
    }

    @Test
    void directoriesOfAnotherInstallationStayAsTheyAre() throws Exception {
        run(DirectoryPaths.of(List.of(one, two)), "ours");
        run(DirectoryPaths.of(List.of(theirs)), "orders");

        assertThat(refusal(DirectoryPaths.of(List.of(one, theirs))).reason())
                .contains("do not belong to the same installation", "orders-0");
        assertOpens(DirectoryPaths.of(List.of(theirs)));
    }

    @Test
    void noneGetsAMarkBesideOneThatIsRefused() throws Exception {
        run(DirectoryPaths.of(List.of(one)), "ours");
        run(DirectoryPaths.of(List.of(theirs)), "orders");
        unmark(one);
        unmark(theirs);

        assertThat(refusal(DirectoryPaths.of(List.of(one, theirs))).reason()).contains("missing");
    }

    @Test
    void theDirectoryOfAnotherNodeOrClusterLeavesTheOthersAlone() throws Exception {
        run(DirectoryPaths.of(List.of(one)), "ours");
        run(DirectoryPaths.of(List.of(theirs)));
        change(theirs, "node.id", "8");
        assertThat(refusal(DirectoryPaths.of(List.of(one, theirs))).reason())
                .contains("belongs to the node 8");

        change(theirs, "node.id", "7");
        change(theirs, "cluster.id", "other");

        assertThat(refusal(DirectoryPaths.of(List.of(one, theirs))).reason())
                .contains("belongs to the cluster other");
    }

    @Test
    void aDirectoryInUseLeavesTheOthersAlone() throws Exception {
        run(DirectoryPaths.of(List.of(one)), "ours");
        run(DirectoryPaths.of(List.of(two)));
        change(two, DirectoryIdentity.INSTALLATION, mark(one));
        try (AutoCloseable held = new FileDisk().lock(two.resolve(".lock"))) {
            assertThat(held).isNotNull();
            assertThat(refusal(DirectoryPaths.of(List.of(one, two))).reason())
                    .contains("cannot be locked", two.toString());
        }
    }

    @Test
    void twoMetadataLogsAndLogsWhereNoneBelongAreLeftAlone() throws Exception {
        run(DirectoryPaths.of(List.of(one, two)), "orders");
        writeMetadata(one);
        writeMetadata(two);
        assertThat(refusal(DirectoryPaths.of(List.of(one, two))).reason())
                .contains("two metadata logs");
        run(DirectoryPaths.of(List.of(fast)), "payments");

        assertThat(refusal(new DirectoryPaths(List.of(theirs), fast)).reason())
                .contains("holds logs of topics");
    }

    /** Refused, with every file and every byte as before. */
    private Refusal refusal(DirectoryPaths paths) throws IOException {
        Map<String, String> before = files();
        DirectoriesResult result = world.tryToOpen(paths);
        assertThat(files()).isEqualTo(before);
        if (result instanceof DirectoriesResult.Refused(Refusal refusal)) {
            return refusal;
        }
        throw new AssertionError(result);
    }

    private Map<String, String> files() throws IOException {
        var files = new TreeMap<String, String>();
        try (Stream<Path> all = Files.walk(root)) {
            all.forEach(path -> files.put(path.toString(), content(path)));
        }
        return files;
    }

    private static String content(Path path) {
        try {
            return Files.isDirectory(path)
                    ? "a directory"
                    : new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
    }

    /** What the advice says after its last colon, as an operator would. */
    private static void type(String fix) throws Exception {
        String command = fix.substring(fix.lastIndexOf(": ") + 2);
        assertThat(new ProcessBuilder("sh", "-c", command).start().waitFor()).as(command).isZero();
    }

    private void run(DirectoryPaths paths, String... topics) {
        LogDirectories opened = world.openAll(paths).directories();
        for (String topic : topics) {
            world.createWithFiles(opened.forNewLog().orElseThrow(), topic);
        }
        close(opened);
    }

    private void assertOpens(DirectoryPaths paths) {
        LogDirectories opened = world.openAll(paths).directories();
        assertThat(opened.holdLogs()).isTrue();
        close(opened);
    }

    private void close(LogDirectories opened) {
        opened.close(-1, world.loop, _ -> {});
        world.drain();
    }

    private static void writeMetadata(Path directory) throws IOException {
        Path log = Files.createDirectories(directory.resolve("metadata/__cluster_metadata-0"));
        Files.writeString(log.resolve("00000000000000000000.log"), "records");
    }

    private static String mark(Path directory) throws IOException {
        return pairs(directory).getOrDefault(DirectoryIdentity.INSTALLATION, "");
    }

    private static void unmark(Path directory) throws IOException {
        Map<String, String> pairs = pairs(directory);
        pairs.remove(DirectoryIdentity.INSTALLATION);
        write(directory, pairs);
    }

    private static void change(Path directory, String key, String value) throws IOException {
        Map<String, String> pairs = pairs(directory);
        pairs.put(key, value);
        write(directory, pairs);
    }

    private static Map<String, String> pairs(Path directory) throws IOException {
        byte[] bytes = Files.readAllBytes(directory.resolve(DirectoryIdentity.FILE));
        return new LinkedHashMap<>(PropertyFile.decode(bytes, "=").orElseThrow());
    }

    private static void write(Path directory, Map<String, String> pairs) throws IOException {
        Files.write(directory.resolve(DirectoryIdentity.FILE), PropertyFile.encode(pairs, "="));
    }
}
