package io.tombolo.cli.admin;

import io.tombolo.cli.admin.RegionSnapshots.Snapshot;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Screen;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** Health of regions, links and failover policies. */
@Command(
        name = "status",
        description = "Health of regions, links and failover policies.",
        footer = {
            "",
            "Example:",
            "  tombolo status",
            "  tombolo status --watch",
            "  tombolo status -o json | jq '.regions[].state'"
        })
final class StatusCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(names = "--region", paramLabel = "REGION", description = "Ask this region only.")
    private @Nullable String region;

    @Option(
            names = "--watch",
            description = "Refresh in place; without a terminal it is shown once.")
    private boolean watch;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "With --watch: pause between two looks (default: 2s).")
    private Duration every = Duration.ofSeconds(2);

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "With --watch: end after so many looks (default: Ctrl-C ends it).")
    private long count;

    StatusCommand(Shell shell) {
        this.shell = shell;
    }

    /** Fails when not a single region answers. */
    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        List<Region.Hosted> regions = file.hostedOrAll(Optional.ofNullable(region));
        if (watch && Screen.fits(shell)) {
            new Screen(shell, every, count)
                    .show(() -> tablesOf(RegionSnapshots.of(shell, regions)));
            return ExitCode.OK.number();
        }
        List<Snapshot> snapshots = RegionSnapshots.of(shell, regions);
        shell.print(treeOf(snapshots), () -> tablesOf(snapshots));
        boolean answered = snapshots.stream().anyMatch(Snapshot::answered);
        return (answered ? ExitCode.OK : ExitCode.FAILED).number();
    }

    private static Tree treeOf(List<Snapshot> snapshots) {
        return Tree.fields().with("regions", Tree.list(snapshots, StatusCommand::treeOf));
    }

    private static Tree treeOf(Snapshot snapshot) {
        if (snapshot.status() instanceof Tree.Fields fields) {
            return counted(fields.with("state", snapshot.state()), snapshot);
        }
        return counted(
                Tree.fields()
                        .with("region", snapshot.region().id())
                        .with("state", "unreachable")
                        .with("trouble", snapshot.trouble()),
                snapshot);
    }

    private static Tree counted(Tree.Fields fields, Snapshot snapshot) {
        Tree.Fields brokers =
                fields.with("brokersReady", snapshot.readyCount())
                        .with("brokersExpected", snapshot.region().brokers().size());
        return snapshot.region().nodes().separate()
                ? brokers.with("controllersReady", snapshot.votersReady().size())
                        .with("controllersExpected", snapshot.region().nodes().controllers().size())
                : brokers;
    }

    static String tablesOf(List<Snapshot> snapshots) {
        var text = new StringBuilder(regions(snapshots).text());
        Table links = LinkTable.header();
        Table policies = Table.of("FAILOVER", "READY", "IF YOU FAIL OVER NOW");
        for (Snapshot snapshot : snapshots) {
            snapshot.status().at("links").items().forEach(link -> LinkTable.add(links, link));
            snapshot.status().at("failover").items().forEach(policy -> addPolicy(policies, policy));
        }
        Table heard = HearsayTable.of(snapshots);
        if (!heard.isEmpty()) {
            text.append('\n').append(heard.text());
        }
        if (!links.isEmpty()) {
            text.append('\n').append(links.text());
        }
        if (!policies.isEmpty()) {
            text.append('\n').append(policies.text());
        }
        for (Snapshot snapshot : snapshots) {
            if (!snapshot.answered()) {
                text.append("\n%s: %s\n".formatted(snapshot.region().id(), snapshot.trouble()));
                text.append(HearsayTable.lastWord(snapshot, snapshots));
            }
            for (Tree broker : snapshot.status().at("fullMetadataDisks").items()) {
                text.append(
                        "\n%s: the disk of the metadata log of broker %s is full: nothing that grows is created\n"
                                .formatted(snapshot.region().id(), broker.text()));
            }
            text.append(leases(snapshot));
        }
        return text.toString();
    }

    /** Where the sites agree on who writes: what this region may write to at this moment. */
    private static String leases(Snapshot snapshot) {
        Tree guarantee = snapshot.status().at("guarantee");
        if (!guarantee.at("kind").text().equals("quorum")) {
            return "";
        }
        return "\n%s: a majority of %s agrees who writes, for %s ms at a time; leases here: %s\n"
                .formatted(
                        snapshot.region().id(),
                        names(guarantee.at("sites"), ""),
                        guarantee.at("leaseMs").text(),
                        names(guarantee.at("held"), "none"));
    }

    private static String names(Tree list, String none) {
        String all = list.items().stream().map(Tree::text).collect(Collectors.joining(", "));
        return all.isEmpty() ? none : all;
    }

    private static Table regions(List<Snapshot> snapshots) {
        Table table =
                Table.of(
                        "REGION",
                        "STATE",
                        "BROKERS",
                        "CONTROLLER",
                        "KAFKA",
                        "PARTITIONS",
                        "UNDER-REPL",
                        "UNDER-MIN",
                        "OFFLINE",
                        "OWNS");
        for (Snapshot snapshot : snapshots) {
            Tree partitions = snapshot.status().at("partitions");
            table.row(
                    snapshot.region().id(),
                    snapshot.state(),
                    snapshot.brokers(),
                    controller(snapshot),
                    snapshot.answered() ? snapshot.region().brokers().getFirst().kafka() : "",
                    partitions.at("hosted").text(),
                    partitions.at("underReplicated").text(),
                    partitions.at("underMinimum").text(),
                    partitions.at("offline").text(),
                    owned(snapshot.region().id().name(), snapshot.status()));
        }
        return table;
    }

    /** The active one, and how many take part where they are processes of their own. */
    private static String controller(Snapshot snapshot) {
        return snapshot.controllers().isEmpty()
                ? snapshot.controller()
                : "%s (%s)"
                        .formatted(
                                snapshot.controller().isEmpty() ? "none" : snapshot.controller(),
                                snapshot.controllers());
    }

    /** The domains that this region owns, with their epochs; of the others, who owns them. */
    private static String owned(String region, Tree status) {
        var text = new StringBuilder();
        for (Tree domain : status.at("ownership").items()) {
            String owner = domain.at("owner").text();
            Tree taken = domain.at("takenOver");
            text.append(text.isEmpty() ? "" : ", ").append(domain.at("domain").text());
            text.append(" epoch ").append(domain.at("epoch").text());
            if (taken.present()) {
                text.append(
                        " (owner: %s, with %s epoch %s)"
                                .formatted(
                                        taken.at("owner").text(),
                                        taken.at("domain").text(),
                                        taken.at("epoch").text()));
            } else if (domain.at("ownerKnown").present() && !domain.at("ownerKnown").flag()) {
                text.append(" (owner not known here: no file has this link)");
            } else {
                long fenced = domain.at("fencedTopics").number(0);
                String refused =
                        fenced > 0 ? ", %s fenced here".formatted(Amounts.of(fenced, "topic")) : "";
                text.append(owner.equals(region) ? "" : " (owner: " + owner + refused + ")");
            }
        }
        return text.toString();
    }

    private static void addPolicy(Table table, Tree policy) {
        Tree finished = policy.at("finished");
        if (finished.present()) {
            String done = FailoverText.finished(finished, policy.at("to").text());
            table.row(policy.at("policy").text(), "done", done);
            return;
        }
        boolean ready = policy.at("ready").flag();
        String why =
                policy.at("reasons").items().stream()
                        .map(reason -> reason.at("code").text() + " " + reason.at("claim").text())
                        .findFirst()
                        .orElse("not ready");
        table.row(
                policy.at("policy").text(),
                ready ? "yes" : "no",
                ready ? FailoverText.bound(policy) : why);
    }
}
