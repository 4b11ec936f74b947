package io.tombolo.cli.region;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** One broker, and what would be lost without it. */
@Command(
        name = "describe",
        description = "One broker, and which partitions could not be written to without it.",
        footer = {"", "Example:", "  tombolo broker describe eu-2"})
final class BrokerDescribeCommand implements Callable<Integer> {

    private static final int SHOWN_MAX = 20;

    private final Shell shell;

    @Mixin private final BrokerChoice broker = new BrokerChoice();

    BrokerDescribeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        BrokerTarget target = broker.target(shell);
        Tree view = target.view();
        shell.print(view, () -> text(target, view));
        return ExitCode.OK.number();
    }

    private static String text(BrokerTarget target, Tree view) {
        Table table = BrokerTable.header();
        BrokerTable.add(table, target.region().id().name(), view);
        long count = view.at("lostWithoutCount").number(0);
        var text = new StringBuilder(table.text());
        text.append('\n')
                .append(
                        count == 0
                                ? "It can stop: every partition keeps the in-sync replicas that"
                                        + " writes need.\n"
                                : "%s could not be written to without it:\n"
                                        .formatted(Amounts.of(count, "partition")));
        List<Tree> lost = view.at("lostWithout").items();
        lost.stream().limit(SHOWN_MAX).forEach(one -> text.append("  ").append(line(one)));
        if (count > SHOWN_MAX) {
            text.append("  and %d more\n".formatted(count - SHOWN_MAX));
        }
        return text.toString();
    }

    private static String line(Tree lost) {
        String inSync =
                lost.at("inSync").items().stream()
                        .map(Tree::text)
                        .collect(Collectors.joining(", "));
        return "%s   in sync %s, needs %s\n"
                .formatted(lost.at("partition").text(), inSync, lost.at("inSyncMin").text());
    }
}
