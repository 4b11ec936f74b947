package io.tombolo.cli.region;

import io.tombolo.cli.fleet.FleetCommands;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;

/** The commands of this package, ready to be hung into the tree. */
public final class RegionCommands {

    private RegionCommands() {}

    /** {@code region} and what is below it. */
    public static CommandLine region(Shell shell) {
        return new CommandLine(new RegionCommand())
                .addSubcommand(new RegionListCommand(shell))
                .addSubcommand(new RegionDescribeCommand(shell))
                .addSubcommand(FleetCommands.restart(shell));
    }

    /** What is below {@code broker}. */
    public static CommandLine below(CommandLine broker, Shell shell) {
        return broker.addSubcommand(new BrokerListCommand(shell))
                .addSubcommand(new BrokerDescribeCommand(shell))
                .addSubcommand(new BrokerDrainCommand(shell))
                .addSubcommand(new BrokerDecommissionCommand(shell))
                .addSubcommand(new BrokerUndrainCommand(shell));
    }
}
