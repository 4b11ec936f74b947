package io.tombolo.cli.admin;

import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Which region has written to the partitions of a link, from which offset to which. */
@Command(
        name = "lineage",
        description = {
            "Which region has written which offsets of a partition, and under which ownership",
            "epoch, as each region remembers it; and what their source deleted before it was"
                    + " copied,",
            "where a link may go on behind it (gap: jump). Partitions of which there is neither"
                    + " are",
            "left out."
        },
        footer = {
            "",
            "Example:",
            "  tombolo link lineage eu-to-us",
            "  tombolo link lineage eu-to-us --topic orders"
        })
final class LinkLineageCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "LINK", description = "Its name in the file.")
    private String name = "";

    @Option(names = "--topic", description = "Of this topic alone.")
    private String topic = "";

    LinkLineageCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        LinkTarget target = LinkTarget.of(shell, name);
        LinkEntry link =
                file.topology().links().values().stream()
                        .filter(entry -> entry.name().equals(target.link()))
                        .findFirst()
                        .orElseThrow();
        var told = new ArrayList<Tree>();
        boolean answered = false;
        for (Region.Hosted region : file.topology().hostedRegions()) {
            if (region.id().equals(link.from()) || region.id().equals(link.to())) {
                answered |= ask(RegionAdmin.of(shell, file, region), target.path(), told);
            }
        }
        shell.print(new Tree.Items(told), () -> text(told));
        return (answered ? ExitCode.OK : ExitCode.FAILED).number();
    }

    /** The other region may be gone for good, and what this one remembers is what is left. */
    private boolean ask(RegionAdmin region, String path, List<Tree> told) {
        AdminAnswer answer;
        try {
            answer = region.api().get(path + "/lineage");
        } catch (AdminUnreachable silent) {
            shell.warn("region %s does not answer: %s".formatted(region.id(), silent.getMessage()));
            return false;
        }
        if (!answer.ok()) {
            shell.warn(
                    "region %s does not tell: HTTP %d %s"
                            .formatted(
                                    region.id(),
                                    answer.status(),
                                    answer.body().at("error").text()));
            return false;
        }
        for (Tree partition : answer.body().at("partitions").items()) {
            if (topic.isEmpty() || partition.at("topic").text().equals(topic)) {
                told.add(
                        Tree.fields()
                                .with("rememberedIn", region.id().name())
                                .with("topic", partition.at("topic"))
                                .with("partition", partition.at("partition"))
                                .with("reigns", partition.at("reigns"))
                                .with("gaps", partition.at("gaps")));
            }
        }
        return true;
    }

    static String text(List<Tree> partitions) {
        Table table =
                Table.of(
                        "IN",
                        "TOPIC",
                        "PARTITION",
                        "WRITTEN BY",
                        "FROM",
                        "TO",
                        "OWNERSHIP",
                        "LEADER EPOCH");
        for (Tree partition : partitions) {
            List<Tree> reigns = partition.at("reigns").items();
            for (int index = 0; index < reigns.size(); index++) {
                Tree reign = reigns.get(index);
                boolean last = index + 1 == reigns.size();
                long epoch = reign.at("ownershipEpoch").number(0);
                table.row(
                        partition.at("rememberedIn").text(),
                        partition.at("topic").text(),
                        partition.at("partition").text(),
                        reign.at("region").text(),
                        known(reign.at("startOffset")),
                        last ? "now" : end(reigns.get(index + 1).at("startOffset")),
                        epoch == 0 ? "the first" : "epoch " + epoch,
                        known(reign.at("startLeaderEpoch")));
            }
            for (Tree gap : partition.at("gaps").items()) {
                table.row(
                        partition.at("rememberedIn").text(),
                        partition.at("topic").text(),
                        partition.at("partition").text(),
                        "(gap)",
                        gap.at("fromOffset").text(),
                        end(gap.at("toOffset")),
                        "–",
                        "–");
            }
        }
        return table.textOr("no partition has changed hands or misses records");
    }

    /** A dash where nobody could tell, or only the other region knows. */
    private static String known(Tree number) {
        return number.number(-1) < 0 ? "–" : number.text();
    }

    private static String end(Tree nextStart) {
        return nextStart.number(-1) < 1 ? known(nextStart) : "" + (nextStart.number(0) - 1);
    }
}
