package io.tombolo.cli.region;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** Takes a drain or decommission back. */
@Command(
        name = "undrain",
        description = {
            "Takes a drain or decommission back: the broker gets replicas and leaderships again.",
            "What has moved stays where it is; moves that have begun are cancelled."
        },
        footer = {"", "Example:", "  tombolo broker undrain eu-2"})
final class BrokerUndrainCommand implements Callable<Integer> {

    private final Shell shell;

    @Mixin private final BrokerChoice broker = new BrokerChoice();

    BrokerUndrainCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        BrokerTarget target = broker.target(shell);
        Tree now = new DrainOrder(shell, target).give("none", "");
        shell.print(now, () -> "%s  may hold replicas again%n".formatted(target.name()));
        return ExitCode.OK.number();
    }
}
