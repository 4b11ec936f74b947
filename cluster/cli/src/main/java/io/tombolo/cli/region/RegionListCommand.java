package io.tombolo.cli.region;

import io.tombolo.cli.admin.RegionSnapshots;
import io.tombolo.cli.admin.RegionSnapshots.Snapshot;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** All regions of the file. */
@Command(
        name = "list",
        description = "All regions of the file whose brokers are ours.",
        footer = {"", "Example:", "  tombolo region list"})
final class RegionListCommand implements Callable<Integer> {

    private final Shell shell;

    RegionListCommand(Shell shell) {
        this.shell = shell;
    }

    /** Fails when not a single region answers. */
    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        List<Snapshot> snapshots = RegionSnapshots.of(shell, file.hostedOrAll(Optional.empty()));
        shell.print(Tree.list(snapshots, RegionListCommand::treeOf), () -> table(snapshots));
        boolean answered = snapshots.stream().anyMatch(Snapshot::answered);
        return (answered ? ExitCode.OK : ExitCode.FAILED).number();
    }

    private static String table(List<Snapshot> snapshots) {
        Table table = Table.of("REGION", "STATE", "BROKERS", "CONTROLLER", "VOTERS", "KAFKA");
        for (Snapshot snapshot : snapshots) {
            table.row(
                    snapshot.region().id(),
                    snapshot.state(),
                    snapshot.brokers(),
                    snapshot.controller(),
                    snapshot.status().at("quorum", "voters").items().size(),
                    bootstrap(snapshot));
        }
        return table.text();
    }

    private static Tree treeOf(Snapshot snapshot) {
        return Tree.fields()
                .with("region", snapshot.region().id())
                .with("state", snapshot.state())
                .with("brokersReady", snapshot.readyCount())
                .with("brokersExpected", snapshot.region().brokers().size())
                .with("controller", snapshot.status().at("quorum", "leader"))
                .with("voters", snapshot.status().at("quorum", "voters"))
                .with("kafka", bootstrap(snapshot))
                .with("trouble", snapshot.trouble());
    }

    /** What a client is given to find the region, whichever of its brokers is down. */
    private static String bootstrap(Snapshot snapshot) {
        return snapshot.region().brokers().stream()
                .map(broker -> broker.kafka().toString())
                .collect(Collectors.joining(","));
    }
}
