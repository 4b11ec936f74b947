package io.tombolo.cli.admin;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** One link with its topics, partitions and groups. */
@Command(
        name = "describe",
        description = "One link with its topics, partitions and groups.",
        footer = {"", "Example:", "  tombolo link describe eu-to-us"})
final class LinkDescribeCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "LINK", description = "Its name in the file.")
    private String name = "";

    LinkDescribeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LinkTarget target = LinkTarget.of(shell, name);
        Tree link = target.admin().require(target.path());
        shell.print(link, () -> text(link));
        return ExitCode.OK.number();
    }

    static String text(Tree link) {
        Table summary = LinkTable.header();
        LinkTable.add(summary, link);
        var text = new StringBuilder(summary.text());
        text.append('\n').append(source(link)).append('\n');
        recoveryPoint(link).ifPresent(line -> text.append(line).append('\n'));
        text.append('\n').append(partitions(link).textOr("no topic is copied yet"));
        uncounted(link).ifPresent(line -> text.append(line).append('\n'));
        lost(link).forEach(line -> text.append(line).append('\n'));
        text.append('\n').append(groups(link).textOr("no group is synced yet"));
        return text.toString();
    }

    private static String source(Tree link) {
        String from = link.at("from").text();
        long silentMs = link.at("sourceSilentMs").number(-1);
        return silentMs < 0
                ? from + " has not been heard of"
                : "%s was heard of %s ago; it counts as gone after %s of silence"
                        .formatted(
                                from,
                                Amounts.ms(silentMs),
                                Amounts.ms(link.at("sourceGoneAfterMs").number(-1)));
    }

    /** What a loss of the source would have cost lately, in time. */
    private static Optional<String> recoveryPoint(Tree link) {
        Tree rpo = link.at("rpo");
        return rpo.at("maxMs").number(-1) < 0
                ? Optional.empty()
                : Optional.of(
                        "recovery point of the last %s: %s in half of it, %s in 99 %%, %s at worst"
                                .formatted(
                                        Amounts.ms(1_000 * rpo.at("seconds").number(0)),
                                        Amounts.ms(rpo.at("p50Ms").number(-1)),
                                        Amounts.ms(rpo.at("p99Ms").number(-1)),
                                        Amounts.ms(rpo.at("maxMs").number(-1))));
    }

    private static Optional<String> uncounted(Tree link) {
        List<String> topics = link.at("uncountedTopics").items().stream().map(Tree::text).toList();
        return topics.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "no lag and no loss bound counts %s: how much of %s is missing here is not known"
                                .formatted(
                                        String.join(", ", topics),
                                        topics.size() == 1 ? "it" : "them"));
    }

    /** What ends the trouble of topics that nothing else ends. */
    private static List<String> lost(Tree link) {
        var lines = new ArrayList<String>();
        for (Tree topic : link.at("topics").items()) {
            String name = topic.at("topic").text();
            String delete =
                    "tombolo topic delete %s --region %s".formatted(name, link.at("to").text());
            switch (topic.at("trouble", "code").text()) {
                case "SOURCE_DELETED" ->
                        lines.add(
                                "topic %s is gone in %s and its copy stays as it is, not counted in the link's lag; %s        deletes the copy too"
                                        .formatted(name, link.at("from").text(), delete));
                case "SOURCE_RECREATED" ->
                        lines.add(
                                "topic %s was made anew in %s and its old copy stays as it is, not counted in the link's lag; %s        lets the link copy the new one"
                                        .formatted(name, link.at("from").text(), delete));
                case "NAME_TAKEN" ->
                        lines.add(
                                "topic %s of %s is not copied: a topic of that name was made in %s without the link. That one takes writes and is in no failover; %s        makes way for the copy"
                                        .formatted(
                                                name,
                                                link.at("from").text(),
                                                link.at("to").text(),
                                                delete));
                default -> {
                    // Passes by itself, or its text says what to do.
                }
            }
        }
        return lines;
    }

    private static Table partitions(Tree link) {
        Table table =
                Table.of(
                        "TOPIC",
                        "PARTITION",
                        "STATE",
                        "END HERE",
                        "END THERE",
                        "LAG",
                        "LAG time",
                        "EPOCH",
                        "TROUBLE");
        for (Tree topic : link.at("topics").items()) {
            if (topic.at("partitions").items().isEmpty()) {
                table.row(
                        topic.at("topic").text(),
                        "",
                        LinkTable.state(topic),
                        "",
                        "",
                        "",
                        "",
                        "",
                        LinkTable.trouble(topic.at("trouble")));
            }
            for (Tree partition : topic.at("partitions").items()) {
                table.row(
                        topic.at("topic").text(),
                        partition.at("partition").text(),
                        LinkTable.state(partition),
                        offset(partition.at("endOffset")),
                        offset(partition.at("sourceHighWatermark")),
                        Amounts.known(partition.at("lag", "records").number(-1)),
                        Amounts.ms(partition.at("lag", "ms").number(-1)),
                        epoch(partition),
                        LinkTable.trouble(partition.at("trouble")));
            }
        }
        return table;
    }

    /** A dash before anybody has told. */
    private static String offset(Tree end) {
        return end.number(-1) < 0 ? "–" : end.text();
    }

    /** Empty before the first record. */
    private static String epoch(Tree partition) {
        long epoch = partition.at("highestEpoch").number(-1);
        return epoch < 0 ? "" : Long.toString(epoch);
    }

    private static Table groups(Tree link) {
        Table table = Table.of("GROUP", "SYNCED", "CLAMPED", "AGE", "NOT SYNCED");
        for (Tree group : link.at("groups").items()) {
            String skipped =
                    String.join(
                            "; ",
                            group.at("skipped").items().stream()
                                    .map(skip ->
                                            skip.at("partition").text()
                                                    + " "
                                                    + skip.at("reason").text()
                                                    + ": "
                                                    + skip.at("detail").text())
                                    .toList());
            table.row(
                    group.at("group").text(),
                    group.at("synced").text(),
                    group.at("clamped").text(),
                    Amounts.ms(group.at("ageMs").number(-1)),
                    skipped);
        }
        return table;
    }
}
