package io.tombolo.cli;

import io.tombolo.cli.shell.Shell;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/** A shell that nobody listens to. */
final class TestShell {

    private TestShell() {}

    static Shell silent() {
        var nowhere = new PrintStream(OutputStream.nullOutputStream());
        return new Shell(
                new Shell.Surroundings(
                        InputStream.nullInputStream(),
                        nowhere,
                        nowhere,
                        Path.of(""),
                        false,
                        false));
    }
}
