package io.tombolo.cli.fleet;

import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** The brokers of the file on this machine. */
@Command(
        name = "ps",
        description = {
            "Shows every broker and controller of the file: its state, process, uptime, memory,"
                    + " ports and log.",
            "States: ready; starting, not ready, stopping (with the broker's own reason); no"
                    + " answer; suspended (by a signal);",
            "stopped; ended (it did not stop in an orderly way); not by up (it answers, and up did"
                    + " not start it)."
        },
        footer = {"", "Example:", "  tombolo ps", "  tombolo ps -o json | jq '.[].state'"})
final class PsCommand implements Callable<Integer> {

    private final Shell shell;

    @Mixin private final FleetChoice choice = new FleetChoice();

    PsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        FleetView.print(shell, choice.fleet(shell).conditions());
        return ExitCode.OK.number();
    }
}
