package io.tombolo.cli.doctor;

import io.tombolo.cli.doctor.Finding.Verdict;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.LinkName;
import io.tombolo.region.diagnosis.NearestName;
import io.tombolo.region.topology.LinkEntry;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;

/** Examines links from the operator's side. */
@Command(
        name = "doctor",
        description = {
            "Looks at a link from here and from both its regions, and says what is wrong and what"
                    + " to do. Changes nothing.",
            "✓ as it should be   · as the file wants it   ! worth a look   ✗ ill",
            "Ends with 1 when something is ill."
        },
        footer = {
            "",
            "Example:",
            "  tombolo link doctor eu-to-us",
            "  tombolo link doctor -o json"
        })
final class LinkDoctorCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(
            paramLabel = "LINK",
            arity = "0..1",
            description = "Its name in the file (default: every link).")
    private @Nullable String name;

    LinkDoctorCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        var reports = new ArrayList<Report>();
        for (LinkEntry link : chosen(file)) {
            reports.add(examine(Patient.of(shell, file, link)));
        }
        shell.print(
                Tree.list(reports, Report::tree),
                () -> String.join("\n", reports.stream().map(Report::text).toList()));
        boolean ill = reports.stream().anyMatch(report -> report.count(Verdict.ILL) > 0);
        return (ill ? ExitCode.FAILED : ExitCode.OK).number();
    }

    private Collection<LinkEntry> chosen(LoadedFile file) {
        var links = file.topology().links();
        String wanted = name;
        if (wanted == null) {
            return links.values();
        }
        return links.values().stream()
                .filter(link -> link.name().name().equals(wanted))
                .findFirst()
                .map(List::of)
                .orElseThrow(() -> unknown(file, wanted));
    }

    private static CommandFailure unknown(LoadedFile file, String name) {
        List<String> known = file.topology().links().keySet().stream().map(LinkName::name).toList();
        return CommandFailure.of(Code.UNKNOWN_LINK, "the file has no link '" + name + "'")
                .at(file.where("links"))
                .fix(
                        NearestName.to(name, known)
                                .map(near -> "tombolo link doctor " + near)
                                .orElse("tombolo link list"))
                .failure();
    }

    private static Report examine(Patient patient) {
        var findings = new ArrayList<>(new RegionExam(patient).examine());
        NetworkExam.Result network = new NetworkExam(patient).examine();
        findings.addAll(network.findings());
        var copy = new CopyExam(patient, network.reachedCount());
        findings.addAll(copy.examine());
        if (network.reachedCount() > 0) {
            findings.addAll(new NamesExam(patient, copy.troubled()).examine());
        }
        return new Report(patient.link(), findings);
    }

    /** What was found out about one link. */
    private record Report(LinkEntry link, List<Finding> findings) {

        long count(Verdict verdict) {
            return findings.stream().filter(finding -> finding.verdict() == verdict).count();
        }

        String text() {
            int width =
                    findings.stream()
                            .mapToInt(finding -> finding.subject().length())
                            .max()
                            .orElse(0);
            var text = new StringBuilder();
            text.append("%s   %s\n".formatted(link.name(), link.ends()));
            findings.forEach(finding -> text.append(finding.text(width)));
            text.append(verdict()).append('\n');
            return text.toString();
        }

        private String verdict() {
            long ill = count(Verdict.ILL);
            long doubtful = count(Verdict.DOUBTFUL);
            return ill + doubtful == 0
                    ? "%s is well".formatted(link.name())
                    : "%s: %s ill, %d worth a look"
                            .formatted(link.name(), Amounts.of(ill, "thing"), doubtful);
        }

        Tree tree() {
            return Tree.fields()
                    .with("link", link.name())
                    .with("from", link.from())
                    .with("to", link.to())
                    .with("ill", count(Verdict.ILL))
                    .with("doubtful", count(Verdict.DOUBTFUL))
                    .with("findings", Tree.list(findings, Finding::tree));
        }
    }
}
