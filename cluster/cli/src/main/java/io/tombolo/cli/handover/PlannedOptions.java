package io.tombolo.cli.handover;

import picocli.CommandLine.Option;

import java.time.Duration;

/** What can be said of the waiting in a planned failover. */
final class PlannedOptions {

    @Option(
            names = "--drain",
            paramLabel = "DURATION",
            description =
                    "Planned: how long open transactions may take to end before they are aborted"
                            + " (default: 1s).")
    private Duration drain = Duration.ofSeconds(1);

    @Option(
            names = "--give-up-after",
            paramLabel = "DURATION",
            description =
                    "Planned: when one step takes longer, it is rolled back, as long as that is"
                            + " possible (default: 20s).")
    private Duration giveUp = Duration.ofSeconds(20);

    PlannedFailover.Limits limits(String reason) {
        return new PlannedFailover.Limits(drain, giveUp, who() + ": " + reason);
    }

    private static String who() {
        return System.getProperty("user.name", "somebody");
    }
}
