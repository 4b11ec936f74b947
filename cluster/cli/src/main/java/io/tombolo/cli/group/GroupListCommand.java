package io.tombolo.cli.group;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.kafka.Reachable;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;

/** Consumer groups of one region or of all. */
@Command(
        name = "list",
        description = "Consumer groups of one region or of all.",
        footer = {"", "Example:", "  tombolo group list"})
final class GroupListCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(names = "--region", paramLabel = "REGION", description = "Only this one.")
    private @Nullable String region;

    GroupListCommand(Shell shell) {
        this.shell = shell;
    }

    private record Line(String region, GroupListing group) {

        String state() {
            return group.groupState().map(Object::toString).orElse("");
        }

        String type() {
            return group.type().map(Object::toString).orElse("");
        }
    }

    @Override
    public Integer call() {
        List<Line> lines =
                Reachable.of(shell, RegionChoice.oneOrAll(shell, region), GroupListCommand::linesOf)
                        .stream()
                        .flatMap(List::stream)
                        .sorted(
                                Comparator.comparing((Line line) -> line.group().groupId())
                                        .thenComparing(Line::region))
                        .toList();
        shell.print(Tree.list(lines, GroupListCommand::treeOf), () -> table(lines));
        return ExitCode.OK.number();
    }

    private static List<Line> linesOf(KafkaRegion in) {
        try (Admin admin = in.admin()) {
            return in.await(admin.listGroups().all(), in.all("groups")).stream()
                    .map(group -> new Line(in.name(), group))
                    .toList();
        }
    }

    private static Tree treeOf(Line line) {
        return Tree.fields()
                .with("group", line.group().groupId())
                .with("region", line.region())
                .with("state", line.state())
                .with("type", line.type())
                .with("protocol", line.group().protocol());
    }

    private static String table(List<Line> lines) {
        Table table = Table.of("GROUP", "REGION", "STATE", "TYPE");
        lines.forEach(line ->
                table.row(line.group().groupId(), line.region(), line.state(), line.type()));
        return table.textOr("no groups");
    }
}
