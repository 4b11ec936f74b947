package io.tombolo.cli;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Release;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;

import java.util.concurrent.Callable;

/** Which release this is, and on what it runs. */
@Command(
        name = "version",
        description = "Which release this is, and on what it runs.",
        footer = {"", "Example:", "  tombolo version -o json"})
final class VersionCommand implements Callable<Integer> {

    private final Shell shell;

    VersionCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Tree tree =
                Tree.fields()
                        .with("tombolo", Release.version())
                        .with("kafka", Release.kafkaVersion())
                        .with("java", Runtime.version().toString())
                        .with(
                                "system",
                                System.getProperty("os.name")
                                        + " "
                                        + System.getProperty("os.arch"));
        shell.print(
                tree,
                () ->
                        "tombolo %s (speaks Kafka %s), Java %s, %s\n"
                                .formatted(
                                        tree.at("tombolo").text(),
                                        tree.at("kafka").text(),
                                        tree.at("java").text(),
                                        tree.at("system").text()));
        return ExitCode.OK.number();
    }
}
