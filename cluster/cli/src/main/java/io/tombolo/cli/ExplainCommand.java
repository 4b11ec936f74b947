package io.tombolo.cli;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.plan.PathExplanation;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.Locale;
import java.util.concurrent.Callable;

/** What a code means, or where a value of the topology file comes from. */
@Command(
        name = "explain",
        description = "What a code means, or where a value of the file and the regions comes from.",
        footer = {
            "",
            "Example:",
            "  tombolo explain TMB-4012",
            "  tombolo explain topics.orders.config.retention.ms"
        })
final class ExplainCommand implements Callable<Integer> {

    private static final int WIDTH = 100;

    private final Shell shell;

    @Parameters(
            paramLabel = "CODE|PATH",
            description =
                    "As printed with an error: TMB-1102 or 1102. Or a path of the file:"
                            + " topics.orders.partitions.")
    private String code = "";

    ExplainCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (code.contains(".")) {
            PathExplanation.print(shell, code);
            return ExitCode.OK.number();
        }
        String wanted = code.toUpperCase(Locale.ROOT);
        String full = wanted.startsWith("TMB-") ? wanted : "TMB-" + wanted;
        CodePages.Page page =
                CodePages.find(full)
                        .orElseThrow(() ->
                                CommandFailure.of(Code.UNKNOWN_CODE, "there is no code " + full)
                                        .at("tombolo explain")
                                        .fix("copy the code from the error, such as TMB-1102")
                                        .failure());
        Tree tree =
                Tree.fields()
                        .with("code", page.code())
                        .with("title", page.title())
                        .with("text", page.text());
        shell.print(tree, () -> page.code() + "  " + page.title() + "\n\n" + wrapped(page.text()));
        return ExitCode.OK.number();
    }

    /** Lines of a width that a terminal shows whole; words are kept together. */
    private static String wrapped(String text) {
        var lines = new StringBuilder();
        for (String paragraph : text.split("\n", -1)) {
            var line = new StringBuilder();
            for (String word : paragraph.split(" ", -1)) {
                if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                    lines.append(line).append('\n');
                    line.setLength(0);
                }
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
            lines.append(line).append('\n');
        }
        return lines.toString();
    }
}
