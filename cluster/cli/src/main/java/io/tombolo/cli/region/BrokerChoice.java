package io.tombolo.cli.region;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Parameters;

/** Which broker is meant. Filled in by the parser. */
final class BrokerChoice {

    @Parameters(
            paramLabel = "BROKER",
            description = "Its region and number, eu-2, or its id in Kafka.")
    private String broker = "";

    /** As {@link BrokerTarget#of}. */
    BrokerTarget target(Shell shell) {
        return BrokerTarget.of(shell, broker);
    }
}
