package io.tombolo.cli.kafka;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine;

/** The commands of this package, ready to be hung into the tree. */
public final class KafkaCommands {

    private KafkaCommands() {}

    /** {@code topic} and what is below it. */
    public static CommandLine topic(Shell shell) {
        return new CommandLine(new TopicCommand())
                .addSubcommand(new TopicListCommand(shell))
                .addSubcommand(new TopicCreateCommand(shell))
                .addSubcommand(new TopicDescribeCommand(shell))
                .addSubcommand(new TopicDeleteCommand(shell))
                .addSubcommand(new TopicProduceCommand(shell))
                .addSubcommand(new TopicConsumeCommand(shell));
    }
}
