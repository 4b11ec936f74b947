package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo.Ended;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** The story that README.md begins with, told by six brokers; how long it takes is not judged. */
class DemoEndToEnd {

    @TempDir private Path folder;

    @Test
    void twoRegionsOfThreeBrokersLoseABrokerAndThenARegionAndEveryExpectationHolds() {
        Ended demo = new Tombolo(folder).run("demo", "--brokers", "3", "--script");

        assertThat(demo.exitCode()).as(demo.out() + demo.err()).isZero();
        assertThat(demo.out() + demo.err())
                .contains("which leads orders-0, while records flow")
                .containsPattern("writes to orders-0 paused for .* missing 0")
                .containsPattern("us owns the topics under ownership epoch 2")
                .containsPattern("records that eu took since it is back: 0")
                .containsPattern("done: (\\d+) of \\1 expectations held");
    }
}
