package io.tombolo.cli.group;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.concurrent.Callable;

/** One group: members and positions, in every region that knows it. */
@Command(
        name = "describe",
        description = "One group: members and positions, in every region that knows it.",
        footer = {"", "Example:", "  tombolo group describe billing"})
final class GroupDescribeCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String group = "";

    @Option(names = "--region", paramLabel = "REGION", description = "Only this one.")
    private @Nullable String region;

    GroupDescribeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        List<GroupSight> sights = GroupSight.everywhere(shell, region, group);
        shell.print(Tree.list(sights, this::treeOf), () -> text(sights));
        return ExitCode.OK.number();
    }

    private Tree treeOf(GroupSight sight) {
        return Tree.fields()
                .with("group", group)
                .with("region", sight.region())
                .with("state", sight.state())
                .with(
                        "members",
                        Tree.list(
                                sight.members(),
                                member ->
                                        Tree.fields()
                                                .with("id", member.consumerId())
                                                .with("clientId", member.clientId())
                                                .with("host", member.host())
                                                .with("partitions", assigned(member))))
                .with(
                        "positions",
                        Tree.list(
                                sight.positions(),
                                position ->
                                        Tree.fields()
                                                .with("topic", position.partition().topic())
                                                .with("partition", position.partition().partition())
                                                .with("offset", position.offset())
                                                .with("endOffset", position.endOffset())
                                                .with("lag", position.lag())));
    }

    private static List<String> assigned(MemberDescription member) {
        return member.assignment().topicPartitions().stream()
                .map(TopicPartition::toString)
                .sorted()
                .toList();
    }

    private String text(List<GroupSight> sights) {
        Table states = Table.of("GROUP", "REGION", "STATE", "MEMBERS", "LAG");
        Table positions = Table.of("TOPIC", "PARTITION", "REGION", "POSITION", "END", "LAG");
        Table members = Table.of("MEMBER", "REGION", "HOST", "PARTITIONS");
        for (GroupSight sight : sights) {
            long lag = sight.positions().stream().mapToLong(GroupSight.Position::lag).sum();
            states.row(
                    group,
                    sight.region(),
                    sight.state(),
                    sight.members().size(),
                    Amounts.count(lag));
            for (GroupSight.Position position : sight.positions()) {
                positions.row(
                        position.partition().topic(),
                        position.partition().partition(),
                        sight.region(),
                        position.offset(),
                        position.endOffset(),
                        Amounts.count(position.lag()));
            }
            for (MemberDescription member : sight.members()) {
                members.row(
                        member.clientId(),
                        sight.region(),
                        member.host(),
                        String.join(",", assigned(member)));
            }
        }
        return states.text()
                + "\n"
                + positions.textOr("no position was committed")
                + (members.isEmpty() ? "" : "\n" + members.text());
    }
}
