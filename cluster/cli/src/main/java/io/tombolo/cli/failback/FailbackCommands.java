package io.tombolo.cli.failback;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;

/** The commands of this package, ready to be hung into the tree. */
public final class FailbackCommands {

    private FailbackCommands() {}

    /** {@code failback}. */
    public static CommandLine failback(Shell shell) {
        return new CommandLine(new FailbackCommand(shell));
    }

    /** {@code divergence} and what is below it. */
    public static CommandLine divergence(Shell shell) {
        return new CommandLine(new DivergenceCommand())
                .addSubcommand(new DivergenceListCommand(shell))
                .addSubcommand(new DivergenceExportCommand(shell))
                .addSubcommand(new DivergenceReplayCommand(shell));
    }
}
