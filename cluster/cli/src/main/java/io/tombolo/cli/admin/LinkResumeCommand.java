package io.tombolo.cli.admin;

import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** Goes on copying where it stopped. */
@Command(
        name = "resume",
        description = "Goes on copying where it stopped.",
        footer = {"", "Example:", "  tombolo link resume eu-to-us"})
final class LinkResumeCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "LINK", description = "Its name in the file.")
    private String name = "";

    LinkResumeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Tree link = LinkTarget.of(shell, name).change("resume");
        shell.print(
                link,
                () -> {
                    Table table = LinkTable.header();
                    LinkTable.add(table, link);
                    return table.text();
                });
        shell.note("link " + name + " is told to resume");
        return ExitCode.OK.number();
    }
}
