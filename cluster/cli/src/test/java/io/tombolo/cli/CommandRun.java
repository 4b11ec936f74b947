package io.tombolo.cli;

import io.tombolo.cli.shell.Shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** One command run in this JVM, and what it left behind. */
public record CommandRun(int exitCode, String out, String err) {

    /** Runs it without a terminal. */
    public static CommandRun of(Path directory, String... arguments) {
        return of(directory, false, "", arguments);
    }

    /** Runs it for a person who types these lines. */
    public static CommandRun interactive(Path directory, String typed, String... arguments) {
        return of(directory, true, typed, arguments);
    }

    private static CommandRun of(
            Path directory, boolean interactive, String typed, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var surroundings =
                new Shell.Surroundings(
                        new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        directory,
                        interactive,
                        false);
        int exitCode = CommandTree.run(new Shell(surroundings), arguments);
        return new CommandRun(
                exitCode,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }
}
