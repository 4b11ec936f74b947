package io.tombolo.cli.admin;

import picocli.CommandLine.Command;

/** The group of commands about links. */
@Command(
        name = "link",
        description = "Offset-preserving copies between regions.",
        synopsisSubcommandLabel = "COMMAND")
final class LinkCommand {}
