package io.tombolo.cli.kafka;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Creates a topic. */
@Command(
        name = "create",
        description = "Creates a topic; links that choose it copy it by themselves.",
        footer = {
            "",
            "Example:",
            "  tombolo topic create orders --partitions 6 --config retention.ms=86400000"
        })
final class TopicCreateCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String topic = "";

    @Option(names = "--region", paramLabel = "REGION", description = "Where (default: the owner).")
    private @Nullable String region;

    @Option(
            names = {"-p", "--partitions"},
            paramLabel = "COUNT",
            description = "Default: what the region is configured with.")
    private @Nullable Integer partitions;

    @Option(
            names = {"-r", "--replicas"},
            paramLabel = "COUNT",
            description = "Default: what the region is configured with.")
    private @Nullable Short replicas;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "NAME=VALUE",
            description = "A topic config by Kafka's name; may be repeated.")
    private Map<String, String> configs = new LinkedHashMap<>();

    TopicCreateCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        KafkaRegion in = RegionChoice.forTopic(shell, region, topic);
        var wanted =
                new NewTopic(topic, Optional.ofNullable(partitions), Optional.ofNullable(replicas))
                        .configs(configs);
        try (Admin admin = in.admin()) {
            var result = admin.createTopics(List.of(wanted));
            in.await(result.all(), in.topic(topic));
            int count = in.await(result.numPartitions(topic), in.topic(topic));
            Tree tree =
                    Tree.fields()
                            .with("topic", topic)
                            .with("region", in.name())
                            .with("id", in.await(result.topicId(topic), in.topic(topic)))
                            .with("partitions", count);
            shell.print(
                    tree,
                    () ->
                            "created topic %s in %s with %d partition%s\n"
                                    .formatted(topic, in.name(), count, count == 1 ? "" : "s"));
        }
        return ExitCode.OK.number();
    }
}
