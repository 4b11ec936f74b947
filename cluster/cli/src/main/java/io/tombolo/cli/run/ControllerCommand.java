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

/** Runs one controller in the foreground. */
@Command(
        name = "controller",
        description = {
            "Runs one controller of a region whose file says controllers:, in the foreground, until"
                    + " SIGTERM or Ctrl-C stops it.",
            "A new region begins when all its brokers and controllers have been there together"
                    + " once."
        },
        footer = {"", "Example:", "  tombolo controller -f tombolo.yaml --region eu --id 1"})
final class ControllerCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "The region the controller belongs to; required.")
    private @Nullable String region;

    @Option(
            names = "--id",
            paramLabel = "NUMBER",
            description = "The controller's number in its region, from 1 (default: 1).")
    private int number = 1;

    @Mixin private final ForegroundOptions options = new ForegroundOptions();

    ControllerCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (region == null) {
            throw CommandFailure.of(Code.USAGE, "tombolo controller needs --region")
                    .at("tombolo controller")
                    .fix("tombolo controller --region REGION --id NUMBER")
                    .failure();
        }
        LoadedFile file = LoadedFile.of(shell);
        Region.Hosted home = file.hosted(region);
        Region.Controller self = file.controller(home, number);
        return options.run(shell, file, new Seat(home, self), Duration.ZERO);
    }
}
