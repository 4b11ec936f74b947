package io.tombolo.cli.region;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** Moves everything off a broker. */
@Command(
        name = "drain",
        description = {
            "Moves every replica and leadership off a broker, which goes on and gets no new ones.",
            "Waits until it is empty (--timeout, an hour by default) and tells how far it is, or"
                    + " why it is stuck.",
            "The region keeps the order: Ctrl-C leaves it at work, and the same command watches"
                    + " again."
        },
        footer = {
            "",
            "Example:",
            "  tombolo broker drain eu-2",
            "  tombolo broker drain eu-2 --reason 'new disk' --detach"
        })
final class BrokerDrainCommand implements Callable<Integer> {

    private final Shell shell;

    @Mixin private final DrainChoice choice = new DrainChoice();

    BrokerDrainCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        BrokerTarget target = choice.target(shell);
        Tree last = choice.carryOut("empty", target, shell);
        String then = "tombolo broker undrain %s gives it replicas again".formatted(target.name());
        shell.print(last, () -> choice.text(target, last, then));
        return ExitCode.OK.number();
    }
}
