package io.tombolo.cli.run;

import io.tombolo.broker.BrokerServer;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Runs all regions of a file in one process. */
@Command(
        name = "dev",
        description = {
            "Runs all regions of a file in one process, until Ctrl-C; data is kept in .tombolo/.",
        },
        footer = {"", "Example:", "  tombolo dev -f tombolo.yaml"})
final class DevCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(
            names = "--wan",
            paramLabel = "DURATION",
            description = "Delay every link by this much each way.")
    private Duration wanOneWay = Duration.ZERO;

    DevCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        var seats = new ArrayList<Seat>();
        for (Region.Hosted region : file.hostedOrAll(Optional.empty())) {
            // The last ones stop first: brokers hand over while there are controllers.
            region.nodes().controllers().forEach(one -> seats.add(new Seat(region, one)));
            region.brokers().forEach(one -> seats.add(new Seat(region, one)));
        }
        return new Foreground(shell, file, new Foreground.Ending(BrokerServer.GRACE, false))
                .run(seats, wanOneWay);
    }
}
