package io.tombolo.cli.group;

import io.tombolo.cli.kafka.KafkaRegion;
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

/** Deletes a group that has no members, with its positions. */
@Command(
        name = "delete",
        description = "Deletes a group without members, with its positions; asks first.",
        footer = {"", "Example:", "  tombolo group delete billing -y"})
final class GroupDeleteCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "GROUP", description = "Its name; no patterns.")
    private String group = "";

    @Option(names = "--region", paramLabel = "REGION", description = "Where, if several know it.")
    private @Nullable String region;

    GroupDeleteCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        GroupSight sight = GroupSight.only(shell, region, group);
        sight.requireEmpty();
        int count = sight.positions().size();
        shell.note(
                "Group %s in %s has %s."
                        .formatted(group, sight.region(), Amounts.of(count, "position")));
        shell.confirm("deleting group " + group, group);
        KafkaRegion in = sight.in();
        try (Admin admin = in.admin()) {
            in.await(admin.deleteConsumerGroups(List.of(group)).all(), in.group(group));
        }
        Tree tree =
                Tree.fields()
                        .with("group", group)
                        .with("region", sight.region())
                        .with("deleted", true)
                        .with("positions", count);
        shell.print(tree, () -> "deleted group %s in %s\n".formatted(group, sight.region()));
        return ExitCode.OK.number();
    }
}
