package io.tombolo.cli.admin;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;

/** The commands of this package, ready to be hung into the tree. */
public final class AdminCommands {

    private AdminCommands() {}

    /** {@code status}. */
    public static CommandLine status(Shell shell) {
        return new CommandLine(new StatusCommand(shell));
    }

    /** {@code link} and what is below it. */
    public static CommandLine link(Shell shell) {
        return new CommandLine(new LinkCommand())
                .addSubcommand(new LinkListCommand(shell))
                .addSubcommand(new LinkDescribeCommand(shell))
                .addSubcommand(new LinkLineageCommand(shell))
                .addSubcommand(new LinkPauseCommand(shell))
                .addSubcommand(new LinkResumeCommand(shell));
    }
}
