package io.tombolo.cli.kafka;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.concurrent.Callable;

/** Deletes a topic with its records. */
@Command(
        name = "delete",
        description = "Deletes a topic with its records; says how many and asks first.",
        footer = {"", "Example:", "  tombolo topic delete orders -y"})
final class TopicDeleteCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "TOPIC", description = "Its name; no patterns.")
    private String topic = "";

    @Option(names = "--region", paramLabel = "REGION", description = "Where (default: the owner).")
    private @Nullable String region;

    TopicDeleteCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        KafkaRegion in = RegionChoice.forTopic(shell, region, topic);
        try (Admin admin = in.admin()) {
            long records =
                    Partitions.of(in, admin, topic).stream().mapToLong(Partitions::count).sum();
            shell.note(
                    "Topic %s in %s holds %s."
                            .formatted(topic, in.name(), Amounts.of(records, "record")));
            shell.confirm("deleting topic " + topic, topic);
            in.await(admin.deleteTopics(List.of(topic)).all(), in.topic(topic));
            Tree tree =
                    Tree.fields()
                            .with("topic", topic)
                            .with("region", in.name())
                            .with("deleted", true)
                            .with("records", records);
            shell.print(tree, () -> "deleted topic %s in %s\n".formatted(topic, in.name()));
        }
        return ExitCode.OK.number();
    }
}
