package io.tombolo.cli.fleet;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import java.util.List;

/** Brokers and controllers as a table, and as data. */
final class FleetView {

    private FleetView() {}

    static void print(Shell shell, List<Condition> conditions) {
        shell.print(Tree.list(conditions, FleetView::treeOf), () -> table(shell, conditions));
    }

    private static String table(Shell shell, List<Condition> conditions) {
        boolean brokersOnly =
                conditions.stream().allMatch(one -> one.member().node() instanceof Region.Broker);
        Table table =
                Table.of(
                        brokersOnly ? "BROKER" : "NODE",
                        "STATE",
                        "PROCESS",
                        "UPTIME",
                        "RSS",
                        "KAFKA",
                        "ADMIN",
                        "LOG");
        for (Condition one : conditions) {
            Member member = one.member();
            table.row(
                    member.name(),
                    one.state().text(),
                    one.upSince().isPresent() ? pid(one) : "",
                    Amounts.ms(one.uptimeMs()),
                    Amounts.bytes(one.residentBytes()),
                    member.node() instanceof Region.Broker broker ? broker.kafka().toString() : "",
                    member.node().admin(),
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
        Tree.Fields fields =
                Tree.fields()
                        .with("region", member.region().id())
                        .with("role", member.role())
                        .with("id", member.node().number());
        Tree.Fields own =
                switch (member.node()) {
                    case Region.Broker broker -> fields.with("brokerId", broker.id().value());
                    case Region.Controller controller -> fields.with("nodeId", controller.nodeId());
                };
        return own.with("state", one.state().text())
                .with(
                        "process",
                        one.pid().isPresent() ? Tree.of(one.pid().getAsLong()) : Tree.NOTHING)
                .with("startedAt", one.upSince())
                .with("uptimeMs", one.upSince().map(_ -> one.uptimeMs()))
                .with(
                        "residentBytes",
                        one.residentBytes() < 0 ? Tree.NOTHING : Tree.of(one.residentBytes()))
                .with(
                        "kafka",
                        member.node() instanceof Region.Broker broker
                                ? Tree.of(broker.kafka().toString())
                                : Tree.NOTHING)
                .with("admin", member.node().admin())
                .with("data", member.data())
                .with("pidFile", member.pidFile())
                .with("log", member.logFile())
                .with("remark", one.remark());
    }
}
