package io.tombolo.broker;

import java.io.UncheckedIOException;

/** A broker does not start; the message is for people. */
public final class StartRefused extends Exception {

    private static final long serialVersionUID = 1;

    private final String fix;

    /**
     * @param cause one sentence that says what is wrong
     * @param fix what to do about it
     */
    public StartRefused(String cause, String fix) {
        super(cause);
        this.fix = fix;
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
