package io.tombolo.cli.handover;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** A planned failover there and back. */
@Command(
        name = "rehearse",
        description = {
            "Moves topics to the other region and back, as planned failovers, and measures how"
                    + " long",
            "nobody could write. Nothing is lost; clients meet what they would meet in earnest."
        },
        footer = {"", "Example:", "  tombolo failover rehearse shop-primary"})
final class RehearseCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "POLICY", description = "A failover policy, or the name of a link.")
    private String policy = "";

    @Mixin private PlannedOptions options = new PlannedOptions();

    RehearseCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        shell.confirm("failover rehearse " + policy, policy);
        Tree rehearsal =
                Rehearsal.of(shell, LoadedFile.of(shell), policy, options.limits("rehearsal"))
                        .execute();
        shell.print(rehearsal, () -> HandoverText.rehearsal(rehearsal));
        return ExitCode.OK.number();
    }
}
