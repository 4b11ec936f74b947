package io.tombolo.cli.admin;

import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** Stops copying; the copy stays where it is. */
@Command(
        name = "pause",
        description = "Stops copying; the copy stays where it is.",
        footer = {"", "Example:", "  tombolo link pause eu-to-us"})
final class LinkPauseCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "LINK", description = "Its name in the file.")
    private String name = "";

    LinkPauseCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Tree link = LinkTarget.of(shell, name).change("pause");
        shell.print(
                link,
                () -> {
                    Table table = LinkTable.header();
                    LinkTable.add(table, link);
                    return table.text();
                });
        shell.note("link " + name + " is told to pause");
        return ExitCode.OK.number();
    }
}
