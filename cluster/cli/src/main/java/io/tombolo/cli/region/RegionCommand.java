package io.tombolo.cli.region;

import picocli.CommandLine.Command;

/** Groups the commands about regions. */
@Command(
        name = "region",
        description = "Regions and the brokers that they are made of.",
        synopsisSubcommandLabel = "COMMAND")
final class RegionCommand {}
