package io.tombolo.cli.plan;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.Set;
import java.util.concurrent.Callable;

/** Shows how the regions differ from the file. */
@Command(
        name = "diff",
        description = "Shows how the regions differ from the file; changes nothing, keeps nothing.",
        footer = {"", "Example:", "  tombolo diff --detailed-exitcode"})
final class DiffCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(
            names = "--detailed-exitcode",
            description = "End with 3 when the regions are not what the file says.")
    private boolean detailed;

    DiffCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Planning planning = Planning.of(shell, Set.of());
        shell.print(planning.tree(), () -> PlanText.of(planning));
        return planning.exitCode(detailed);
    }
}
