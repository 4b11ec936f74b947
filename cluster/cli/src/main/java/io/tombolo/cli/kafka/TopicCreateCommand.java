package io.tombolo.cli.kafka;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Topics;

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
            description = "Default: what the file says, otherwise what the region says.")
    private @Nullable Integer partitions;

    @Option(
            names = {"-r", "--replicas"},
            paramLabel = "COUNT",
            description = "Default: what the file says, otherwise what the region says.")
    private @Nullable Short replicas;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "NAME=VALUE",
            description =
                    "A topic config by Kafka's name, before what the file says; may be repeated.")
    private Map<String, String> configs = new LinkedHashMap<>();

    TopicCreateCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        KafkaRegion in = RegionChoice.forTopic(shell, region, topic);
        NewTopic wanted =
                new Wish(topic, partitions, replicas, configs).completedBy(LoadedFile.of(shell));
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

    /** What a new topic is to have, as far as the command says it. */
    record Wish(
            String name,
            @Nullable Integer partitions,
            @Nullable Short replicas,
            Map<String, String> configs) {

        /**
         * What the command leaves open comes from the topic's own entry in the file, otherwise from
         * {@code defaults.topic}, otherwise the region decides.
         */
        NewTopic completedBy(LoadedFile file) {
            Topics topics = file.topology().topics();
            Topics.Topic declared = topics.declared().get(name);
            Map<String, String> told;
            Optional<Integer> toldPartitions;
            Optional<Integer> toldReplicas;
            if (declared != null) {
                told = declared.config();
                toldPartitions = Optional.of(declared.partitions());
                toldReplicas = Optional.of(declared.replicas());
            } else {
                Topics.Defaults defaults = topics.defaults();
                told = defaults.config();
                toldPartitions = said(file, "partitions", defaults.partitions());
                toldReplicas = said(file, "replicas", defaults.replicas());
            }
            var all = new LinkedHashMap<>(told);
            all.putAll(configs);
            return new NewTopic(
                            name,
                            Optional.ofNullable(partitions).or(() -> toldPartitions),
                            Optional.ofNullable(replicas)
                                    .or(() -> toldReplicas.map(Integer::shortValue)))
                    .configs(all);
        }

        private static Optional<Integer> said(LoadedFile file, String field, int value) {
            return file.valid().where("defaults.topic." + field).map(_ -> value);
        }
    }
}
