package io.tombolo.cli.failback;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** Brings topics back to the region that lost them, as mirrors. */
@Command(
        name = "failback",
        description = {
            "Brings topics back to the region that another one has taken them from, as mirrors.",
            "What only that region has is listed and copied to __divergent.TOPIC there; then it is",
            "cut off, and the region follows the new owner. Interrupted, it goes on when repeated."
        },
        footer = {"", "Example:", "  tombolo failback eu-to-us", "  tombolo divergence list"})
final class FailbackCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "POLICY", description = "A failover policy, or the name of a link.")
    private String policy = "";

    FailbackCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Failback failback = Failback.of(shell, LoadedFile.of(shell), policy);
        shell.note(
                "%s owns the topics of %s; %s is to follow it"
                        .formatted(failback.owner(), failback.link().name(), failback.region()));
        shell.confirm("failback " + policy, policy);
        Tree outcome = failback.execute();
        shell.print(outcome, () -> FailbackText.outcome(outcome));
        return ExitCode.OK.number();
    }
}
