package io.tombolo.cli.shell;

import io.tombolo.cli.output.Format;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

import java.nio.file.Path;
import java.time.Duration;

/** The options that every command takes, before or after its own. Filled in by the parser. */
public final class GlobalOptions {

    private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(30);

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            description = "How data is printed: table, json or yaml (default: table).")
    private Format format = Format.TABLE;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The topology file (default: tombolo.yaml in the working directory).")
    private @Nullable Path file;

    @Option(
            names = {"-y", "--yes"},
            scope = ScopeType.INHERIT,
            description = "Do not ask for confirmation.")
    private boolean confirmed;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            scope = ScopeType.INHERIT,
            description = "How long to wait for an answer, such as 500ms or 30s (default: 30s).")
    private @Nullable Duration timeout;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Print data and errors only.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Print what the Kafka client says, and where an error comes from.")
    private boolean verbose;

    @Option(
            names = "--no-color",
            scope = ScopeType.INHERIT,
            description = "Print without colours, as with NO_COLOR or when not on a terminal.")
    private boolean plain;

    public Format format() {
        return format;
    }

    /** The file named on the command line. */
    public java.util.Optional<Path> file() {
        return java.util.Optional.ofNullable(file);
    }

    public boolean confirmed() {
        return confirmed;
    }

    /** How long an answer is waited for. */
    public Duration timeout() {
        return timeoutOr(TIMEOUT_DEFAULT);
    }

    /** The same for a command that takes longer when the user names no time. */
    public Duration timeoutOr(Duration usual) {
        return timeout == null ? usual : timeout;
    }

    public boolean quiet() {
        return quiet;
    }

    public boolean verbose() {
        return verbose;
    }

    public boolean plain() {
        return plain;
    }
}
