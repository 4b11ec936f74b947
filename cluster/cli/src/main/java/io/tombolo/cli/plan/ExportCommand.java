package io.tombolo.cli.plan;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.file.TopologyFile;

import picocli.CommandLine.Command;

import java.util.concurrent.Callable;

/** Prints the file that would produce what is there. */
@Command(
        name = "export",
        description = "Prints the file that would produce what the regions hold now.",
        footer = {"", "Example:", "  tombolo export -f tombolo.yaml"})
final class ExportCommand implements Callable<Integer> {

    private final Shell shell;

    ExportCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        LiveWorld live = LiveWorld.of(shell, file);
        String present = LoadedFile.text(shell);
        String text =
                switch (Export.of(present, live.world())) {
                    case Export.Result.File(String written) -> written;
                    case Export.Result.Impossible(String why) -> throw impossible(file, why);
                };
        if (TopologyFile.parse(file.name(), text) instanceof TopologyFile.Invalid(var violations)) {
            throw impossible(file, violations.getFirst().claim());
        }
        shell.print(Tree.fields().with("text", text), () -> text);
        return ExitCode.OK.number();
    }

    private static CommandFailure impossible(LoadedFile file, String why) {
        return CommandFailure.of(Code.NOT_EXPORTABLE, "what is there cannot be written as one file")
                .at(file.name())
                .seen(why)
                .fix("tombolo diff        shows how it differs from this file")
                .failure();
    }
}
