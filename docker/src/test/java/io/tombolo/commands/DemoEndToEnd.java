package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo.Ended;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The story that README.md begins with; how long it takes is not judged. */
class DemoEndToEnd {

    private static final long WAIT_SECONDS_MAX = 60;

    @TempDir private Path folder;

    @Test
    void twoRegionsOfThreeBrokersLoseABrokerAndThenARegionAndEveryExpectationHolds() {
        Ended demo = new Tombolo(folder).run("demo", "--brokers", "3", "--script");

        assertThat(demo.exitCode()).as(demo.out() + demo.err()).isZero();
        assertThat(demo.out() + demo.err())
                .contains("which leads orders-0, while records flow")
                .containsPattern("writes to orders-0 paused for .* missing 0")
                .containsPattern("us owns the topics under ownership epoch 6")
                .containsPattern("records that eu took since it is back: 0")
                .contains("failback demo")
                .containsPattern("done: (\\d+) of \\1 expectations held");
    }

    @Test
    void brokersStopByThemselvesWhenTheirDemoIsKilled() throws Exception {
        var tombolo = new Tombolo(folder);
        Process demo = tombolo.start("demo.out", "demo");
        Tombolo.await(() -> tombolo.printed("demo.out").contains("topic orders"));
        List<ProcessHandle> brokers = demo.children().toList();
        Path written =
                Path.of("/proc", Long.toString(brokers.getFirst().pid()), "cwd").toRealPath();

        demo.destroyForcibly();

        for (ProcessHandle broker : brokers) {
            broker.onExit().get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
        }
        assertThat(brokers).hasSize(2);
        for (String log : List.of("eu.log", "us.log")) {
            assertThat(Files.readAllLines(written.resolve(log))).last().isEqualTo("stopped");
        }
        remove(written);
    }

    /** Nobody is left to do it. */
    private static void remove(Path written) throws IOException {
        assertThat(written.getFileName().toString()).startsWith("tombolo-demo-");
        try (Stream<Path> files = Files.walk(written)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
