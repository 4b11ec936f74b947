package io.tombolo.cli.fleet;

import io.tombolo.cli.shell.Shell;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Optional;

/** Which brokers and controllers of the file are meant. Filled in by the parser. */
final class FleetChoice {

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "Brokers and controllers of this region only (default: all).")
    private @Nullable String region;

    @Option(
            names = "--id",
            paramLabel = "NUMBER",
            description =
                    "Only the broker with this number in its region, from 1; c1 is controller 1.")
    private @Nullable String number;

    /** Those chosen. */
    Fleet fleet(Shell shell) {
        return Fleet.of(shell, Optional.ofNullable(region), Optional.ofNullable(number));
    }

    /** The same choice for another command of the same kind, as typed; with a blank before it. */
    String asTyped() {
        return (region == null ? "" : " --region " + region)
                + (number == null ? "" : " --id " + number);
    }
}
