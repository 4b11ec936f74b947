package io.tombolo.cli.region;

import io.tombolo.cli.kafka.Votes;
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
                    + " the order. Then takes its vote about the metadata, if it has one."
        },
        footer = {
            "",
            "Example:",
            "  tombolo broker decommission eu-3",
            "  tombolo broker decommission eu-3 -y --reason 'old machine'"
        })
final class BrokerDecommissionCommand implements Callable<Integer> {

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
        if (choice.waits()) {
            // While it runs: who has stopped with a vote is missed in every majority.
            Votes.take(shell, target.region().id().name(), target.id());
        }
        shell.print(last, () -> text(target, last));
        return ExitCode.OK.number();
    }

    private String text(BrokerTarget target, Tree last) {
        if (!last.present()) {
            return "%s  has left region %s%n".formatted(target.name(), target.region().id());
        }
        String number = target.name().substring(target.name().lastIndexOf('-') + 1);
        String then =
                "it leaves the region when it stops: tombolo down --region %s --id %s"
                        .formatted(target.region().id(), number);
        return choice.text(target, last, then);
    }
}
