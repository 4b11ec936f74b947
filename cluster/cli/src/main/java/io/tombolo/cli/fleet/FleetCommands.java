package io.tombolo.cli.fleet;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;

/** The commands of this package, ready to be hung into the tree. */
public final class FleetCommands {

    private FleetCommands() {}

    /** {@code up}. */
    public static CommandLine up(Shell shell) {
        return new CommandLine(new UpCommand(shell));
    }

    /** {@code down}. */
    public static CommandLine down(Shell shell) {
        return new CommandLine(new DownCommand(shell));
    }

    /** {@code ps}. */
    public static CommandLine ps(Shell shell) {
        return new CommandLine(new PsCommand(shell));
    }

    /** {@code logs}. */
    public static CommandLine logs(Shell shell) {
        return new CommandLine(new LogsCommand(shell));
    }

    /** {@code region restart}. */
    public static CommandLine restart(Shell shell) {
        return new CommandLine(new RegionRestartCommand(shell));
    }
}
