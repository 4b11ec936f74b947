package io.tombolo.cli.demo;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tells the story line by line, keeps what was measured and what was expected of it. */
final class Narrator {

    private record Check(String claim, boolean held) {}

    private final Shell shell;
    private final boolean waits;
    private final long startNanos = System.nanoTime();
    private final List<Check> checks = new ArrayList<>();
    private volatile boolean silent;
    private Tree.Fields facts = Tree.fields();

    /**
     * @param waits whether to wait for Enter between the steps
     */
    Narrator(Shell shell, boolean waits) {
        this.shell = shell;
        this.waits = waits;
    }

    private PrintStream stream() {
        return shell.forProgram() ? shell.err() : shell.out();
    }

    /** Says nothing from now on: the story was stopped. */
    void fallSilent() {
        silent = true;
    }

    /** A line without the time: what is, rather than what happened. */
    void title(String line) {
        print(line);
    }

    /** A line about something that just happened. */
    void say(String format, Object... values) {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        print(
                "[%s s] %s"
                        .formatted(
                                String.format(Locale.ROOT, "%4.1f", seconds),
                                format.formatted(values)));
    }

    private void print(String line) {
        if (!silent) {
            stream().println(line);
        }
    }

    /** Goes with the line before it. */
    void more(String format, Object... values) {
        print("         " + format.formatted(values));
    }

    /** Keeps a number for {@code -o json}. */
    void fact(String name, Object value) {
        facts = facts.with(name, value);
    }

    /** The demo fails when one of these does not hold. */
    void expect(String claim, boolean held) {
        checks.add(new Check(claim, held));
        if (!held) {
            more("✗ expected: %s", claim);
        }
    }

    /** Between two steps: waits for Enter when asked to. */
    void pause() {
        if (waits) {
            shell.err().print("         press Enter to go on ");
            shell.err().flush();
            shell.readLine();
        }
    }

    /** The last line; whether everything held. */
    boolean conclude() {
        List<Check> broken = checks.stream().filter(check -> !check.held()).toList();
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        fact("seconds", seconds);
        fact(
                "checks",
                Tree.list(
                        checks,
                        check ->
                                Tree.fields()
                                        .with("claim", check.claim())
                                        .with("held", check.held())));
        say(
                "%s: %d of %d expectations held",
                broken.isEmpty() ? "done" : "FAILED", checks.size() - broken.size(), checks.size());
        if (shell.forProgram()) {
            shell.print(facts, () -> "");
        }
        return broken.isEmpty();
    }
}
