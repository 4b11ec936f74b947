package io.tombolo.cli.kafka;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ClassicGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

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

    private record Position(TopicPartition partition, long offset, long endOffset) {

        long lag() {
            return Math.max(0, endOffset - offset);
        }
    }

    private record Sight(
            String region,
            String state,
            List<MemberDescription> members,
            List<Position> positions) {

        boolean known() {
            return !state.equals("Dead") || !positions.isEmpty();
        }
    }

    @Override
    public Integer call() {
        List<Sight> sights =
                Reachable.of(shell, RegionChoice.oneOrAll(shell, region), this::sight).stream()
                        .filter(Sight::known)
                        .toList();
        if (sights.isEmpty()) {
            throw CommandFailure.of(Code.NO_SUCH_GROUP, "there is no group " + group)
                    .at(region == null ? "any region that answers" : "region " + region)
                    .fix("tombolo group list")
                    .failure();
        }
        shell.print(Tree.list(sights, this::treeOf), () -> text(sights));
        return ExitCode.OK.number();
    }

    private Sight sight(KafkaRegion in) {
        try (Admin admin = in.admin()) {
            List<Position> positions = positions(in, admin);
            ClassicGroupDescription description =
                    KafkaRegion.entry(
                                    admin.describeClassicGroups(List.of(group)).describedGroups(),
                                    group)
                            .get(in.timeoutMs(), TimeUnit.MILLISECONDS);
            return new Sight(
                    in.name(),
                    description.state().toString(),
                    List.copyOf(description.members()),
                    positions);
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof GroupIdNotFoundException) {
                return new Sight(in.name(), "Dead", List.of(), List.of());
            }
            throw KafkaFailures.of(refused.getCause(), in.group(group));
        } catch (java.util.concurrent.TimeoutException late) {
            throw KafkaFailures.of(
                    new org.apache.kafka.common.errors.TimeoutException("no answer", late),
                    in.group(group));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private List<Position> positions(KafkaRegion in, Admin admin) {
        Map<TopicPartition, OffsetAndMetadata> committed =
                in.await(
                        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
                        in.group(group));
        Map<TopicPartition, OffsetSpec> wanted =
                committed.keySet().stream()
                        .collect(
                                Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> ends =
                in.await(admin.listOffsets(wanted).all(), in.group(group));
        var positions = new ArrayList<Position>();
        committed.forEach((partition, offset) ->
                positions.add(
                        new Position(
                                partition,
                                offset.offset(),
                                KafkaRegion.entry(ends, partition).offset())));
        positions.sort(
                Comparator.comparing((Position position) -> position.partition().topic())
                        .thenComparing(position -> position.partition().partition()));
        return positions;
    }

    private Tree treeOf(Sight sight) {
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

    private String text(List<Sight> sights) {
        Table states = Table.of("GROUP", "REGION", "STATE", "MEMBERS", "LAG");
        Table positions = Table.of("TOPIC", "PARTITION", "REGION", "POSITION", "END", "LAG");
        Table members = Table.of("MEMBER", "REGION", "HOST", "PARTITIONS");
        for (Sight sight : sights) {
            long lag = sight.positions().stream().mapToLong(Position::lag).sum();
            states.row(
                    group,
                    sight.region(),
                    sight.state(),
                    sight.members().size(),
                    Amounts.count(lag));
            for (Position position : sight.positions()) {
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
