package io.tombolo.cli.admin;

import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** Tells a link to do something and shows it as it is then. */
abstract sealed class LinkChange implements Callable<Integer>
        permits LinkPauseCommand, LinkResumeCommand {

    private final Shell shell;
    private final String verb;

    @Parameters(paramLabel = "LINK", description = "Its name in the file.")
    private String name = "";

    /**
     * @param verb as the admin interface knows it
     */
    LinkChange(Shell shell, String verb) {
        this.shell = shell;
        this.verb = verb;
    }

    @Override
    public Integer call() {
        Tree link = LinkTarget.ofFileOrRegions(shell, name).change(verb);
        shell.print(
                link,
                () -> {
                    Table table = LinkTable.header();
                    LinkTable.add(table, link);
                    return table.text();
                });
        shell.note("link " + name + " is told to " + verb);
        return ExitCode.OK.number();
    }
}
