package io.tombolo.cli.run;

import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Runs one broker in the foreground. */
@Command(
        name = "broker",
        description = {
            "Runs one broker in the foreground, until SIGTERM or Ctrl-C stops it in an orderly"
                    + " way.",
            "It hands over what it leads first, while it serves, and says how far it is. A second"
                    + " signal ends it at once, and it says what was left."
        },
        footer = {"", "Example:", "  tombolo broker -f tombolo.yaml --region eu --id 1"})
final class BrokerCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "The region the broker belongs to; required.")
    private @Nullable String region;

    @Option(
            names = "--id",
            paramLabel = "NUMBER",
            description = "The broker's number in its region, from 1 (default: 1).")
    private int number = 1;

    @Option(
            names = "--wan",
            paramLabel = "DURATION",
            description = "Delay links into this region by this much each way, for demonstrations.")
    private Duration wanOneWay = Duration.ZERO;

    @Mixin private final ForegroundOptions options = new ForegroundOptions();

    BrokerCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (region == null) {
            throw CommandFailure.of(Code.USAGE, "tombolo broker needs --region, or a command")
                    .at("tombolo broker")
                    .fix(
                            "tombolo broker --region REGION --id NUMBER        runs one",
                            "tombolo broker list        shows all")
                    .failure();
        }
        LoadedFile file = LoadedFile.of(shell);
        Region.Hosted home = file.hosted(region);
        Region.Broker self = file.broker(home, number);
        return options.run(shell, file, new Seat(home, self), wanOneWay);
    }
}
