package io.tombolo.cli.transaction;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of this package, ready to be hung into the tree. */
public final class TransactionCommands {

    /** The group of commands about transactions. */
    @Command(
            name = "txn",
            description = "Transactions and who holds them open.",
            synopsisSubcommandLabel = "COMMAND")
    private static final class TransactionCommand {}

    private TransactionCommands() {}

    /** {@code txn} and what is below it. */
    public static CommandLine txn(Shell shell) {
        return new CommandLine(new TransactionCommand())
                .addSubcommand(new TransactionListCommand(shell))
                .addSubcommand(new TransactionDescribeCommand(shell))
                .addSubcommand(new TransactionAbortCommand(shell));
    }
}
