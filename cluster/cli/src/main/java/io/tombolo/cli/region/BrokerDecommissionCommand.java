package io.tombolo.cli.region;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

    private static final String VOTES =
            "      it votes about the metadata still: take its vote before it stops"
                    + " (kafka-metadata-quorum remove-controller; see the README)\n";

    private final Shell shell;

    @Mixin private final DrainChoice choice = new DrainChoice();

    BrokerDecommissionCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        BrokerTarget target = choice.target(shell);
        shell.confirm("decommission " + target.name(), target.name());
        Tree last = choice.carryOut("leave", target, shell);
        shell.print(last, () -> text(target, last));
        return ExitCode.OK.number();
    }

    private static boolean votes(BrokerTarget target) {
        return target.view().at("voter").flag();
    }

    private String text(BrokerTarget target, Tree last) {
        if (!last.present()) {
            return "%s  has left region %s%n".formatted(target.name(), target.region().id());
        }
        String number = target.name().substring(target.name().lastIndexOf('-') + 1);
        String then =
                "it leaves the region when it stops: tombolo down --region %s --id %s"
                        .formatted(target.region().id(), number);
        return choice.text(target, last, then) + (votes(target) ? VOTES : "");
    }
}
