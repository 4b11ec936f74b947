package io.tombolo.cli;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.diagnosis.Violation;
import io.tombolo.region.diagnosis.ViolationText;

/** Tells the user why a command ended, on the error stream; never with a stack trace unasked. */
final class FailurePrinter {

    private final Shell shell;

    FailurePrinter(Shell shell) {
        this.shell = shell;
    }

    /** Prints the failure and gives the exit code. */
    int print(Exception failure) {
        CommandFailure told = failure instanceof CommandFailure known ? known : unexpected(failure);
        shell.err().print(text(told));
        if (shell.options().verbose()) {
            told.printStackTrace(shell.err());
        }
        shell.err().flush();
        return told.exitCode().number();
    }

    private String text(CommandFailure told) {
        return switch (shell.options().format()) {
            case TABLE -> coloured(ViolationText.render(told.violations()));
            case JSON -> TreeText.json(Diagnostics.treeOf(told));
            case YAML -> TreeText.yaml(Diagnostics.treeOf(told));
        };
    }

    private static CommandFailure unexpected(Exception failure) {
        return CommandFailure.of(Code.INTERNAL, "tombolo made a mistake of its own")
                .at("this command")
                .seen(failure.toString())
                .fix("run it again with -v and report what it prints")
                .because(failure)
                .failure();
    }

    private String coloured(String text) {
        if (!shell.colour()) {
            return text;
        }
        return text.replaceAll("(?m)^(error\\[TMB-\\d{4}])", "\u001b[1;31m$1\u001b[0m")
                .replaceAll("(?m)^(warning\\[TMB-\\d{4}])", "\u001b[1;33m$1\u001b[0m");
    }

    /** Diagnostics as data. */
    static final class Diagnostics {

        private Diagnostics() {}

        static Tree treeOf(CommandFailure failure) {
            return Tree.fields()
                    .with("exitCode", failure.exitCode().number())
                    .with("errors", Tree.list(failure.violations(), Diagnostics::treeOf));
        }

        static Tree treeOf(Violation violation) {
            return Tree.fields()
                    .with("code", violation.code())
                    .with("claim", violation.claim())
                    .with("file", violation.where().file())
                    .with("line", violation.where().line())
                    .with("column", violation.where().column())
                    .with("path", violation.where().path())
                    .with("seen", violation.seen())
                    .with("why", violation.why())
                    .with("fixes", violation.fixes());
        }
    }
}
