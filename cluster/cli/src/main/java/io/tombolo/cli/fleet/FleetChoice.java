package io.tombolo.cli.fleet;

import io.tombolo.cli.shell.Shell;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Optional;
import java.util.OptionalInt;

/** Which brokers of the file are meant. Filled in by the parser. */
final class FleetChoice {

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "Brokers of this region only (default: all).")
    private @Nullable String region;

    @Option(
            names = "--id",
            paramLabel = "NUMBER",
            description = "Only the broker with this number in its region, from 1.")
    private @Nullable Integer number;

    /** The brokers chosen. */
    Fleet fleet(Shell shell) {
        return Fleet.of(
                shell,
                Optional.ofNullable(region),
                number == null ? OptionalInt.empty() : OptionalInt.of(number));
    }

    /** The same choice for another command of the same kind, as typed; with a blank before it. */
    String asTyped() {
        return (region == null ? "" : " --region " + region)
                + (number == null ? "" : " --id " + number);
    }
}
