package io.tombolo.cli.failback;

import picocli.CommandLine.Command;

/** What only one region had when another one had taken over; the commands are below it. */
@Command(
        name = "divergence",
        description = "What a region had that the one which took over has not.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Example:", "  tombolo divergence list"})
final class DivergenceCommand {}
