package io.tombolo.cli.region;

import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.admin.RegionSnapshots;
import io.tombolo.cli.admin.RegionSnapshots.Snapshot;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;

/** One region: its quorum, its brokers, and the partitions that are in trouble. */
@Command(
        name = "describe",
        description =
                "One region: its quorum, its brokers, and the partitions that are in trouble.",
        footer = {"", "Example:", "  tombolo region describe eu"})
final class RegionDescribeCommand implements Callable<Integer> {

    private static final int SHOWN_MAX = 20;

    private final Shell shell;

    @Parameters(paramLabel = "REGION", description = "Its name in the file.")
    private String region = "";

    RegionDescribeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        Region.Hosted hosted = file.hosted(region);
        // At the same time: both wait for a broker that keeps silent.
        var asked =
                new FutureTask<>(
                        () -> RegionAdmin.of(shell, file, hosted).require("/api/v1/brokers"));
        Thread.ofVirtual().start(asked);
        Snapshot snapshot = RegionSnapshots.of(shell, List.of(hosted)).getFirst();
        Tree brokers = answerOf(asked);
        shell.print(treeOf(snapshot, brokers), () -> text(snapshot, brokers));
        return ExitCode.OK.number();
    }

    private static Tree answerOf(FutureTask<Tree> asked) {
        try {
            return asked.get();
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof CommandFailure failure) {
                throw failure;
            }
            throw new IllegalStateException(refused);
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Tree treeOf(Snapshot snapshot, Tree brokers) {
        return Tree.fields()
                .with("region", snapshot.region().id())
                .with("clusterId", snapshot.status().at("clusterId"))
                .with("state", snapshot.state())
                .with("brokersReady", snapshot.readyCount())
                .with("brokersExpected", snapshot.region().brokers().size())
                .with("quorum", snapshot.status().at("quorum"))
                .with("partitions", snapshot.status().at("partitions"))
                .with("brokers", brokers)
                .with(
                        "controllers",
                        Tree.list(
                                snapshot.region().nodes().controllers(),
                                one ->
                                        Tree.fields()
                                                .with("id", one.nodeId())
                                                .with("number", one.number())
                                                .with("ready", snapshot.votersReady().contains(one))
                                                .with("internal", one.internal())
                                                .with("admin", one.admin())));
    }

    private static String text(Snapshot snapshot, Tree brokers) {
        Tree quorum = snapshot.status().at("quorum");
        var text = new StringBuilder();
        text.append(
                "Region %s   %s   brokers %s   cluster id %s\n"
                        .formatted(
                                snapshot.region().id(),
                                snapshot.state(),
                                snapshot.brokers(),
                                snapshot.status().at("clusterId").text()));
        String controller = snapshot.controller();
        text.append(
                "Controller %s   epoch %s   voters %s\n\n"
                        .formatted(
                                controller.isEmpty() ? "none" : controller,
                                quorum.at("epoch").text(),
                                quorum.at("voters").items().stream()
                                        .map(voter -> named(snapshot.region(), voter))
                                        .collect(Collectors.joining(", "))));
        if (snapshot.region().nodes().separate()) {
            text.append(controllers(snapshot)).append('\n');
        }
        Table table = BrokerTable.header();
        String name = snapshot.region().id().name();
        brokers.items().forEach(broker -> BrokerTable.add(table, name, broker));
        text.append(table.text());
        Tree partitions = snapshot.status().at("partitions");
        text.append("\n%s partitions\n".formatted(partitions.at("hosted").text()));
        trouble(text, partitions, "offline", "offline, without a leader");
        trouble(text, partitions, "underMinimum", "below min.insync.replicas");
        trouble(text, partitions, "underReplicated", "with replicas that are not in sync");
        return text.toString();
    }

    /** A controller by its name; a broker by its id, as in the table below. */
    private static String named(Region.Hosted region, Tree voter) {
        return region.nodes()
                .withId((int) voter.number(-1))
                .filter(Region.Controller.class::isInstance)
                .map(region::nameOf)
                .orElseGet(voter::text);
    }

    private static String controllers(Snapshot snapshot) {
        Table table = Table.of("CONTROLLER", "ID", "STATE", "INTERNAL", "ADMIN");
        for (Region.Controller one : snapshot.region().nodes().controllers()) {
            table.row(
                    snapshot.region().nameOf(one),
                    one.nodeId(),
                    snapshot.votersReady().contains(one) ? "ready" : "not ready",
                    one.internal(),
                    one.admin());
        }
        return table.text();
    }

    private static void trouble(StringBuilder text, Tree partitions, String what, String words) {
        long count = partitions.at(what).number(0);
        if (count > 0) {
            String names =
                    partitions.at(what + "Names").items().stream()
                            .limit(SHOWN_MAX)
                            .map(Tree::text)
                            .collect(Collectors.joining(", "));
            text.append(
                    "%d %s: %s%s\n".formatted(count, words, names, count > SHOWN_MAX ? " …" : ""));
        }
    }
}
