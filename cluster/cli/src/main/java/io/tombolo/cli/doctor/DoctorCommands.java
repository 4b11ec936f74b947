package io.tombolo.cli.doctor;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;

/** The commands of this package, ready to be hung into the tree. */
public final class DoctorCommands {

    private DoctorCommands() {}

    /** Hangs {@code doctor} below {@code link}. */
    public static CommandLine below(CommandLine link, Shell shell) {
        return link.addSubcommand(new LinkDoctorCommand(shell));
    }
}
