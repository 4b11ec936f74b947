package io.tombolo.cli;

import io.tombolo.cli.shell.Shell;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where the process starts. */
public final class Main {

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        PrintStream out = stream(FileDescriptor.out);
        PrintStream err = stream(FileDescriptor.err);
        boolean terminal = System.console() != null;
        boolean colour = terminal && System.getenv("NO_COLOR") == null;
        var surroundings =
                new Shell.Surroundings(
                        System.in, out, err, Path.of("").toAbsolutePath(), terminal, colour);
        int exitCode = CommandTree.run(new Shell(surroundings), arguments);
        out.flush();
        err.flush();
        System.exit(exitCode);
    }

    /** UTF-8 whatever the locale says: tables and diagnostics use more than ASCII. */
    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
