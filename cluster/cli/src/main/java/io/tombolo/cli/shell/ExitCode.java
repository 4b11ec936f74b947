package io.tombolo.cli.shell;

/** How the process ends; scripts rely on these numbers. */
public enum ExitCode {
    /** Done. */
    OK(0),
    /** Tried and failed. */
    FAILED(1),
    /** The command line is wrong, or names something that is not there; nothing was changed. */
    USAGE(2),
    /** The world is not what the file says; only where {@code --detailed-exitcode} asks for it. */
    CHANGES(3),
    /** Possible, but not safe; nothing was changed. */
    REFUSED(4),
    /** No answer in time; the work may still be going on. */
    TIMED_OUT(5);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
