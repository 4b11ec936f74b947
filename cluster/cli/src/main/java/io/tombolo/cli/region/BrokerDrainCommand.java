package io.tombolo.cli.region;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
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

    private static final Duration PATIENCE = Duration.ofHours(1);

    private final Shell shell;

    @Parameters(
            paramLabel = "BROKER",
            description = "Its region and number, eu-2, or its id in Kafka.")
    private String broker = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the order.")
    private String reason = "";

    @Option(names = "--detach", description = "Give the order and do not wait.")
    private boolean detached;

    BrokerDrainCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        BrokerTarget target = BrokerTarget.of(shell, broker);
        var order = new DrainOrder(shell, target);
        Tree first = order.give("empty", reason);
        Tree last = detached ? first : order.await(first, shell.options().timeoutOr(PATIENCE));
        shell.print(
                last,
                () ->
                        detached
                                ? "%s  drains   %s%n"
                                        .formatted(target.name(), DrainOrder.progress(first))
                                : "%s  empty   tombolo broker undrain %s gives it replicas again%n"
                                        .formatted(target.name(), target.name()));
        return ExitCode.OK.number();
    }
}
