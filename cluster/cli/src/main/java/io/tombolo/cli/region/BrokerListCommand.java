package io.tombolo.cli.region;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.admin.AdminUnreachable;
import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Callable;

/** The brokers of all regions. */
@Command(
        name = "list",
        description = {
            "The brokers of all regions, as the controller of each sees them.",
            "States: active; leaving (it stops); fenced (it is not heard of); unknown (it was never"
                    + " there)."
        },
        footer = {"", "Example:", "  tombolo broker list", "  tombolo broker list --region eu"})
final class BrokerListCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(names = "--region", paramLabel = "REGION", description = "This region only.")
    private @Nullable String region;

    BrokerListCommand(Shell shell) {
        this.shell = shell;
    }

    /** Fails when not a single region answers. */
    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        var brokers = new ArrayList<Tree>();
        Table table = BrokerTable.header();
        boolean answered = false;
        for (Region.Hosted hosted : file.hostedOrAll(Optional.ofNullable(region))) {
            String name = hosted.id().name();
            try {
                AdminAnswer answer =
                        RegionAdmin.of(shell, file, hosted).api().get("/api/v1/brokers");
                answered |= answer.ok();
                for (Tree broker : answer.body().items()) {
                    BrokerTable.add(table, name, broker);
                    brokers.add(
                            broker instanceof Tree.Fields fields
                                    ? fields.with("region", name)
                                    : broker);
                }
            } catch (AdminUnreachable gone) {
                shell.warn("no broker of region %s answers: %s".formatted(name, gone.getMessage()));
            }
        }
        boolean some = answered;
        shell.print(new Tree.Items(brokers), () -> some ? table.text() : "");
        return (answered ? ExitCode.OK : ExitCode.FAILED).number();
    }
}
