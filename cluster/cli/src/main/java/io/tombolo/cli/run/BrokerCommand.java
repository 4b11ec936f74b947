package io.tombolo.cli.run;

import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** Runs one broker in the foreground. */
@Command(
        name = "broker",
        description = {
            "Runs one broker in the foreground, until SIGTERM or Ctrl-C stops it in an orderly"
                    + " way.",
            "A second signal stops it at once."
        },
        footer = {"", "Example:", "  tombolo broker -f tombolo.yaml --region eu --id 1"})
final class BrokerCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(
            names = "--region",
            required = true,
            paramLabel = "REGION",
            description = "The region the broker belongs to.")
    private String region = "";

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

    BrokerCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        Region.Hosted home = file.hosted(region);
        Region.Broker self = home.broker(number).orElseThrow(() -> noBroker(file, home));
        return new Foreground(shell, file).run(List.of(new Seat(home, self)), wanOneWay);
    }

    private CommandFailure noBroker(LoadedFile file, Region.Hosted home) {
        return CommandFailure.of(
                        Code.UNKNOWN_BROKER, "region " + home.id() + " has no broker " + number)
                .at(file.where("regions." + home.id()))
                .seen("its brokers are numbered from 1 to " + home.brokers().size())
                .fix("--id 1")
                .failure();
    }
}
