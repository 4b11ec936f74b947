package io.tombolo.cli.fleet;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Shell;

import java.util.List;

/** Brokers as a table, and as data. */
final class FleetView {

    private FleetView() {}

    static void print(Shell shell, List<Condition> conditions) {
        shell.print(Tree.list(conditions, FleetView::treeOf), () -> table(shell, conditions));
    }

    private static String table(Shell shell, List<Condition> conditions) {
        Table table =
                Table.of("BROKER", "STATE", "PROCESS", "UPTIME", "RSS", "KAFKA", "ADMIN", "LOG");
        for (Condition one : conditions) {
            Member member = one.member();
            table.row(
                    member.name(),
                    one.state().text(),
                    one.upSince().isPresent() ? pid(one) : "",
                    Amounts.ms(one.uptimeMs()),
                    Amounts.bytes(one.residentBytes()),
                    member.broker().kafka(),
                    member.broker().admin(),
                    shown(shell, member));
        }
        var text = new StringBuilder(table.text());
        conditions.stream()
                .filter(one -> !one.remark().isEmpty())
                .forEach(one -> text.append(remark(one)));
        return text.toString();
    }

    private static String remark(Condition one) {
        return "%s: %s\n".formatted(one.member().name(), one.remark());
    }

    private static String pid(Condition one) {
        return one.pid().isPresent() ? Long.toString(one.pid().getAsLong()) : "";
    }

    /** The log as it can be typed from here. */
    private static String shown(Shell shell, Member member) {
        return member.logFile().startsWith(shell.directory())
                ? shell.directory().relativize(member.logFile()).toString()
                : member.logFile().toString();
    }

    private static Tree treeOf(Condition one) {
        Member member = one.member();
        return Tree.fields()
                .with("region", member.region().id())
                .with("id", member.broker().number())
                .with("brokerId", member.broker().id().value())
                .with("state", one.state().text())
                .with(
                        "process",
                        one.pid().isPresent() ? Tree.of(one.pid().getAsLong()) : Tree.NOTHING)
                .with("startedAt", one.upSince())
                .with("uptimeMs", one.upSince().map(_ -> one.uptimeMs()))
                .with(
                        "residentBytes",
                        one.residentBytes() < 0 ? Tree.NOTHING : Tree.of(one.residentBytes()))
                .with("kafka", member.broker().kafka())
                .with("admin", member.broker().admin())
                .with("data", member.data())
                .with("pidFile", member.pidFile())
                .with("log", member.logFile())
                .with("remark", one.remark());
    }
}
