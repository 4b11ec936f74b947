package io.tombolo.cli.admin;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;

/** Stops copying; the copy stays where it is. */
@Command(
        name = "pause",
        description = "Stops copying; the copy stays where it is.",
        footer = {"", "Example:", "  tombolo link pause eu-to-us"})
final class LinkPauseCommand extends LinkChange {

    LinkPauseCommand(Shell shell) {
        super(shell, "pause");
    }
}
