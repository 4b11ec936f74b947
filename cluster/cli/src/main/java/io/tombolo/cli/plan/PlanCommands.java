package io.tombolo.cli.plan;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;

/** Makes the commands of this package. */
public final class PlanCommands {

    private PlanCommands() {}

    /** {@code diff}. */
    public static CommandLine diff(Shell shell) {
        return new CommandLine(new DiffCommand(shell));
    }

    /** {@code plan}. */
    public static CommandLine plan(Shell shell) {
        return new CommandLine(new PlanCommand(shell));
    }

    /** {@code apply}. */
    public static CommandLine apply(Shell shell) {
        return new CommandLine(new ApplyCommand(shell));
    }

    /** {@code export}. */
    public static CommandLine export(Shell shell) {
        return new CommandLine(new ExportCommand(shell));
    }
}
