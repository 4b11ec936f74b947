package io.tombolo.cli.group;

import io.tombolo.cli.group.GroupSight.Position;
import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.kafka.Reachable;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** How far groups are behind, in records and in time. */
@Command(
        name = "lag",
        description = {
            "How far groups are behind, in records and in time: how old the oldest record is",
            "that a group has not committed. With or without live members."
        },
        footer = {"", "Example:", "  tombolo group lag billing shipping"})
final class GroupLagCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "GROUP", arity = "0..*", description = "Only these.")
    private List<String> groups = List.of();

    @Option(names = "--region", paramLabel = "REGION", description = "Only this one.")
    private @Nullable String region;

    GroupLagCommand(Shell shell) {
        this.shell = shell;
    }

    /**
     * @param ageMs of the oldest record not read, −1 when that is not known
     */
    private record Line(GroupSight sight, Position position, long ageMs) {}

    @Override
    public Integer call() {
        List<GroupSight> sights =
                groups.isEmpty()
                        ? all()
                        : groups.stream()
                                .flatMap(group ->
                                        GroupSight.everywhere(shell, region, group).stream())
                                .toList();
        var lines = new ArrayList<Line>();
        for (GroupSight sight : sights) {
            var ages = OldestUnread.agesMs(sight);
            for (Position position : sight.positions()) {
                long ageMs = position.lag() == 0 ? 0 : ages.getOrDefault(position.partition(), -1L);
                lines.add(new Line(sight, position, ageMs));
            }
        }
        shell.print(Tree.list(lines, GroupLagCommand::treeOf), () -> table(lines));
        return ExitCode.OK.number();
    }

    private List<GroupSight> all() {
        return Reachable.of(shell, RegionChoice.oneOrAll(shell, region), GroupLagCommand::allOf)
                .stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparing(GroupSight::group).thenComparing(GroupSight::region))
                .toList();
    }

    private static List<GroupSight> allOf(KafkaRegion in) {
        List<String> names;
        try (Admin admin = in.admin()) {
            names =
                    in.await(admin.listGroups().all(), in.all("groups")).stream()
                            .map(GroupListing::groupId)
                            .toList();
        }
        return names.stream().map(name -> GroupSight.of(in, name)).toList();
    }

    private static Tree treeOf(Line line) {
        return Tree.fields()
                .with("group", line.sight().group())
                .with("region", line.sight().region())
                .with("topic", line.position().partition().topic())
                .with("partition", line.position().partition().partition())
                .with("offset", line.position().offset())
                .with("endOffset", line.position().endOffset())
                .with("lag", line.position().lag())
                .with("lagMs", line.ageMs());
    }

    private static String table(List<Line> lines) {
        Table table =
                Table.of(
                        "GROUP",
                        "REGION",
                        "TOPIC",
                        "PARTITION",
                        "POSITION",
                        "END",
                        "LAG",
                        "LAG TIME");
        lines.forEach(line ->
                table.row(
                        line.sight().group(),
                        line.sight().region(),
                        line.position().partition().topic(),
                        line.position().partition().partition(),
                        line.position().offset(),
                        line.position().endOffset(),
                        Amounts.count(line.position().lag()),
                        Amounts.ms(line.ageMs())));
        return table.textOr("no position was committed");
    }

    /** How old the first record is that a group has not read, by the records' own time stamps. */
    private static final class OldestUnread {

        private static final Duration POLL = Duration.ofMillis(200);

        private OldestUnread() {}

        /**
         * For the partitions in which the group is behind; those that do not answer are left out.
         */
        static Map<TopicPartition, Long> agesMs(GroupSight sight) {
            List<Position> behind =
                    sight.positions().stream().filter(position -> position.lag() > 0).toList();
            Map<TopicPartition, Long> ages = new HashMap<>();
            if (behind.isEmpty()) {
                return ages;
            }
            Map<String, Object> settings = sight.in().settings();
            settings.put("enable.auto.commit", false);
            settings.put("auto.offset.reset", "earliest");
            settings.put("max.partition.fetch.bytes", 1);
            try (var consumer =
                    new KafkaConsumer<>(
                            settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.assign(behind.stream().map(Position::partition).toList());
                behind.forEach(position -> consumer.seek(position.partition(), position.offset()));
                long deadlineNanos = System.nanoTime() + sight.in().timeoutMs() * 1_000_000L;
                while (ages.size() < behind.size() && System.nanoTime() - deadlineNanos < 0) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                        var partition = new TopicPartition(record.topic(), record.partition());
                        long ageMs = Math.max(0, System.currentTimeMillis() - record.timestamp());
                        if (ages.putIfAbsent(partition, ageMs) == null) {
                            consumer.pause(List.of(partition));
                        }
                    }
                }
            }
            return ages;
        }
    }
}
