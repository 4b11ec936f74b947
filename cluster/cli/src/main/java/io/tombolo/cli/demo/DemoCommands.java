package io.tombolo.cli.demo;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;

/** The commands of this package, ready to be hung into the tree. */
public final class DemoCommands {

    private DemoCommands() {}

    /** {@code demo}. */
    public static CommandLine demo(Shell shell) {
        return new CommandLine(new DemoCommand(shell));
    }
}
