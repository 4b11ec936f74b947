package io.tombolo.cli.fleet;

import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Restarts the brokers of a region while it serves. */
@Command(
        name = "restart",
        description = {
            "Restarts the brokers of a region one after the other, the controller last, on the"
                    + " machine where up started them.",
            "Waits between two until every replica is in sync (--timeout, 5 minutes by default).",
            "Refuses (exit code 4) when a partition is not in full health, or would go below its"
                    + " min.insync.replicas.",
            "Interrupted, it goes on where it stopped when it is run again."
        },
        footer = {
            "",
            "Example:",
            "  tombolo region restart eu --rolling",
            "  tombolo region restart eu --rolling --dry-run"
        })
final class RegionRestartCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Shell shell;

    @Parameters(paramLabel = "REGION", description = "Its name in the file.")
    private String region = "";

    @Option(
            names = "--rolling",
            required = true,
            description = "One broker after the other; there is no other way yet.")
    private boolean rolling;

    @Option(names = "--dry-run", description = "Tell the order, or the refusal, and do nothing.")
    private boolean dryRun;

    @Option(
            names = "--accept-unavailable",
            description = "Go on although partitions cannot be written to meanwhile.")
    private boolean acceptUnavailable;

    RegionRestartCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Fleet fleet = Fleet.of(shell, Optional.of(region), Optional.empty());
        var rules =
                new RollingRestart.Rules(shell.options().timeoutOr(PATIENCE), acceptUnavailable);
        var restart = new RollingRestart(shell, fleet, rules);
        if (dryRun) {
            restart.rehearse();
            return ExitCode.OK.number();
        }
        fleet.file().requireRunnable();
        try (var _ = RunLock.take(fleet.runFolders(), "tombolo region restart " + region)) {
            restart.run();
        }
        if (shell.forProgram()) {
            FleetView.print(shell, fleet.conditions());
        }
        return ExitCode.OK.number();
    }
}
