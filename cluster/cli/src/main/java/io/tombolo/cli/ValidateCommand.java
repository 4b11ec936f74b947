package io.tombolo.cli;

import io.tombolo.cli.FailurePrinter.Diagnostics;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.diagnosis.Violation;
import io.tombolo.region.diagnosis.ViolationText;
import io.tombolo.region.diagnosis.ViolationText.Severity;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import picocli.CommandLine.Command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Checks a topology file without starting anything. */
@Command(
        name = "validate",
        description = "Checks a topology file without starting anything.",
        footer = {"", "Example:", "  tombolo validate -f tombolo.yaml"})
final class ValidateCommand implements Callable<Integer> {

    private final Shell shell;

    ValidateCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        String name = LoadedFile.nameFor(shell);
        return switch (LoadedFile.parse(shell)) {
            case TopologyFile.Valid valid -> accept(name, valid);
            case TopologyFile.Invalid(var violations) -> reject(name, violations);
        };
    }

    private int accept(String name, TopologyFile.Valid valid) {
        var notes = new ArrayList<Violation>(valid.warnings());
        valid.unavailableSections().forEach(section -> notes.add(section.note()));
        if (!shell.forProgram()) {
            notes.forEach(
                    note -> shell.err().println(ViolationText.render(Severity.WARNING, note)));
        }
        Tree tree =
                result(name, true, List.of())
                        .with("warnings", Tree.list(valid.warnings(), Diagnostics::treeOf))
                        .with("ignored", Tree.list(valid.reservations(), Diagnostics::treeOf))
                        .with("refused", Tree.list(valid.refusals(), Diagnostics::treeOf));
        shell.print(tree, () -> summary(name, valid));
        return ExitCode.OK.number();
    }

    private int reject(String name, List<Violation> violations) {
        if (!shell.forProgram()) {
            throw new CommandFailure(violations, ExitCode.FAILED);
        }
        shell.print(result(name, false, violations), () -> "");
        return ExitCode.FAILED.number();
    }

    private static Tree.Fields result(String name, boolean valid, List<Violation> errors) {
        return Tree.fields()
                .with("file", name)
                .with("valid", valid)
                .with("errors", Tree.list(errors, Diagnostics::treeOf));
    }

    private static String summary(String name, TopologyFile.Valid valid) {
        Topology topology = valid.topology();
        var text = new StringBuilder(name).append(" is valid: ");
        text.append(Amounts.of(topology.regions().size(), "region")).append(", ");
        text.append(Amounts.of(topology.links().size(), "link")).append(", ");
        text.append(Amounts.of(topology.topics().declared().size(), "topic")).append(", ");
        int policies = topology.failover().size();
        text.append(policies).append(policies == 1 ? " failover policy\n" : " failover policies\n");
        int refusals = valid.refusals().size();
        if (refusals > 0) {
            text.append("broker and dev refuse to start with it: ")
                    .append(refusals == 1 ? "1 entry" : Amounts.count(refusals) + " entries")
                    .append(refusals == 1 ? " of this file needs" : " of this file need")
                    .append(" what this release does not have\n");
        }
        return text.toString();
    }
}
