package io.tombolo.cli.kafka;

import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;

/** Topics of one region or of all. */
@Command(
        name = "list",
        description = "Topics of one region or of all.",
        footer = {"", "Example:", "  tombolo topic list --region us"})
final class TopicListCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(names = "--region", paramLabel = "REGION", description = "Only this one.")
    private @Nullable String region;

    @Option(names = "--internal", description = "Also topics of the brokers themselves.")
    private boolean internal;

    TopicListCommand(Shell shell) {
        this.shell = shell;
    }

    private record Line(String region, TopicDescription topic) {}

    @Override
    public Integer call() {
        List<Line> lines =
                Reachable.of(shell, RegionChoice.oneOrAll(shell, region), this::linesOf).stream()
                        .flatMap(List::stream)
                        .sorted(
                                Comparator.comparing((Line line) -> line.topic().name())
                                        .thenComparing(Line::region))
                        .toList();
        shell.print(Tree.list(lines, TopicListCommand::treeOf), () -> table(lines));
        return ExitCode.OK.number();
    }

    private List<Line> linesOf(KafkaRegion in) {
        try (Admin admin = in.admin()) {
            var names =
                    in.await(
                            admin.listTopics(new ListTopicsOptions().listInternal(internal))
                                    .names(),
                            in.all("topics"));
            return in
                    .await(admin.describeTopics(names).allTopicNames(), in.all("topics"))
                    .values()
                    .stream()
                    .map(topic -> new Line(in.name(), topic))
                    .toList();
        }
    }

    private static int replicas(TopicDescription topic) {
        return topic.partitions().isEmpty() ? 0 : topic.partitions().getFirst().replicas().size();
    }

    private static Tree treeOf(Line line) {
        return Tree.fields()
                .with("topic", line.topic().name())
                .with("region", line.region())
                .with("id", line.topic().topicId())
                .with("partitions", line.topic().partitions().size())
                .with("replicas", replicas(line.topic()))
                .with("internal", line.topic().isInternal());
    }

    private static String table(List<Line> lines) {
        Table table = Table.of("TOPIC", "REGION", "PARTITIONS", "REPLICAS", "ID");
        for (Line line : lines) {
            table.row(
                    line.topic().name(),
                    line.region(),
                    line.topic().partitions().size(),
                    replicas(line.topic()),
                    line.topic().topicId());
        }
        return table.textOr("no topics");
    }
}
