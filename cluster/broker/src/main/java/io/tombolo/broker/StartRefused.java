package io.tombolo.broker;

import java.io.UncheckedIOException;

/** A broker does not start; the message is for people. */
public final class StartRefused extends Exception {

    private static final long serialVersionUID = 1;

    private final String fix;
    private final boolean forSafety;

    /**
     * @param cause one sentence that says what is wrong
     * @param fix what to do about it
     */
    public StartRefused(String cause, String fix) {
        this(cause, fix, false);
    }

    private StartRefused(String cause, String fix, boolean forSafety) {
        super(cause);
        this.fix = fix;
        this.forSafety = forSafety;
    }

    /** Of one that could start, if what is on its disks were not at stake. */
    public static StartRefused forSafety(String cause, String fix) {
        return new StartRefused(cause, fix, true);
    }

    /** Whether it could start, if what is on its disks were not at stake. */
    public boolean isForSafety() {
        return forSafety;
    }

    /** What to do about it. */
    public String fix() {
        return fix;
    }

    /** What went wrong, without the name of an exception that only carries it. */
    public static String reason(Exception problem) {
        Throwable cause = problem instanceof UncheckedIOException ? problem.getCause() : null;
        return String.valueOf((cause == null ? problem : cause).getMessage());
    }
}
