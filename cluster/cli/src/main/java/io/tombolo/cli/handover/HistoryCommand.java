package io.tombolo.cli.handover;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import picocli.CommandLine.Command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.concurrent.Callable;

/** Who moved topics between regions, when and why. */
@Command(
        name = "history",
        description = {
            "Lists who moved topics between regions, when, why, and what it came to.",
            "Each region keeps the last 200 entries of its own."
        },
        footer = {
            "",
            "Example:",
            "  tombolo failover history",
            "  tombolo failover history -o json"
        })
final class HistoryCommand implements Callable<Integer> {

    private final Shell shell;

    HistoryCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        var entries = new ArrayList<Tree>();
        for (Region.Hosted region : file.topology().hostedRegions()) {
            try {
                AdminAnswer answer = RegionAdmin.of(shell, file, region).get("/api/v1/history");
                for (Tree entry : answer.body().items()) {
                    if (entry instanceof Tree.Fields fields) {
                        entries.add(fields.with("region", region.id().name()));
                    }
                }
            } catch (CommandFailure silent) {
                shell.warn("region %s does not answer".formatted(region.id()));
            }
        }
        entries.sort(Comparator.comparingLong(one -> one.at("atMs").number(0)));
        shell.print(Tree.of(entries), () -> HandoverText.history(entries));
        return ExitCode.OK.number();
    }
}
