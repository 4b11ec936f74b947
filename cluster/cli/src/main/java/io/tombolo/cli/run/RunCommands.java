package io.tombolo.cli.run;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;

/** The commands of this package, ready to be hung into the tree. */
public final class RunCommands {

    private RunCommands() {}

    /** {@code broker}. */
    public static CommandLine broker(Shell shell) {
        return new CommandLine(new BrokerCommand(shell));
    }

    /** {@code controller}. */
    public static CommandLine controller(Shell shell) {
        return new CommandLine(new ControllerCommand(shell));
    }

    /** {@code dev}. */
    public static CommandLine dev(Shell shell) {
        return new CommandLine(new DevCommand(shell));
    }
}
