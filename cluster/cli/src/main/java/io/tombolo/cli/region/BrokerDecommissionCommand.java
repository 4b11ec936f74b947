package io.tombolo.cli.region;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Moves everything off a broker and takes it out of its region. */
@Command(
        name = "decommission",
        description = {
            "Moves every replica and leadership off a broker, and takes it out of its region once"
                    + " it is empty and has stopped.",
            "Asks for confirmation (-y). Waits until it is empty, as drain does; the region keeps"
                    + " the order."
        },
        footer = {
            "",
            "Example:",
            "  tombolo broker decommission eu-3",
            "  tombolo broker decommission eu-3 -y --reason 'old machine'"
        })
final class BrokerDecommissionCommand implements Callable<Integer> {

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

    BrokerDecommissionCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        BrokerTarget target = BrokerTarget.of(shell, broker);
        shell.confirm("decommission " + target.name(), target.name());
        var order = new DrainOrder(shell, target);
        Tree first = order.give("leave", reason);
        Tree last = detached ? first : order.await(first, shell.options().timeoutOr(PATIENCE));
        shell.print(last, () -> text(target, last));
        return ExitCode.OK.number();
    }

    private String text(BrokerTarget target, Tree last) {
        if (!last.present()) {
            return "%s  has left region %s%n".formatted(target.name(), target.region().id());
        }
        if (detached) {
            return "%s  drains   %s%n".formatted(target.name(), DrainOrder.progress(last));
        }
        String number = target.name().substring(target.name().lastIndexOf('-') + 1);
        return "%s  empty   it leaves the region when it stops: tombolo down --region %s --id %s%n"
                .formatted(target.name(), target.region().id(), number);
    }
}
