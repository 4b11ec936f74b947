package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.SourceTree.Start;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** When the launcher of a source tree builds, and that no two starts build at the same time. */
class LauncherTest {

    private static final Instant BUILT = Instant.now().minus(Duration.ofHours(1));
    private static final String SOURCE = "cluster/raft/src/main/java/Raft.java";
    private static final String TEST = "cluster/raft/src/test/java/RaftTest.java";
    private static final String JAR = "docker/target/tombolo/lib/tombolo-raft.jar";
    private static final String PREPARING = "Preparing quick starts";
    private static final String RUNS = "the command runs\n";
    private static final String BUILDING = "Building tombolo";
    private static final String WAITING = "Another start builds tombolo, this one waits for it";

    @TempDir private Path folder;

    private SourceTree tree;

    @BeforeEach
    void writeTheTree() throws IOException {
        tree = new SourceTree(folder, BUILT, RUNS.strip());
        tree.write(SOURCE, BUILT.minusSeconds(1));
        tree.write(TEST, BUILT.minusSeconds(1));
    }

    @AfterEach
    void leaveNothingRunning() {
        tree.close();
    }

    @Test
    void onlyTheFirstStartBuilds() {
        String first = tree.start().ended();
        String second = tree.start().ended();

        assertThat(first).contains(BUILDING + " (first use").endsWith(RUNS);
        assertThat(second).isEqualTo(RUNS);
    }

    @Test
    void afterABuildByHandNothingIsBuilt() {
        tree.build();

        assertThat(tree.start().ended()).isEqualTo(RUNS);
    }

    @Test
    void aSourceThatChangedIsBuiltAndATestIsNot() throws IOException {
        tree.build();
        tree.write(TEST, Instant.now());
        String tested = tree.start().ended();
        tree.write(SOURCE, Instant.now());

        String changed = tree.start().ended();

        assertThat(tested).isEqualTo(RUNS);
        assertThat(changed).contains(BUILDING + " (sources changed)");
    }

    @Test
    void whatWasSavedWhileABuildRanIsBuiltNext() throws IOException {
        tree.build();
        tree.write(SOURCE, BUILT.plusSeconds(1));

        assertThat(tree.start().ended()).contains(BUILDING + " (sources changed)");
    }

    @Test
    void aBuildOfDockerAloneSaysNothingOfTheOtherModules() throws IOException {
        tree.build();
        tree.buildDockerAlone(BUILT.plusSeconds(1));

        assertThat(tree.start().ended())
                .contains(BUILDING + " (docker was built without the other modules)");
    }

    @Test
    void aBuildThatFailsIsToldOfAndTriedAgain() throws IOException {
        tree.breakBuilds();
        Start failed = tree.start();
        String output = failed.ended();
        tree.mendBuilds();

        String next = tree.start().ended();

        assertThat(output).contains("error: the build failed", "[ERROR] it does not compile");
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(next).contains(BUILDING).endsWith(RUNS);
    }

    @Test
    void aCacheForQuickStartsIsMadeOnceAndAgainForOtherJars() throws IOException {
        tree.build();
        tree.write(JAR, BUILT);
        String first = tree.startBroker().ended();
        String second = tree.startBroker().ended();
        // As copies of the same jars are: older than the cache, and yet not those it was made of.
        tree.write(JAR, BUILT.plusSeconds(1));

        String copied = tree.startBroker().ended();

        assertThat(first).contains(PREPARING).endsWith(RUNS);
        assertThat(second).isEqualTo(RUNS);
        assertThat(copied).contains(PREPARING).endsWith(RUNS);
    }

    @ParameterizedTest(name = "flock: {0}")
    @ValueSource(booleans = {true, false})
    void ofTwoFirstStartsOneBuildsAndTheOtherWaitsForIt(boolean flock) throws IOException {
        tree.holdBuilds();
        Start builder = tree.start(flock);
        builder.await("[1/1]");
        Start waiter = tree.start(flock);
        waiter.await(WAITING);

        tree.letBuildsEnd();

        assertThat(builder.ended()).contains(BUILDING).doesNotContain(WAITING).endsWith(RUNS);
        assertThat(waiter.ended()).doesNotContain(BUILDING).endsWith(RUNS);
        assertThat(tree.builds()).isEqualTo(1);
        assertThat(tree.turns()).isEmpty();
    }

    @ParameterizedTest(name = "flock: {0}")
    @ValueSource(booleans = {true, false})
    void aStartThatIsToldToStopEndsItsBuildAndTheNextOneBuilds(boolean flock) throws IOException {
        tree.holdBuilds();
        Start stopped = tree.start(flock);
        stopped.await("[1/1]");

        stopped.stop();

        stopped.ended();
        assertThat(stopped.exitCode()).isEqualTo(128 + 15);
        assertThat(tree.runningBuilds()).isEmpty();
        assertThat(tree.turns()).isEmpty();
        tree.letBuildsEnd();
        // It may wait for a moment, for what of the first one has not ended yet.
        assertThat(tree.start(flock).ended()).contains(BUILDING).endsWith(RUNS);
    }

    @ParameterizedTest(name = "flock: {0}")
    @ValueSource(booleans = {true, false})
    void afterAStartThatWasKilledTheNextOneWaitsForItsBuildAlone(boolean flock) throws IOException {
        tree.holdBuilds();
        Start killed = tree.start(flock);
        killed.await("[1/1]");
        killed.kill();
        Start next = tree.start(flock);
        next.await(WAITING);

        tree.runningBuilds().forEach(ProcessHandle::destroyForcibly);

        next.await(BUILDING);
        tree.letBuildsEnd();
        assertThat(next.ended()).endsWith(RUNS);
        assertThat(tree.turns()).isEmpty();
    }
}
