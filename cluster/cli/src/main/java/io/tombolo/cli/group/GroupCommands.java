package io.tombolo.cli.group;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;

/** The commands of this package, ready to be hung into the tree. */
public final class GroupCommands {

    private GroupCommands() {}

    /** {@code group} and what is below it. */
    public static CommandLine group(Shell shell) {
        return new CommandLine(new GroupCommand())
                .addSubcommand(new GroupListCommand(shell))
                .addSubcommand(new GroupDescribeCommand(shell))
                .addSubcommand(new GroupLagCommand(shell))
                .addSubcommand(new GroupSeekCommand(shell))
                .addSubcommand(new GroupDeleteCommand(shell));
    }
}
