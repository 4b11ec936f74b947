package io.tombolo.cli.failback;

import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** The divergence reports that regions keep. */
@Command(
        name = "list",
        description = {
            "Lists what the last failback of each topic found: offsets that only the region had",
            "which came back, how many records, and where they were copied to."
        },
        footer = {
            "",
            "Example:",
            "  tombolo divergence list",
            "  tombolo divergence list eu-to-us"
        })
final class DivergenceListCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(
            paramLabel = "POLICY",
            arity = "0..1",
            description = "A failover policy or a link (default: all links).")
    private String policy = "";

    DivergenceListCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        var views = new ArrayList<Tree>();
        if (policy.isEmpty()) {
            file.topology()
                    .links()
                    .values()
                    .forEach(link -> views.addAll(ReturnView.all(shell, file, link)));
        } else {
            views.addAll(ReturnView.all(shell, file, Failback.linkOf(file, policy)));
        }
        Tree reports = Tree.list(views, view -> view);
        shell.print(reports, () -> FailbackText.divergences(views));
        return ExitCode.OK.number();
    }

    /**
     * What was set aside of the topics of a policy.
     *
     * @param topic of this one alone; empty for all
     */
    static List<SetAside> setAside(Shell shell, LoadedFile file, String policy, String topic) {
        List<Tree> views = ReturnView.all(shell, file, Failback.linkOf(file, policy));
        return SetAside.reported(views, region -> RegionChoice.one(shell, file, region)).stream()
                .filter(one -> topic.isEmpty() || one.topic().equals(topic))
                .toList();
    }
}
