package io.tombolo.cli.handover;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;

/** The commands of this package, ready to be hung into the tree. */
public final class HandoverCommands {

    private HandoverCommands() {}

    /** {@code failover} and what is below it. */
    public static CommandLine failover(Shell shell) {
        return new CommandLine(new FailoverCommand(shell))
                .addSubcommand(new RehearseCommand(shell))
                .addSubcommand(new HistoryCommand(shell))
                .addSubcommand(new ClientsCommand(shell));
    }
}
