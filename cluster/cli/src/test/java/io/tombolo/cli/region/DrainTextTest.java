package io.tombolo.cli.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.output.Tree;

import org.junit.jupiter.api.Test;

import java.util.List;

/** How far the emptying of a broker is, in words. */
class DrainTextTest {

    @Test
    void whatIsLeftIsToldWithTheSpeedAndTheTimeToGo() {
        Tree moving =
                Tree.fields()
                        .with("replicasLeft", 120)
                        .with("replicasMoving", 50)
                        .with("bytesLeft", 123_456_789)
                        .with("bytesPerSecond", 1_000_000)
                        .with("secondsLeft", 124)
                        .with("stuck", List.of());

        assertThat(DrainOrder.progress(moving))
                .isEqualTo(
                        "120 replicas left, 50 on their way, 123.5 MB at 1.0 MB/s,"
                                + " about 2 min 4 s to go");
    }

    @Test
    void whatDoesNotMoveIsToldWithItsReason() {
        Tree stuck =
                Tree.fields()
                        .with("replicasLeft", 1)
                        .with("replicasMoving", 0)
                        .with(
                                "stuck",
                                List.of(
                                        Tree.fields()
                                                .with("partition", "orders-3")
                                                .with("why", "no broker is without it")));

        assertThat(DrainOrder.progress(stuck))
                .isEqualTo(
                        "1 replica left, 0 on their way; stuck: orders-3: no broker is without it");
    }

    @Test
    void whatHoldsItUpIsToldWhileItGoesOn() {
        Tree slow =
                Tree.fields()
                        .with("replicasLeft", 7)
                        .with("replicasMoving", 7)
                        .with("bytesLeft", 7_000_000)
                        .with("bytesPerSecond", 1_000)
                        .with("slow", List.of("broker 3 takes at most 1000 bytes/s", "and more"));

        assertThat(DrainOrder.progress(slow))
                .isEqualTo(
                        "7 replicas left, 7 on their way, 7.0 MB at 1.0 kB/s; held up: broker 3"
                                + " takes at most 1000 bytes/s; and more");
    }
}
