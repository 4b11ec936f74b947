package io.tombolo.cli.kafka;

import picocli.CommandLine.Command;

/** The group of commands about topics and records. */
@Command(
        name = "topic",
        description = "Topics and their records.",
        synopsisSubcommandLabel = "COMMAND")
final class TopicCommand {}
