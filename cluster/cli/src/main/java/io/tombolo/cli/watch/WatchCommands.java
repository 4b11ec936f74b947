package io.tombolo.cli.watch;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;

/** The commands of this package, ready to be hung into the tree. */
public final class WatchCommands {

    private WatchCommands() {}

    /** {@code top}. */
    public static CommandLine top(Shell shell) {
        return new CommandLine(new TopCommand(shell));
    }
}
