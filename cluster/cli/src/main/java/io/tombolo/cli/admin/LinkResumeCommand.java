package io.tombolo.cli.admin;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;

/** Goes on copying where it stopped. */
@Command(
        name = "resume",
        description = "Goes on copying where it stopped.",
        footer = {"", "Example:", "  tombolo link resume eu-to-us"})
final class LinkResumeCommand extends LinkChange {

    LinkResumeCommand(Shell shell) {
        super(shell, "resume");
    }
}
