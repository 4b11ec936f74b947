package io.tombolo.cli.admin;

import io.tombolo.cli.admin.RegionSnapshots.Snapshot;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** All links with their state and lag. */
@Command(
        name = "list",
        description = "All links with their state and lag.",
        footer = {"", "Example:", "  tombolo link list"})
final class LinkListCommand implements Callable<Integer> {

    private final Shell shell;

    LinkListCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        var targets =
                file.topology().hostedRegions().stream()
                        .filter(region -> !file.topology().linksInto(region.id()).isEmpty())
                        .toList();
        List<Snapshot> snapshots = RegionSnapshots.of(shell, targets);
        var links = new ArrayList<Tree>();
        for (Snapshot snapshot : snapshots) {
            links.addAll(snapshot.status().at("links").items());
            if (!snapshot.answered()) {
                shell.warn(
                        "region %s, which runs the links that lead to it, does not answer: %s"
                                .formatted(snapshot.region().id(), snapshot.trouble()));
            }
        }
        boolean answered = targets.isEmpty() || snapshots.stream().anyMatch(Snapshot::answered);
        shell.print(new Tree.Items(links), () -> answered ? table(links) : "");
        return (answered ? ExitCode.OK : ExitCode.FAILED).number();
    }

    static String table(List<Tree> links) {
        Table table = LinkTable.header();
        links.forEach(link -> LinkTable.add(table, link));
        return table.textOr("no links");
    }
}
