package io.tombolo.cli.fleet;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.admin.RegionSnapshots;
import io.tombolo.cli.admin.RegionSnapshots.Snapshot;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import java.util.List;
import java.util.stream.Collectors;

/** What a region says of its partitions while its brokers come and go. */
final class RegionWatch {

    private static final int SHOWN_MAX = 5;

    private final Shell shell;
    private final LoadedFile file;
    private final Region.Hosted region;

    RegionWatch(Shell shell, LoadedFile file, Region.Hosted region) {
        this.shell = shell;
        this.file = file;
        this.region = region;
    }

    /** The members in the order in which they should stop now. */
    List<Member> stopOrder(List<Member> members) {
        return StopOrder.ordered(members, snapshot().status().at("quorum"));
    }

    /** Why not every replica of every partition is in sync; empty when all are. */
    String trouble() {
        Snapshot now = snapshot();
        if (!now.answered()) {
            return "no broker answers: " + now.trouble();
        }
        if (now.controller().isEmpty()) {
            return "there is no controller";
        }
        if (now.count("offline") > 0) {
            return named(now, "offline", "without a leader");
        }
        if (now.count("underReplicated") > 0) {
            return named(now, "underReplicated", "not fully in sync");
        }
        if (now.readyCount() < region.brokers().size()) {
            return "%s brokers are ready".formatted(now.brokers());
        }
        return now.controllersReady()
                ? ""
                : "%s controllers are ready".formatted(now.controllers());
    }

    private static String named(Snapshot now, String what, String words) {
        long count = now.count(what);
        String names =
                now.status().at("partitions", what + "Names").items().stream()
                        .limit(SHOWN_MAX)
                        .map(Tree::text)
                        .collect(Collectors.joining(", "));
        return "%d partition%s %s: %s%s"
                .formatted(
                        count, count == 1 ? "" : "s", words, names, count > SHOWN_MAX ? " …" : "");
    }

    /** What could not be written to without it; empty when nothing. */
    String lostWithout(Member member) {
        if (member.node() instanceof Region.Controller) {
            return "";
        }
        RegionAdmin admin = RegionAdmin.of(shell, file, region);
        AdminAnswer answer = admin.get("/api/v1/brokers/" + member.node().nodeId());
        if (!answer.ok()) {
            throw admin.unexpected(answer);
        }
        long count = answer.body().at("lostWithoutCount").number(0);
        if (count == 0) {
            return "";
        }
        String names =
                answer.body().at("lostWithout").items().stream()
                        .limit(SHOWN_MAX)
                        .map(RegionWatch::loss)
                        .collect(Collectors.joining(", "));
        return "%d partition%s: %s%s"
                .formatted(count, count == 1 ? "" : "s", names, count > SHOWN_MAX ? " …" : "");
    }

    private static String loss(Tree lost) {
        return "%s (%d in sync, needs %s)"
                .formatted(
                        lost.at("partition").text(),
                        lost.at("inSync").items().size(),
                        lost.at("inSyncMin").text());
    }

    private Snapshot snapshot() {
        return RegionSnapshots.of(shell, List.of(region)).getFirst();
    }
}
