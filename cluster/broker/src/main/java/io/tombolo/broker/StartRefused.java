package io.tombolo.broker;

import java.io.UncheckedIOException;

/** A broker does not start; the message is for people. */
public final class StartRefused extends Exception {

    private static final long serialVersionUID = 1;

    private final String fix;
    private final boolean forSafety;

    /** What to do about the causes that come up while a broker or controller starts. */
    public enum Fix {
        OWN_DIRECTORY(
                "stop the process that has it open, or name directories of this node's own:"
                        + " storage: of the region"),
        USABLE_DIRECTORY(
                "let this user read and write it and make room on its disk, or name another one:"
                        + " storage: of the region"),
        METADATA_DISK("mend or empty the disk of the metadata log, then start it again"),
        KAFKA_ADDRESS(
                "stop what listens there (ss -ltnp names it), or give the region another kafka:"
                        + " address"),
        INTERNAL_ADDRESS(
                "stop what listens there (ss -ltnp names it), or give the region another internal:"
                        + " address"),
        RELEASE(
                "run the release of the region's other brokers; this one is too old for a feature"
                        + " in force"),
        MISSING_NODES("tombolo status        shows which nodes are missing: start them too"),
        REPORT("start it again, and report the stack trace in its log: it is a mistake of ours");

        private final String text;

        Fix(String text) {
            this.text = text;
        }
    }

    /**
     * @param cause one sentence that says what is wrong
     * @param fix what to do about it
     */
    public StartRefused(String cause, String fix) {
        this(cause, fix, false);
    }

    /** As above, with a fix that others need as well. */
    public StartRefused(String cause, Fix fix) {
        this(cause, fix.text);
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
