package io.tombolo.cli.group;

import picocli.CommandLine.Command;

/** The group of commands about consumer groups. */
@Command(
        name = "group",
        description = "Consumer groups and their positions.",
        synopsisSubcommandLabel = "COMMAND")
final class GroupCommand {}
