package io.tombolo.cli.kafka;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** One topic: partitions, offsets, settings. */
@Command(
        name = "describe",
        description = "One topic: partitions, offsets, settings.",
        footer = {"", "Example:", "  tombolo topic describe orders --region us"})
final class TopicDescribeCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String topic = "";

    @Option(names = "--region", paramLabel = "REGION", description = "Where (default: the owner).")
    private @Nullable String region;

    @Option(names = "--all-configs", description = "Also settings that have their default value.")
    private boolean allConfigs;

    TopicDescribeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        KafkaRegion in = RegionChoice.forTopic(shell, region, topic);
        try (Admin admin = in.admin()) {
            List<Partitions> partitions = Partitions.of(in, admin, topic);
            List<ConfigEntry> configs = configs(in, admin);
            Tree tree =
                    Tree.fields()
                            .with("topic", topic)
                            .with("region", in.name())
                            .with("partitions", Tree.list(partitions, TopicDescribeCommand::treeOf))
                            .with("configs", Tree.list(configs, TopicDescribeCommand::treeOf));
            shell.print(tree, () -> text(in, partitions, configs));
        }
        return ExitCode.OK.number();
    }

    private List<ConfigEntry> configs(KafkaRegion in, Admin admin) {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return in
                .await(
                        KafkaRegion.entry(
                                admin.describeConfigs(List.of(resource)).values(), resource),
                        in.topic(topic))
                .entries()
                .stream()
                .filter(entry -> allConfigs || !entry.isDefault())
                .sorted(Comparator.comparing(ConfigEntry::name))
                .toList();
    }

    private static Tree treeOf(Partitions partition) {
        Node leader = partition.info().leader();
        return Tree.fields()
                .with("partition", partition.info().partition())
                .with("leader", leader == null ? Tree.NOTHING : Tree.of(leader.id()))
                .with("replicas", ids(partition.info().replicas()))
                .with("inSync", ids(partition.info().isr()))
                .with("startOffset", partition.startOffset())
                .with("endOffset", partition.endOffset());
    }

    private static Tree treeOf(ConfigEntry entry) {
        String value = entry.value();
        return Tree.fields()
                .with("name", entry.name())
                .with("value", value == null ? Tree.NOTHING : Tree.of(value))
                .with("source", entry.source());
    }

    private static List<Integer> ids(Collection<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    private String text(KafkaRegion in, List<Partitions> partitions, List<ConfigEntry> configs) {
        Table table =
                Table.of("PARTITION", "LEADER", "REPLICAS", "IN SYNC", "START", "END", "RECORDS");
        for (Partitions partition : partitions) {
            Node leader = partition.info().leader();
            table.row(
                    partition.info().partition(),
                    leader == null ? "" : Integer.toString(leader.id()),
                    joined(partition.info().replicas()),
                    joined(partition.info().isr()),
                    partition.startOffset(),
                    partition.endOffset(),
                    Amounts.count(partition.count()));
        }
        Table settings = Table.of("CONFIG", "VALUE", "FROM");
        for (ConfigEntry entry : configs) {
            settings.row(
                    entry.name(),
                    String.valueOf(entry.value()),
                    entry.source().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        }
        return "topic %s in region %s\n\n".formatted(topic, in.name())
                + table.text()
                + "\n"
                + settings.textOr("every setting has its default value");
    }

    private static String joined(Collection<Node> nodes) {
        return nodes.stream().map(Node::idString).collect(Collectors.joining(","));
    }
}
