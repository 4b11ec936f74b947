package io.tombolo.cli.shell;

import io.tombolo.region.diagnosis.Violation;
import io.tombolo.region.diagnosis.Where;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Ends a command: what the user is told, and the exit code. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Violation> violations;
    private final ExitCode exitCode;

    /**
     * @param violations at least one, printed in this order
     */
    public CommandFailure(List<Violation> violations, ExitCode exitCode) {
        this(violations, exitCode, null);
    }

    private CommandFailure(
            List<Violation> violations, ExitCode exitCode, @Nullable Throwable cause) {
        super(violations.getFirst().claim(), cause);
        this.violations = List.copyOf(violations);
        this.exitCode = exitCode;
    }

    /** One claim with its code; the rest is added by {@link Draft}. */
    public static Draft of(Code code, String claim) {
        return new Draft(code, claim);
    }

    public List<Violation> violations() {
        return violations;
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /** A failure in the making. */
    public static final class Draft {

        private final Code code;
        private final String claim;
        private Where where = Where.at("this command", 0, 0, "");
        private String seen = "";
        private String why = "";
        private List<String> fixes = List.of();
        private @Nullable Throwable cause;

        private Draft(Code code, String claim) {
            this.code = code;
            this.claim = claim;
        }

        /** The place in the user's file. */
        public Draft at(Where place) {
            where = place;
            return this;
        }

        /** The thing it is about, when it stands in no file: a topic in a region, an address. */
        public Draft at(String thing) {
            return at(Where.at(thing, 0, 0, ""));
        }

        /** What was found, with numbers. */
        public Draft seen(String text) {
            seen = text;
            return this;
        }

        /** What would happen otherwise. */
        public Draft why(String text) {
            why = text;
            return this;
        }

        /** What to do, safest first. */
        public Draft fix(String... texts) {
            fixes = List.of(texts);
            return this;
        }

        /** Printed with {@code -v} only. */
        public Draft because(Throwable reason) {
            cause = reason;
            return this;
        }

        /** The same as a plain violation. */
        public Violation violation() {
            return new Violation(code.text(), where, claim, seen, why, fixes);
        }

        /** The failure, with the exit code that belongs to its code. */
        public CommandFailure failure() {
            return new CommandFailure(List.of(violation()), code.exitCode(), cause);
        }
    }
}
