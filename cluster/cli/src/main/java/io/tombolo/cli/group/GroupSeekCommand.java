package io.tombolo.cli.group;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.kafka.Partitions;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** Moves the positions of a group that has no members. */
@Command(
        name = "seek",
        description = {
            "Moves the positions of a group without members; shows them before and after, and",
            "asks first. Without --topic in every partition the group has a position in."
        },
        footer = {
            "",
            "Example:",
            "  tombolo group seek billing --to start",
            "  tombolo group seek billing --to 2026-11-22T10:00:00Z --topic orders",
            "  tombolo group seek billing --to 30m",
            "  tombolo group seek billing --to 1200 --topic orders -p 0",
            "  tombolo group seek billing --like billing-old"
        })
final class GroupSeekCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "GROUP", description = "Its name; it is made if it is new.")
    private String group = "";

    @Option(names = "--region", paramLabel = "REGION", description = "Where, if several know it.")
    private @Nullable String region;

    @Option(
            names = "--to",
            paramLabel = "WHERE",
            description = {
                "start (or earliest), end (or latest), an offset, a point in time",
                "(2026-11-22T10:00:00Z), or how long ago (30m): then the first record that is not",
                "older."
            })
    private @Nullable String to;

    @Option(
            names = "--like",
            paramLabel = "GROUP",
            description = "Where this other group of the same region is.")
    private @Nullable String like;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Only in it; may be repeated.")
    private List<String> topics = new ArrayList<>();

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NUMBER",
            description = "Only in it; may be repeated.")
    private List<Integer> partitions = new ArrayList<>();

    GroupSeekCommand(Shell shell) {
        this.shell = shell;
    }

    /** Where a partition is left and where it is gone on from; −1 for no position. */
    private record Move(TopicPartition partition, long from, long to) {}

    @Override
    public Integer call() {
        if ((to == null) == (like == null)) {
            throw CommandFailure.of(
                            Code.BAD_INPUT, "say where to go with --to or --like, one of them")
                    .at("tombolo group seek " + group)
                    .fix("tombolo group seek " + group + " --to start")
                    .failure();
        }
        GroupSight sight = sight();
        sight.requireEmpty();
        KafkaRegion in = sight.in();
        try (Admin admin = in.admin()) {
            List<Move> moves = moves(in, admin, sight);
            if (shell.forProgram() || !moves.isEmpty()) {
                shell.note(preview(moves));
            }
            shell.confirm("moving group " + group, group);
            Map<TopicPartition, OffsetAndMetadata> wanted = new HashMap<>();
            moves.forEach(move -> wanted.put(move.partition(), new OffsetAndMetadata(move.to())));
            in.await(admin.alterConsumerGroupOffsets(group, wanted).all(), in.group(group));
            shell.print(
                    Tree.list(moves, move -> treeOf(in, move)),
                    () ->
                            "moved group %s in %s, %d partitions\n"
                                    .formatted(group, in.name(), moves.size()));
        }
        return ExitCode.OK.number();
    }

    /** A group that nobody knows may be given positions where the user says which. */
    private GroupSight sight() {
        List<KafkaRegion> regions = RegionChoice.oneOrAll(shell, region);
        if (regions.size() == 1 && (!topics.isEmpty() || like != null)) {
            return GroupSight.of(regions.getFirst(), group);
        }
        return GroupSight.only(shell, region, group);
    }

    private List<Move> moves(KafkaRegion in, Admin admin, GroupSight sight) {
        SortedMap<TopicPartition, Long> before = new TreeMap<>(GroupSight.ORDER);
        sight.positions().forEach(at -> before.put(at.partition(), at.offset()));
        SortedMap<TopicPartition, Long> after = new TreeMap<>(GroupSight.ORDER);
        if (like != null) {
            GroupSight other = GroupSight.of(in, like);
            other.positions().forEach(at -> after.put(at.partition(), at.offset()));
            after.keySet().removeIf(partition -> !wanted(partition));
        } else {
            SeekTarget target = SeekTarget.parse(String.valueOf(to));
            after.putAll(target.offsets(in, admin, chosen(in, admin, before)));
        }
        if (after.isEmpty()) {
            throw CommandFailure.of(
                            Code.BAD_INPUT, "there is no partition to move group " + group + " in")
                    .at(like == null ? "--topic" : "--like " + like)
                    .fix("tombolo group describe " + (like == null ? group : like))
                    .failure();
        }
        var moves = new ArrayList<Move>();
        after.forEach((partition, offset) ->
                moves.add(new Move(partition, before.getOrDefault(partition, -1L), offset)));
        return moves;
    }

    private boolean wanted(TopicPartition partition) {
        return (topics.isEmpty() || topics.contains(partition.topic()))
                && (partitions.isEmpty() || partitions.contains(partition.partition()));
    }

    /** The partitions of the topics named, else those that the group has positions in. */
    private List<TopicPartition> chosen(
            KafkaRegion in, Admin admin, SortedMap<TopicPartition, Long> before) {
        var chosen = new ArrayList<TopicPartition>();
        if (topics.isEmpty()) {
            chosen.addAll(before.keySet());
        }
        for (String topic : topics) {
            for (Partitions found : Partitions.of(in, admin, topic)) {
                chosen.add(new TopicPartition(topic, found.info().partition()));
            }
        }
        chosen.removeIf(partition -> !wanted(partition));
        return chosen;
    }

    private static String preview(List<Move> moves) {
        Table table = Table.of("TOPIC", "PARTITION", "FROM", "TO", "CHANGE");
        for (Move move : moves) {
            table.row(
                    move.partition().topic(),
                    move.partition().partition(),
                    move.from() < 0 ? "–" : Long.toString(move.from()),
                    move.to(),
                    move.from() < 0 ? "new" : "%+d".formatted(move.to() - move.from()));
        }
        return table.text().stripTrailing();
    }

    private Tree treeOf(KafkaRegion in, Move move) {
        return Tree.fields()
                .with("group", group)
                .with("region", in.name())
                .with("topic", move.partition().topic())
                .with("partition", move.partition().partition())
                .with("from", move.from())
                .with("to", move.to());
    }
}
