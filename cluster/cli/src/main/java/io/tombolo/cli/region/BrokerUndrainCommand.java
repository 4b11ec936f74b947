package io.tombolo.cli.region;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** Takes a drain or decommission back. */
@Command(
        name = "undrain",
        description = {
            "Takes a drain or decommission back: the broker gets replicas and leaderships again.",
            "What has moved stays where it is; moves that have begun come to their end."
        },
        footer = {"", "Example:", "  tombolo broker undrain eu-2"})
final class BrokerUndrainCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(
            paramLabel = "BROKER",
            description = "Its region and number, eu-2, or its id in Kafka.")
    private String broker = "";

    BrokerUndrainCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        BrokerTarget target = BrokerTarget.of(shell, broker);
        Tree now = new DrainOrder(shell, target).give("none", "");
        shell.print(now, () -> "%s  may hold replicas again%n".formatted(target.name()));
        return ExitCode.OK.number();
    }
}
