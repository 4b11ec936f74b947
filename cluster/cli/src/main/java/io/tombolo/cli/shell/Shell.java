package io.tombolo.cli.shell;

import io.tombolo.cli.output.Format;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Where a command runs: its streams, its working directory and the options that every command
 * takes. Data goes to the output, everything else to the error stream.
 */
public final class Shell {

    private final Surroundings surroundings;
    private final GlobalOptions options = new GlobalOptions();
    private final BufferedReader lines;

    public Shell(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.lines =
                new BufferedReader(
                        new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8));
    }

    /**
     * What the process was given.
     *
     * @param directory the working directory
     * @param interactive whether a person can be asked
     * @param colour whether the output shows colours
     */
    public record Surroundings(
            InputStream in,
            PrintStream out,
            PrintStream err,
            Path directory,
            boolean interactive,
            boolean colour) {}

    public GlobalOptions options() {
        return options;
    }

    /** The input as text, UTF-8; the same reader for everybody, because it reads ahead. */
    public BufferedReader lines() {
        return lines;
    }

    public PrintStream out() {
        return surroundings.out();
    }

    public PrintStream err() {
        return surroundings.err();
    }

    public Path directory() {
        return surroundings.directory();
    }

    public boolean interactive() {
        return surroundings.interactive();
    }

    /** Whether to colour what is printed. */
    public boolean colour() {
        return surroundings.colour() && !options.plain();
    }

    public Duration timeout() {
        return options.timeout();
    }

    /** Prints a result in the format asked for. */
    public void print(Tree tree, Supplier<String> table) {
        String text =
                switch (options.format()) {
                    case TABLE -> table.get();
                    case JSON -> TreeText.json(tree);
                    case YAML -> TreeText.yaml(tree);
                };
        out().print(text);
        out().flush();
    }

    /** Whether the result is read by a program. */
    public boolean forProgram() {
        return options.format() != Format.TABLE;
    }

    /** Tells the user something that is not data. */
    public void note(String line) {
        if (!options.quiet()) {
            err().println(line);
        }
    }

    /** Tells the user something that went wrong without ending the command. */
    public void warn(String line) {
        err().println("warning: " + line);
    }

    /**
     * Lets the user type a word to go on; {@code -y} skips the question.
     *
     * @throws CommandFailure when there is nobody to ask, or the answer is another one
     */
    public void confirm(String what, String word) {
        if (options.confirmed()) {
            return;
        }
        if (!interactive()) {
            throw CommandFailure.of(Code.NOT_CONFIRMED, what + " needs a confirmation")
                    .seen("the input is not a terminal, so nobody can be asked")
                    .fix("add -y to go on without a question")
                    .failure();
        }
        err().print("Proceed? Type " + word + " to confirm: ");
        err().flush();
        if (!word.equals(readLine().strip())) {
            throw CommandFailure.of(Code.NOT_CONFIRMED, what + " was not confirmed")
                    .seen("the answer was not '" + word + "'; nothing was changed")
                    .fix("type the name to go on, or add -y")
                    .failure();
        }
    }

    /** One line of the input; empty at its end. */
    public String readLine() {
        try {
            String line = lines.readLine();
            return line == null ? "" : line;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
